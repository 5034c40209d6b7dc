"""The environment's names, their defaults, and what is said of a value that cannot be used."""

import re
from itertools import zip_longest
from pathlib import Path

import pytest

from edgechat.explained import EPILOG, SETTINGS
from runtime.limit_settings import CertificateFiles
from runtime.setting_values import SettingError
from runtime.settings import DEFAULTS, Administrator, load

ROOT = Path(__file__).parents[2]


def test_everything_has_a_default() -> None:
    """An empty environment gives the original's login, ports and sizes."""
    settings = load({})
    assert settings.database_url == "postgresql://chatserviceusr:chatservicepwd@127.0.0.1:5444/chatservicedb"
    assert settings.nats_url == "nats://127.0.0.1:4222"
    assert (settings.gateway_host, settings.gateway_port) == ("127.0.0.1", 4242)
    assert settings.gateway_workers == 1
    assert settings.room_sizes() == [4, 4, 4, 4, 4]
    assert settings.subjects == {"sport_event": "sport_event", "execution": "execution"}
    assert settings.rates == {"sports": 20.0, "executions": 5.0}
    assert not settings.database_is_external
    assert not settings.nats_is_external


def test_an_empty_value_counts_as_absent() -> None:
    """Compose files pass unset variables on as empty ones."""
    assert load({"POSTGRES_PORT": "", "MAX_NUMUSERS": "", "DATABASE_URL": ""}) == load({})


def test_the_parts_make_the_urls() -> None:
    """Names and passwords may hold any character."""
    settings = load({"POSTGRES_HOST": "db", "DBUSER": "a@b", "DBPASSWORD": "p/:%", "DATABASE": "x y", "NATS_HOST": "n"})
    assert settings.database_url == "postgresql://a%40b:p%2F%3A%25@db:5444/x%20y"
    assert settings.nats_url == "nats://n:4222"


@pytest.mark.parametrize(("name", "value"), [("DATABASE_URL", "postgresql://h/d"), ("POSTGRES_HOST", "127.0.0.1")])
def test_a_database_from_outside_is_used(name: str, value: str) -> None:
    """A URL wins over its parts; a host alone also means that somebody else runs the server."""
    settings = load({name: value})
    assert settings.database_is_external
    assert not settings.nats_is_external
    assert name != "DATABASE_URL" or settings.database_url == value


@pytest.mark.parametrize(("name", "value"), [("NATS_URL", "nats://h:1"), ("NATS_HOST", "h")])
def test_a_nats_server_from_outside_is_used(name: str, value: str) -> None:
    """As for the database."""
    settings = load({name: value})
    assert settings.nats_is_external
    assert not settings.database_is_external


def test_an_administrator_is_asked_for_by_a_password() -> None:
    """As in the original's settings; without POSTGRES_PASSWORD there is none, whatever else is set."""
    assert load({"POSTGRES_USER": "root", "POSTGRES_DB": "base"}).administrator is None
    assert load({"POSTGRES_PASSWORD": "p"}).administrator == Administrator("postgres", "postgres", "p")
    named = {"POSTGRES_DB": "base", "POSTGRES_USER": "root", "POSTGRES_PASSWORD": "p"}
    assert load(named).administrator == Administrator("base", "root", "p")
    with pytest.raises(SettingError, match="POSTGRES_USER and DBUSER are both 'root'; they must differ"):
        load(named | {"DBUSER": "root"})


def test_a_cluster_of_nats_servers_is_named_with_commas() -> None:
    """With or without blanks."""
    assert load({"NATS_URL": "nats://a:1, nats://b:2,"}).nats_servers() == ["nats://a:1", "nats://b:2"]
    assert load({}).nats_servers() == ["nats://127.0.0.1:4222"]


