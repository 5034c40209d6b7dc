"""No password in what anybody can read: output, logs, reports, command lines, messages of errors."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest

from harness.parts import KEPT, ROOT
from harness.servers import free_port, temporary_directory
from harness.up import Up
from runtime.secret import find_secrets

ODD = "it's 100% odd:/?#@ \\ pass-word"
UP = {
    "DBPASSWORD": ODD,
    "INSPECTOR_DBPASSWORD": 'inspector\'s odd "one"',
    "POSTGRES_PASSWORD": "administrator's $ODD one",
    "EVENT_RATE": "0",
    "EXECUTION_RATE": "0",
}
COMMANDS = (
    ("migrate",),
    ("status",),
    ("health", "bridge"),
    ("feed", "list"),
    ("psql", "-c", "select 1"),
    ("gateway",),
    ("bridge",),
)
# A part of the password that no message quotes for another reason.
SECRET = "hidden-word"
PLACES = {
    "wrong": "postgresql://chatserviceusr:hidden-word@{place}",
    "unreachable": "postgresql://chatserviceusr:hidden-word@127.0.0.1:{closed}/chat",
    "not quoted": "postgresql://chatserviceusr:hidden-word%zz@{place}",
    "a slash": "postgresql://chatserviceusr:hidden-word/hidden-word@{place}",
    "no port": "postgresql://chatserviceusr:hidden-word@127.0.0.1:five/chat",
}
EACH_TIME = ("wrong", "not quoted")
"""Of them, those that are tried in each run."""
SECONDS = 6


@pytest.fixture
def up() -> Iterator[Up]:
    """Not started yet, with odd passwords."""
    with temporary_directory() as directory:
        up = Up(directory)
        up.environ |= UP
        try:
            yield up
        finally:
            up.clear()


def test_everything_starts_with_odd_passwords_and_shows_none(up: Up) -> None:
    """Each part logs in as its own role; psql as whoever reads, with the password off its command line."""
    up.start()
    assert up.run("psql", "-Atc", "select current_user").stdout == "chatserviceusr_inspector\n"
    assert up.query("select count(*) from pg_stat_activity where usename = 'chatserviceusr_gateway'") > 0
    status = up.run("status")
    assert status.returncode == 0, status.stdout
    url = f"postgresql://chatserviceusr@127.0.0.1:{up.environ['POSTGRES_PORT']}/chatservicedb?password={quote(ODD)}"
    psql = subprocess.Popen(
        [sys.executable, "-m", "edgechat", "psql", "-Atc", "select pg_sleep(4)"],
        env=up.environ | {"DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
    )
    lines = []
    while psql.poll() is None:
        lines += [" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])]
    assert psql.returncode == 0
    assert any("pg_sleep" in line and "psql" in line and "chatservicedb" in line for line in lines)
    files = [path for folder in ("log", "report", "run") for path in (up.home / folder).glob("*")]
    assert len(files) >= 5
    texts = [up.output, status.stdout, *lines, *(path.read_text() for path in files)]
    for secret in find_secrets(UP):
        assert not any(secret in text for text in texts)


@pytest.mark.parametrize(
    "kind", [*EACH_TIME, *(pytest.param(each, marks=pytest.mark.slow) for each in {*PLACES} - {*EACH_TIME})]
)
def test_errors_name_no_password(database: str, kind: str, tmp_path: Path) -> None:
    """A wrong one, a server that is away, and URLs that nobody understands: each command says so without it."""
    url = PLACES[kind].format(place=database.partition("@")[2], closed=free_port())
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    environ = {**kept, "PYTHONPATH": str(ROOT), "EDGECHAT_HOME": str(tmp_path), "DATABASE_URL": url}
    environ |= {"NATS_URL": f"nats://{SECRET}@127.0.0.1:{free_port()}", "CONTAINER_PORT": str(free_port())}
    environ |= {name: str(free_port()) for name in ("GATEWAY_METRICS_PORT", "BRIDGE_METRICS_PORT")}
    said = {command: _run(command, environ) for command in COMMANDS}
    assert [command for command, text in said.items() if not text.strip()] == []
    assert {command: text for command, text in said.items() if SECRET in text} == {}


def _run(command: tuple[str, ...], environ: dict[str, str]) -> str:
    """What a command prints until it ends, or for some seconds: a bridge waits for its servers."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "edgechat", *command],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        return (error.stdout or b"").decode()
    assert done.returncode == 1, done.stdout
    return done.stdout.decode()
