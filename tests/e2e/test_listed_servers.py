"""`edgechat server list` and `status` show which server has what, what waits for it, and where a room lives."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from nats.aio.client import Client

from harness.chain import sport_event
from harness.parts import Stack
from harness.people import People
from harness.servers import PostgresServer
from harness.several import Servers, parts_on
from harness.waiting import until

ROWS = 20
LEAVE = "select chat.leave_slots('{0,3}', 'db2')"


@pytest.fixture
async def stack(servers: Servers) -> AsyncIterator[Stack]:
    """Starts parts on all of them."""
    with parts_on(servers) as stack:
        yield stack


def told(servers: Servers, name: str) -> dict[str, Any]:
    """What both commands tell of a server, which is the same."""
    [listed] = [each for each in servers.listed()["servers"] if each["name"] == name]
    return dict(listed)


def place(servers: Servers, room: int, status: int = 0) -> dict[str, Any]:
    """Where a room is said to live."""
    found = servers.run("server", "list", "--room", str(room), "--json")
    assert found.returncode == status, found.stdout + found.stderr
    return dict(json.loads(found.stdout))


async def test_what_waits_for_a_server_is_told(
    servers: Servers, stack: Stack, people: People, nats_client: Client
) -> None:
    """Beside its rooms, their members, and whether a bridge of its own works."""
    bridge = await stack.start_bridge()
    gateway = await stack.start_gateway(NUM_CHATROOMS="5", MAX_NUMUSERS="[50]")
    await people.join(gateway.port, "adam", 0)
    await asyncio.to_thread(bridge.stop)
    for number in range(ROWS):
        await nats_client.jetstream().publish("sport_event", sport_event(number))

    async def has_one_behind() -> bool:
        rows = (await asyncio.to_thread(servers.listed))["servers"]
        return [(row["waiting"], row["has_bridge"]) for row in rows] == [(ROWS, False), (0, True), (0, True)]

    await until(has_one_behind, "db1 alone to be behind")
    found = await asyncio.to_thread(told, servers, "db1")
    assert (found["slots"], found["rooms"], found["members"]) == (342, 2, 1)
    line = await asyncio.to_thread(servers.do, "server", "list")
    assert re.search(rf"(?m)^db1 +up +\S+ +342 +2 +1 +{ROWS} +none$", line), line
    assert re.search(r"(?m)^db2 +up +\S+ +341 +2 +0 +0 +works$", line), line
    status = (await asyncio.to_thread(servers.run, "status")).stdout
    words = f"no bridge carries the feeds to it, {ROWS} messages wait: start one"
    assert re.search(rf"(?m)^server db1 +FAULT +{servers.address('db1')} +{words}", status), status
    words = "slots: 341, rooms: 2, members: 0, waiting in the stream: 0"
    assert re.search(rf"(?m)^server db2 +up +{servers.address('db2')} +{words}$", status), status
    assert (await asyncio.to_thread(servers.status))["servers"][0] == found


async def test_where_a_room_lives_is_told(
    servers: Servers, stack: Stack, people: People, postgres: PostgresServer
) -> None:
    """Whether people can be in it, and if not, why."""
    gateway = await stack.start_gateway(NUM_CHATROOMS="5", MAX_NUMUSERS="[50]")
    await people.join(gateway.port, "adam", 4)
    found = await asyncio.to_thread(place, servers, 4)
    assert (found["server"], found["slot"], found["members"], found["max_users"]) == ("db2", 4, 1, 50)
    words = await asyncio.to_thread(servers.do, "server", "list", "--room", "4")
    assert words == f"room 4 is in slot 4, which is db2's ({servers.address('db2')}): open, 1 of 50 users\n"
    found = await asyncio.to_thread(place, servers, 1028, 1)
    assert (found["server"], found["slot"], found["members"]) == ("db2", 4, None)
    assert "no such room is open" in found["reason"]
    with postgres.closed(servers.urls["db2"]):
        found = await asyncio.to_thread(place, servers, 4, 1)
        assert (found["server"], found["is_up"]) == ("db2", False)
        assert "server db2" in found["reason"]
    assert (await asyncio.to_thread(servers.run, "server", "list", "--room", "x")).returncode == 2


def test_a_move_that_lies_unfinished_is_told(servers: Servers) -> None:
    """By all three, with what finishes it."""
    servers.execute("db1", "select chat.configure_rooms('{4,4,4,4,4}')")
    servers.execute("db1", LEAVE)
    assert told(servers, "db1")["departed"] == {"db2": [0, 3]}
    words = "slots 0, 3 have left db1 for db2 and have not arrived: unless a move is at work, `edgechat server move`"
    assert [fault for fault in servers.listed()["faults"] if words in fault]
    shown = servers.run("status").stdout
    assert re.search(rf"(?m)^server db1 +FAULT +\S+ +{words}", shown), shown
    found = place(servers, 3, 1)
    assert (found["server"], found["moving_to"]) == ("db1", "db2")
    assert "it has left for db2 and has not arrived" in servers.run("server", "list", "--room", "3").stdout
    servers.do("server", "move", "--undo")
    assert told(servers, "db1")["departed"] == {}
    assert place(servers, 3)["moving_to"] is None
