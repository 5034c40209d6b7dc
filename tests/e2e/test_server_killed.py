"""`edgechat server add` is killed between any two of its steps, and finished by running it again."""

import subprocess
import sys
from collections.abc import Iterable, Iterator

import pytest
from nats.aio.client import Client

from edgechat.server.drafting import add
from harness.servers import PostgresServer
from harness.several import Servers, several
from runtime.server_map import SLOTS
from runtime.settings import load
from servers.nats import EmbeddedNats

OPEN_ROOMS = "select chat.configure_rooms('{4,4,4,4,4}')"
HOLDS = "select chat.holds_room(%s)"


class Killed(BaseException):
    """As if the process ended there: nothing handles it."""


@pytest.fixture
def servers(postgres: PostgresServer, nats_server: EmbeddedNats, nats_client: Client) -> Iterator[Servers]:
    """Three databases and no map yet."""
    with several(postgres, nats_server.url) as servers:
        yield servers


async def add_killed(servers: Servers, names: Iterable[str], lines: int) -> bool:
    """Add servers at once, killed when so many lines are told; whether it came to its end before."""
    left = lines

    def say(_line: str) -> None:
        nonlocal left
        left -= 1
        if not left:
            raise Killed

    try:
        pairs = [(name, servers.address(name)) for name in names]
        await add(load(servers.environ), pairs, only_if_new=False, say=say)
    except Killed:
        return False
    return True


async def test_what_was_killed_is_finished(servers: Servers) -> None:
    """Wherever it was; no room that was there is touched, and meanwhile no slot is with two."""
    servers.execute("db1", OPEN_ROOMS)
    for name in servers.urls:
        lines = 1
        # Each time one step more is done than the time before, of what is left.
        while not await add_killed(servers, [name], lines):
            lines += 1
            held = [slot for other in servers.urls for slot in servers.held(other)]
            assert len(held) == len(set(held))
            assert all(servers.execute("db1", HOLDS, [room])[0][0] for room in range(5))
        assert lines > 4
        assert servers.listed()["faults"] == []
    assert [server["slots"] for server in servers.listed()["servers"]] == [342, 341, 341]


async def test_several_at_once_are_finished(servers: Servers) -> None:
    """Killed before the last line there is no map to be seen, or all are in it."""
    lines = 1
    while not await add_killed(servers, servers.urls, lines):
        # Not at each: that takes a minute.
        lines += 3
        held = [slot for name in servers.urls for slot in servers.held(name)]
        assert len(held) == len(set(held))
        listed = servers.run("server", "list", "--json")
        assert "there is no map of servers" in listed.stderr or listed.stdout.count('"is_up": true') == 3
    assert lines > 10
    # Slots on their way when it was killed may be nobody's: that is told, with the command that gives them to a server.
    for fault in servers.listed()["faults"]:
        assert f"`edgechat server add db1 {servers.address('db1')}` gives them to db1" in fault
        servers.add("db1")
    assert servers.listed()["faults"] == []
    assert {slot for name in servers.urls for slot in servers.held(name)} == set(range(SLOTS))


@pytest.mark.parametrize("step", ["without slots yet", "knows its name", "given up by db1", "given to db2"])
def test_a_killed_process_leaves_what_list_tells(servers: Servers, step: str) -> None:
    """And how to finish it, which that does."""
    servers.add("db1")
    command = [sys.executable, "-m", "edgechat", "server", "add", "db2", servers.address("db2")]
    # It goes on meanwhile, so it is killed somewhere in what follows.
    with subprocess.Popen(command, env=servers.environ, stdout=subprocess.PIPE, text=True) as adding:
        assert adding.stdout is not None
        for line in adding.stdout:
            if step in line:
                break
        adding.kill()
    faults = servers.listed()["faults"]
    if faults:
        assert any(f"`edgechat server add db2 {servers.address('db2')}`" in fault for fault in faults), faults
    told = servers.add("db2")
    assert "finishing what is left to do" in told
    assert servers.listed()["faults"] == []
    assert [server["slots"] for server in servers.listed()["servers"]] == [SLOTS // 2] * 2
