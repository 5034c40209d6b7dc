"""`edgechat up --servers 3`: three servers that rooms are dealt over, started and stopped as one is."""

import json
import os
import re
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import psycopg2
import pytest

from harness.people import People
from harness.servers import free_port, temporary_directory
from harness.up import Up
from runtime.settings import DEFAULTS

UP = (sys.executable, "-m", "edgechat", "up", "--servers", "3")
COUNT_EVENTS = "select count(*) from feed.sport_event"
EVENTS = "select stream_seq, message from feed.sport_event where stream_seq between %s and %s order by stream_seq"
BOUNDS = "select min(stream_seq), max(stream_seq) from feed.sport_event"
STATE = "select state from chat.feed where name = 'execution'"


def free_ports(count: int) -> int:
    """The first of several free ports, one behind the other."""
    while True:
        first = free_port()
        with suppress(OSError), ExitStack() as stack:
            for port in range(first, first + count):
                stack.enter_context(socket.create_server(("127.0.0.1", port)))
            return first


@pytest.fixture
def up() -> Iterator[Up]:
    """Not started yet; ended with the test."""
    with temporary_directory() as directory:
        up = Up(directory)
        up.environ |= {"POSTGRES_PORT": str(free_ports(3)), "BRIDGE_METRICS_PORT": str(free_ports(3))}
        try:
            yield up
        finally:
            up.clear()


def rows(up: Up, number: int, statement: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """The rows of a statement at one of the servers, 0 for the first."""
    account = f"{DEFAULTS['DBUSER']}:{DEFAULTS['DBPASSWORD']}"
    port = int(up.environ["POSTGRES_PORT"]) + number
    connection = psycopg2.connect(f"postgresql://{account}@127.0.0.1:{port}/{DEFAULTS['DATABASE']}")
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())
    finally:
        connection.close()


def wait_for_rows(up: Up, more: int = 20) -> None:
    """Wait until each of the three has so many rows more than now."""
    wanted = [int(str(rows(up, number, COUNT_EVENTS)[0][0])) + more for number in range(3)]
    deadline = time.monotonic() + 60
    while any(int(str(rows(up, number, COUNT_EVENTS)[0][0])) < wanted[number] for number in range(3)):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def require_same_rows(up: Up) -> None:
    """What all three have taken is the same at each: the messages from the newest first one to the oldest last one."""
    bounds = [[int(str(bound)) for bound in rows(up, number, BOUNDS)[0]] for number in range(3)]
    common = max(first for first, _ in bounds), min(last for _, last in bounds)
    first, second, third = ([(s, bytes(m)) for s, m in rows(up, n, EVENTS, common)] for n in range(3))  # type: ignore
    assert first == second == third
    assert len(first) > 10


async def test_one_command_starts_three_servers(up: Up, people: People) -> None:
    """Status tells of each, all get the same rows, commands find the map; stopped, nothing runs and the data stays."""
    child = up.start(*UP)
    assert json.loads((up.home / "lock").read_text())["server_map"] == "edgechat-servers"
    status = up.run("status")
    assert status.returncode == 0, status.stdout
    parts = (
        "postgres db1",
        "postgres db2",
        "postgres db3",
        "servers",
        "nats",
        "gateway",
        "bridge",
        "bridge-2",
        "bridge-3",
    )
    for part in (*parts, "feed-sports", "feed-executions"):
        assert re.search(rf"(?m)^{part} +up ", status.stdout), status.stdout
    wait_for_rows(up)
    require_same_rows(up)
    assert up.run("health", "bridge").returncode == 0
    listed = json.loads(up.run("server", "list", "--json").stdout)
    assert [(server["name"], server["slots"]) for server in listed["servers"]] == [
        ("db1", 342),
        ("db2", 341),
        ("db3", 341),
    ]
    for room, name in enumerate(("adam", "eve", "zoe")):
        member = await people.join(int(up.environ["CONTAINER_PORT"]), name, room=room)
        await member.feed(3)
        assert rows(up, room, "select username from chat.member") == [(name,)]
    shown = up.run("psql", "--room", "2", "-At", "-c", "select name from chat.server")
    assert shown.stdout == "db3\n", shown.stderr
    assert up.run("feed", "pause", "execution").returncode == 0
    assert [rows(up, number, STATE) for number in range(3)] == [[("paused",)]] * 3

    child.send_signal(signal.SIGTERM)
    # Promised are 5 s; more than that is this machine's fault, much more is ours.
    assert child.wait(20) == 0
    assert up.processes() == []
    refused = up.run("up")
    assert refused.returncode == 1
    assert f"the rooms in {up.home} are on 3 servers, and SERVERS is 1: start it with SERVERS=3" in refused.stderr

    # Where the servers were is in the map, and they may have moved.
    up.environ |= {"SERVERS": "3", "POSTGRES_PORT": str(free_ports(3))}
    up.start()
    assert up.run("server", "list").returncode == 0
    wait_for_rows(up)
    assert [rows(up, number, STATE) for number in range(3)] == [[("paused",)]] * 3


def test_one_server_becomes_three(up: Up) -> None:
    """Its rooms stay where they are, with their rows; the others begin with what comes from then on."""
    child = up.start()
    deadline = time.monotonic() + 60
    while up.query(COUNT_EVENTS) < 20:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    kept = up.query(COUNT_EVENTS)
    child.kill()
    child.wait()
    up.start(*UP)
    wait_for_rows(up)
    require_same_rows(up)
    assert up.query(COUNT_EVENTS) > kept
    assert int(str(rows(up, 0, BOUNDS)[0][0])) < int(str(rows(up, 1, BOUNDS)[0][0]))
    listed = up.run("server", "list", "--json")
    assert json.loads(listed.stdout)["servers"][0]["rooms"] == 5, listed.stdout
    assert up.query("select count(*) from chat.slot where slot < 5") == 5


def test_servers_of_others_are_not_started(up: Up) -> None:
    """One line says that these are added otherwise."""
    up.environ["DATABASE_URL"] = "postgresql://adam:secret@127.0.0.1:1/nowhere"
    refused = up.run("up", "--servers", "3")
    assert refused.returncode == 1
    assert "servers of your own are added with `edgechat server add`" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    for number in ("0", "9", "many"):
        assert up.run("up", "--servers", number).returncode == 2


@pytest.mark.slow
def test_a_server_that_dies_is_started_again(up: Up) -> None:
    """As is its bridge, with a line for each."""
    up.start(*UP)
    for name in ("bridge-2", "postgres-3"):
        file = "postgres-3/postmaster.pid" if name == "postgres-3" else f"run/{name}.pid"
        os.kill(int((up.home / file).read_text().split("\n")[0]), signal.SIGKILL)
        up.wait_for(f"{name} was ended by SIGKILL; starting it again in 1 s")
        up.wait_for(f"{name} is back")
    deadline = time.monotonic() + 60
    # The gateway tries again in its own time.
    while up.run("status").returncode:
        assert time.monotonic() < deadline
    wait_for_rows(up)
    require_same_rows(up)
