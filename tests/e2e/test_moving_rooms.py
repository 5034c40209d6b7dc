"""Rooms are moved to another server while their members talk and the feed flows; some moves are killed on the way."""

import asyncio
import random
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import asyncpg
import pytest
from nats.aio.client import Client

from edgechat.server import moving, transfer
from edgechat.server.database import ServerError
from harness.background import background
from harness.parts import Stack
from harness.publisher import Publisher
from harness.resumer import Resumer, Transcript
from harness.servers import PostgresServer, temporary_directory
from harness.several import BUCKET, Servers, parts_on, several
from proto.chatmessage_pb2 import chatmessage
from runtime.settings import load
from servers.nats import EmbeddedNats

ROOMS = 6
RATE = 100.0
MOVES = 6
LONGEST_PAUSE = 20.0
"""Seconds, on whatever machine, in which a member may hear nothing: moves that are killed lie there until the next."""
READ_LOG = "select seq, feed_id, message from chat.read_room_log($1, 0, 1000000, 1000000)"
HAS_LEFT = "select exists (select from chat.departure)"
NEWEST_SEQ = "select chat.newest_seq($1)"


@pytest.fixture
def servers(postgres: PostgresServer, nats_server: EmbeddedNats, nats_client: Client) -> Iterator[Servers]:
    """Two servers, over which rooms are dealt."""
    with several(postgres, nats_server.url, 2) as servers:
        servers.add("db1", "db2")
        for name in servers.urls:
            # On a busy machine it takes seconds until all are back.
            servers.execute(name, "update chat.setting set gateway_grace = '1 minute'")
        yield servers


@pytest.fixture
async def stack(servers: Servers) -> AsyncIterator[Stack]:
    """Starts parts on both."""
    with parts_on(servers) as stack:
        yield stack


def owner(servers: Servers, room: int) -> str:
    """The one server that has a room."""
    [name] = [name for name in servers.urls if room in servers.held(name)]
    return name


async def kill_on_the_way(servers: Servers, source: str, process: asyncio.subprocess.Process, delay: float) -> None:
    """Kill a move some moments after the slot has left."""
    connection = await asyncpg.connect(servers.urls[source])
    try:
        while process.returncode is None and not await connection.fetchval(HAS_LEFT):
            await asyncio.sleep(0.001)
        await asyncio.sleep(delay)
        with suppress(ProcessLookupError):
            process.kill()
    finally:
        connection.terminate()


async def move(servers: Servers, room: int, kill_after: float | None) -> None:
    """Have a room go to the other server; killed on the way, if that is wanted, and finished then."""
    source = owner(servers, room)
    [target] = servers.urls.keys() - {source}
    command = [sys.executable, "-m", "edgechat", "server", "move", "--room", str(room), "--to", target]
    process = await asyncio.create_subprocess_exec(
        *command, env=servers.environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    if kill_after is not None:
        await kill_on_the_way(servers, source, process, kill_after)
    printed, _ = await process.communicate()
    print(printed.decode())
    if kill_after is None:
        assert process.returncode == 0, printed
    else:
        left = servers.listed()["faults"]
        print(left, await asyncio.to_thread(servers.do, "server", "move"))
    assert servers.listed()["faults"] == []
    assert owner(servers, room) == target


async def talk(members: list[Resumer]) -> None:
    """Comments of everybody, again and again."""
    number = 0
    while True:
        for member in members:
            number += 1
            await member.comment(f"{member.name} says {number}")
            await asyncio.sleep(0.05)


async def events_of(servers: Servers, room: int) -> list[str]:
    """The feed's messages in a room's log, in order; the seqs have no gap."""
    connection = await asyncpg.connect(servers.urls[owner(servers, room)])
    try:
        rows = await connection.fetch(READ_LOG, room)
    finally:
        connection.terminate()
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    found = []
    for row in rows:
        message = chatmessage()
        if row["feed_id"] is None:
            message.ParseFromString(row["message"])
        else:
            message.eventmsg.ParseFromString(row["message"])
        if message.HasField("eventmsg"):
            found.append(message.eventmsg.data_event)
    return found


@pytest.mark.timeout(300)
async def test_members_lose_nothing(servers: Servers, stack: Stack) -> None:
    """Every member gets every message once, in order, under seqs that go on; no room is on two servers, or on none."""
    gateways = [await stack.start_gateway(NUM_CHATROOMS=str(ROOMS), MAX_NUMUSERS="[8]") for _ in range(2)]
    await stack.start_bridge()
    ports = [gateway.port for gateway in gateways]
    transcripts = [Transcript() for _ in range(ROOMS)]
    members = [Resumer(f"m{n}", n % ROOMS, ports, transcripts[n % ROOMS], home=n // ROOMS) for n in range(2 * ROOMS)]
    for member in members:
        await member.start()
    publisher = Publisher(servers.nats_url)
    chance = random.Random()
    async with publisher.running(RATE, acknowledged=True), background(talk(members)):
        for number in range(MOVES):
            await move(servers, number % ROOMS, chance.uniform(0.0, 0.1) if number % 2 else None)
            await asyncio.sleep(0.5)
    for room in range(ROOMS):
        await until_all_are_there(servers, room, publisher.sent)
        connection = await asyncpg.connect(servers.urls[owner(servers, room)])
        newest = await connection.fetchval(NEWEST_SEQ, room)
        connection.terminate()
        for member in members[room::ROOMS]:
            await member.reach(newest)
    for member in members:
        assert not member.is_flawed, vars(member)
        assert member.longest_pause < LONGEST_PAUSE, vars(member)
    assert [transcript.differing for transcript in transcripts] == [0] * ROOMS
    # Before anybody leaves, for the others hear of that.
    assert sum((transcript.exits.total() for transcript in transcripts), 0) == 0
    for member in members:
        await member.stop()
    assert sum(member.closings[1012] for member in members) >= MOVES


async def test_a_bridge_that_is_away_is_named(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    """A move that waits for it in vain says so, and what to do; it can be undone."""
    monkeypatch.setattr(transfer, "BRIDGE_SECONDS", 0.5)
    with temporary_directory() as directory:
        only_first = Stack(servers.urls["db1"], servers.nats_url, directory, (), {"SERVER_MAP": BUCKET})
        try:
            await only_first.start_gateway(NUM_CHATROOMS=str(ROOMS), NATS_URL=servers.nats_url)
            await only_first.start_bridge()
            settings = load(servers.environ)
            [room, *_] = [room for room in range(ROOMS) if owner(servers, room) == "db1"]
            with pytest.raises(ServerError, match="the bridge of db2 has not stored yet"):
                await moving.move(settings, [], [room], "db2", print)
            assert "have left db1 for db2" in servers.listed()["faults"][0]
            await moving.undo(settings, print)
            assert servers.listed()["faults"] == []
            assert owner(servers, room) == "db1"
        finally:
            only_first.stop()


async def until_all_are_there(servers: Servers, room: int, sent: int) -> None:
    """Wait until a room has all events, each once and in order."""
    found: list[str] = []
    for _ in range(300):
        found = await events_of(servers, room)
        if len(found) >= sent:
            break
        await asyncio.sleep(0.1)
    assert found == [str(number) for number in range(sent)]
