"""What the environment decides, read once at the start of a process.

The names are those of the original service (docs/protocol.md lists them) plus `DATABASE_URL` and `NATS_URL`, which win
over their parts. A value that cannot be used raises `SettingError` with the variable, its value and what is allowed.
Every default stands here: the command line's help shows them, and tests compare README and compose file with them.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from runtime.access_settings import AccessSettings, load_access
from runtime.limit_settings import LIMIT_DEFAULTS, LimitSettings, load_limits
from runtime.monitor_settings import MONITOR_DEFAULTS, MonitorSettings, load_monitor
from runtime.setting_values import SettingError, port, rate, require_account, whole, whole_or_none

DEFAULT_NATS_PORT = 4222
DEFAULT_GATEWAY_PORT = 4242
DEFAULT_STREAM_MAX_AGE = 86_400
DEFAULT_STREAM_MAX_BYTES = 2**30
DEFAULT_STREAM_REPLICAS = 1
DEFAULTS = {
    "NUM_CHATROOMS": "5",
    "MAX_NUMUSERS": "[4]",
    "EVENT_RATE": "20",
    "EXECUTION_RATE": "5",
    "CONTAINER_HOST": "127.0.0.1",
    "CONTAINER_PORT": str(DEFAULT_GATEWAY_PORT),
    "GATEWAY_WORKERS": "1",
    "POSTGRES_HOST": "127.0.0.1",
    "POSTGRES_PORT": "5444",
    "SERVERS": "1",
    "DATABASE": "chatservicedb",
    "DBUSER": "chatserviceusr",
    "DBPASSWORD": "chatservicepwd",
    "INSPECTOR_DBPASSWORD": "inspectorpwd",
    "POSTGRES_DB": "postgres",
    "POSTGRES_USER": "postgres",
    "NATS_HOST": "127.0.0.1",
    "NATS_PORT": str(DEFAULT_NATS_PORT),
    "EVENT_TOPIC": "sport_event",
    "EXECUTION_TOPIC": "execution",
    "FEED_STREAM": "CHATFEED",
    "FEED_STREAM_MAX_AGE": str(DEFAULT_STREAM_MAX_AGE),
    "FEED_STREAM_MAX_BYTES": str(DEFAULT_STREAM_MAX_BYTES),
    "FEED_STREAM_REPLICAS": str(DEFAULT_STREAM_REPLICAS),
    "EDGECHAT_HOME": ".edgechat",
    **LIMIT_DEFAULTS,
    **MONITOR_DEFAULTS,
}
"""What counts for a variable that is absent or empty."""
FEEDS = ("sports", "executions")
"""The simulated feeds, by the names that the command line gives them."""
MAX_WORKERS = 64
MAX_SERVERS = 8
MAX_ROOMS = 100_000
MAX_ROOM_USERS = 100_000
MAX_STREAM_AGE = 10 * 365 * 86_400
MAX_STREAM_BYTES = 2**50
# JetStream's own limit.
MAX_STREAM_REPLICAS = 5


@dataclass(frozen=True, slots=True)
class Administrator:
    """The superuser whom POSTGRES_USER and POSTGRES_PASSWORD ask for, and the database POSTGRES_DB that is theirs."""

    database: str
    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of every part; each part uses the few that concern it.

    `subjects` has the NATS subject of each feed, by the feed's name in Postgres; `rates` has the messages per second of
    each simulated feed, by its name in FEEDS.

    `feed_stream_max_age` (seconds) and `feed_stream_max_bytes` limit the stream that holds feed messages until the
    bridge has taken them; bridge/stream.py says what each can lose. `feed_stream_replicas` is how many servers of a
    cluster keep it. None leaves an existing stream as it is, and gives a new one the default.

    `servers` is how many embedded servers `edgechat up` starts. `server_map` names the bucket of JetStream's key-value
    store that says which of several Postgres servers has which rooms (runtime/server_map.py); None with one server. The
    login to all of them is that of `database_url`.

    `administrator` is None unless POSTGRES_PASSWORD is set: a superuser whose password everybody knows would let any
    user of the machine run programs as the server's.
    """

    database_url: str
    nats_url: str
    database_is_external: bool
    nats_is_external: bool
    postgres_port: int
    database: str
    db_user: str
    db_password: str
    inspector_password: str
    administrator: Administrator | None
    nats_port: int
    gateway_host: str
    gateway_port: int
    gateway_workers: int
    servers: int
    num_rooms: int
    max_users: tuple[int, ...]
    subjects: Mapping[str, str]
    rates: Mapping[str, float]
    feed_stream: str
    feed_stream_max_age: int | None
    feed_stream_max_bytes: int | None
    feed_stream_replicas: int | None
    server_map: str | None
    limits: LimitSettings
    access: AccessSettings
    monitor: MonitorSettings

    def nats_servers(self) -> list[str]:
        """The URLs in `nats_url`: those of a cluster stand there with commas between."""
        return [part.strip() for part in self.nats_url.split(",") if part.strip()]

    def room_sizes(self) -> list[int]:
        """How many users each room takes, one number per room."""
        return list(self.max_users) * self.num_rooms if len(self.max_users) == 1 else list(self.max_users)


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read all settings; raises SettingError at the first one that is wrong."""
    # Compose files pass unset variables on as empty ones.
    given = {name: value for name, value in environ.items() if value}
    values = DEFAULTS | given
    for name in ("DATABASE_URL", "NATS_URL"):
        require_account(given, name)
    num_rooms = whole(values, "NUM_CHATROOMS", 1, MAX_ROOMS)
    return Settings(
        database_url=given.get("DATABASE_URL") or _database_url(values),
        nats_url=given.get("NATS_URL") or f"nats://{values['NATS_HOST']}:{port(values, 'NATS_PORT')}",
        database_is_external=bool(given.keys() & {"DATABASE_URL", "POSTGRES_HOST"}),
        nats_is_external=bool(given.keys() & {"NATS_URL", "NATS_HOST"}),
        postgres_port=port(values, "POSTGRES_PORT"),
        database=values["DATABASE"],
        db_user=values["DBUSER"],
        db_password=values["DBPASSWORD"],
        inspector_password=values["INSPECTOR_DBPASSWORD"],
        administrator=_administrator(values),
        nats_port=port(values, "NATS_PORT"),
        gateway_host=values["CONTAINER_HOST"],
        gateway_port=port(values, "CONTAINER_PORT"),
        gateway_workers=whole(values, "GATEWAY_WORKERS", 1, MAX_WORKERS),
        servers=whole(values, "SERVERS", 1, MAX_SERVERS),
        num_rooms=num_rooms,
        max_users=_room_sizes(values, num_rooms),
        subjects={"sport_event": values["EVENT_TOPIC"], "execution": values["EXECUTION_TOPIC"]},
        rates=dict(zip(FEEDS, (rate(values, "EVENT_RATE"), rate(values, "EXECUTION_RATE")), strict=True)),
        feed_stream=_stream_name(values),
        feed_stream_max_age=whole_or_none(given, "FEED_STREAM_MAX_AGE", 1, MAX_STREAM_AGE),
        feed_stream_max_bytes=whole_or_none(given, "FEED_STREAM_MAX_BYTES", 4 * 1024 * 1024, MAX_STREAM_BYTES),
        feed_stream_replicas=whole_or_none(given, "FEED_STREAM_REPLICAS", 1, MAX_STREAM_REPLICAS),
        server_map=_stream_name(given, "SERVER_MAP") if "SERVER_MAP" in given else None,
        limits=load_limits(values),
        access=load_access(given),
        monitor=load_monitor(values),
    )


def _database_url(values: Mapping[str, str]) -> str:
    account = f"{quote(values['DBUSER'], safe='')}:{quote(values['DBPASSWORD'], safe='')}"
    number = port(values, "POSTGRES_PORT")
    addresses = ",".join(f"{host.strip()}:{number}" for host in values["POSTGRES_HOST"].split(","))
    return f"postgresql://{account}@{addresses}/{quote(values['DATABASE'], safe='')}"


def _administrator(values: Mapping[str, str]) -> Administrator | None:
    password, user = values.get("POSTGRES_PASSWORD"), values["POSTGRES_USER"]
    if password is None:
        return None
    if user == values["DBUSER"]:
        raise SettingError(
            f"POSTGRES_USER and DBUSER are both {user!r}; they must differ: the owner of the rooms' database must be "
            "no superuser, since what filters call runs with its rights"
        )
    return Administrator(values["POSTGRES_DB"], user, password)


def _stream_name(values: Mapping[str, str], variable: str = "FEED_STREAM") -> str:
    name = values[variable]
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
        raise SettingError(f"{variable} is {name!r}; it must be 1 to 64 letters, digits, - or _")
    return name


def _room_sizes(values: Mapping[str, str], num_rooms: int) -> tuple[int, ...]:
    text = values["MAX_NUMUSERS"]
    parts = text.strip().removeprefix("[").removesuffix("]").split(",")
    if not all(part.strip().isascii() and part.strip().isdigit() for part in parts):
        raise SettingError(
            f"MAX_NUMUSERS is {text!r}; it must be one size for all rooms, [4], or one per room, [4,3,5,4,2]"
        )
    sizes = tuple(int(part) for part in parts)
    if len(sizes) not in (1, num_rooms):
        raise SettingError(
            f"MAX_NUMUSERS lists {len(sizes)} sizes; it must list 1, or {num_rooms} as NUM_CHATROOMS says"
        )
    if not all(1 <= size <= MAX_ROOM_USERS for size in sizes):
        raise SettingError(f"MAX_NUMUSERS is {text!r}; every size must be from 1 to {MAX_ROOM_USERS}")
    return sizes