def test_rooms_have_one_size_or_one_each() -> None:
    """MAX_NUMUSERS is written as the original's, with or without blanks."""
    assert load({"NUM_CHATROOMS": "2", "MAX_NUMUSERS": "[7]"}).room_sizes() == [7, 7]
    assert load({"MAX_NUMUSERS": " [4, 3,5,4,2] "}).room_sizes() == [4, 3, 5, 4, 2]
    assert load({"MAX_NUMUSERS": "9"}).room_sizes() == [9] * 5


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POSTGRES_PORT", "0"),
        ("POSTGRES_PORT", "65536"),
        ("NATS_PORT", "4222x"),
        ("CONTAINER_PORT", "-1"),
        ("CONTAINER_PORT", "٤٢"),
        ("GATEWAY_WORKERS", "0"),
        ("GATEWAY_WORKERS", "65"),
        ("NUM_CHATROOMS", "0"),
        ("NUM_CHATROOMS", "1.5"),
        ("MAX_NUMUSERS", "[4,4]"),
        ("MAX_NUMUSERS", "[]"),
        ("MAX_NUMUSERS", "[0]"),
        ("MAX_NUMUSERS", "four"),
        ("EVENT_RATE", "fast"),
        ("EVENT_RATE", "-1"),
        ("EVENT_RATE", "nan"),
        ("EXECUTION_RATE", "inf"),
        ("FEED_STREAM", "a b"),
        ("FEED_STREAM_MAX_AGE", "0"),
        ("FEED_STREAM_REPLICAS", "6"),
        ("MAX_CONNECTIONS", "-1"),
        ("MAX_CONNECTIONS_PER_ADDRESS", "many"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, proxy"),
        ("ALLOWED_ORIGINS", "chat.example"),
        ("ALLOWED_ORIGINS", "https://chat.example/path"),
        ("HANDSHAKE_TIMEOUT", "0"),
        ("TLS_KEY_FILE", "key.pem"),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str) -> None:
    """The error names the variable and what it holds, or how many it lists."""
    with pytest.raises(SettingError, match=name):
        load({name: value})


def test_limits_are_read() -> None:
    """Lists with blanks or without; a certificate's file may have its key in it."""
    limits = load(
        {
            "TRUSTED_PROXIES": "10.0.0.7, fd00::/8",
            "ALLOWED_ORIGINS": "same, https://Portal.example:8443,null",
            "TLS_CERT_FILE": "chat.pem",
        }
    ).limits
    assert [str(network) for network in limits.trusted_proxies] == ["10.0.0.7/32", "fd00::/8"]
    assert limits.allowed_origins == {"same", "https://portal.example:8443", "null"}
    assert limits.certificate == CertificateFiles(Path("chat.pem"), Path("chat.pem"))
    assert load({}).limits.certificate is None


def test_the_readme_shows_the_defaults() -> None:
    """In its table; where a row lists fewer values than names, the last one is that of all the rest."""
    shown: dict[str, str] = {}
    rows = re.findall(r"^\| (`[A-Z][^|]*) \| ([^|]+) \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    for names, values in rows:
        defaults = [value.split()[0].strip("`") for value in values.split(", ")]
        shown |= zip_longest(re.findall(r"[A-Z_]+", names), defaults, fillvalue=defaults[-1])
    assert shown == {name: value for name, value in DEFAULTS.items() if name in shown}
    assert len(shown) > 15


def test_the_compose_file_has_the_same_defaults() -> None:
    """Where it has one of its own at all; an absent one is left to the part."""
    given = re.findall(r"\$\{(\w+):-(.+?)\}$", (ROOT / "docker-compose.yml").read_text(), re.MULTILINE)
    assert all(DEFAULTS[name] == value for name, value in given if name in DEFAULTS)
    assert len({name for name, _ in given} & DEFAULTS.keys()) > 8


def test_the_help_explains_every_setting() -> None:
    """Each with its default."""
    assert DEFAULTS.keys() <= SETTINGS.keys()
    assert all(re.search(rf"{name} +{re.escape(value)}( |$)", EPILOG, re.MULTILINE) for name, value in DEFAULTS.items())


def test_several_hosts_share_the_port() -> None:
    """POSTGRES_HOST may list them, with blanks or without."""
    settings = load({"POSTGRES_HOST": "a, b", "POSTGRES_PORT": "5432"})
    assert settings.database_url == "postgresql://chatserviceusr:chatservicepwd@a:5432,b:5432/chatservicedb"
