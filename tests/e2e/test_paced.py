"""Who sends too much is held up or told so, whatever is sent, and costs the others nothing."""

import asyncio
import time

import asyncpg
import psutil
import pytest

from clientsim.frames import BINARY, CLOSE, PING, PONG
from gateway.client.limits import JOIN_BURST, RECORD_BURST, RECORDS_PER_SECOND
from gateway.door.paced import FRAME_BURST, FRAMES_PER_SECOND, PIECE_BYTES
from harness.parts import Stack
from harness.people import People
from harness.raw import RawClient, RawClients, frame
from proto.chatmessage_pb2 import COMMENT, JOIN_REQ, chatmessage

FLOOD = 1500
MOST_GROWTH = 30 * 2**20
COUNT_REFUSALS = "select count(*) from chat.chat_event where userstatus = 'REJECTED_COMMENT'"


async def test_joins_that_come_too_fast(stack: Stack, people: People) -> None:
    """Are told so, and the connection stays; who waits is let in."""
    gateway = await stack.start_gateway()
    adam = await people.connect(gateway.port)
    for _ in range(int(JOIN_BURST) + 10):
        await adam.ask_to_join("adam", 99)
    refused = await adam.status("DENIED_LIMIT")
    assert refused.reason == "tries to join come too fast; at most 2 a second are looked at"
    assert refused.user == "adam"
    await asyncio.sleep(2)
    while not adam.joined.userstatus:
        await adam.ask_to_join("adam", 0)
        adam.joined = (await adam.until(lambda m: m.userstatus in ("USERJOINED", "DENIED_LIMIT")))[-1]
        if adam.joined.userstatus == "DENIED_LIMIT":
            adam.joined = chatmessage()
            await asyncio.sleep(0.5)


async def test_refusals_of_a_flood_are_told_and_few_are_recorded(
    stack: Stack, people: People, connection: asyncpg.Connection
) -> None:
    """Each is answered, and the database does not grow with them."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    started = time.monotonic()
    for _ in range(300):
        await adam.comment("")
    for _ in range(300):
        assert (await adam.status("REJECTED_COMMENT")).reason == "the comment is empty"
    recorded = await connection.fetchval(COUNT_REFUSALS)
    assert RECORD_BURST <= recorded <= RECORD_BURST + (time.monotonic() - started + 1) * RECORDS_PER_SECOND < 300


@pytest.mark.parametrize(
    "data",
    [
        frame(PING, b"x"),
        frame(PONG, b"x"),
        frame(BINARY, chatmessage(mtype=COMMENT, comment="").SerializeToString()),
        frame(BINARY, chatmessage(mtype=JOIN_REQ, user="x", roomid=-1).SerializeToString()),
    ],
    ids=["pings", "pongs", "comments", "joins"],
)
async def test_whatever_is_sent_is_taken_no_faster(stack: Stack, raw: RawClients, people: People, data: bytes) -> None:
    """Nothing is lost: all of it is looked at in the end, in its order, and others are served meanwhile."""
    gateway = await stack.start_gateway()
    eve = await people.join(gateway.port, "eve")
    client = await raw.opened(gateway.port)
    started = time.monotonic()
    asked = asyncio.create_task(client.send(data * FLOOD + frame(PING, b"the end")))
    heard = asyncio.create_task(until_pong(client, b"the end"))
    said = 0
    while not heard.done():
        await eve.comment(f"{said}")
        await eve.through(f"{said}")
        said += 1
        await asyncio.sleep(0.05)
    await asyncio.gather(asked, heard)
    at_once = FRAME_BURST + PIECE_BYTES / len(data)
    assert time.monotonic() - started > (FLOOD - at_once) / FRAMES_PER_SECOND * 0.8
    assert said > 5


async def until_pong(client: RawClient, content: bytes) -> None:
    """Read until a ping is answered, and answer the service's own, without which it takes nobody for living."""
    while (got := await client.receive()) is not None:
        assert got[0] != CLOSE, got
        if got == (PONG, content):
            return
        if got[0] == PING:
            await client.send(frame(PONG, got[1]))
    raise AssertionError("the connection ended without a word")


async def test_who_sends_pings_and_reads_nothing_costs_no_memory(stack: Stack, people: People) -> None:
    """Neither for what is sent nor for the answers."""
    gateway = await stack.start_gateway()
    eve = await people.join(gateway.port, "eve")
    process = psutil.Process(gateway.part.child.pid)
    clients = [await RawClient.opened(gateway.port) for _ in range(10)]
    before = process.memory_info().rss
    sending = [asyncio.create_task(send_on(client, frame(PING, bytes(125)) * 1000)) for client in clients]
    growth = 0
    for number in range(50):
        await eve.comment(f"{number}")
        await eve.through(f"{number}")
        growth = max(growth, process.memory_info().rss - before)
        await asyncio.sleep(0.1)
    for task in sending:
        task.cancel()
    await asyncio.wait(sending)
    for client in clients:
        client.abort()
    await asyncio.sleep(0)
    print(f"grew by {growth / 2**20:.1f} MiB")
    assert growth < MOST_GROWTH


async def send_on(client: RawClient, data: bytes) -> None:
    """Send the same again and again."""
    while True:
        await client.send(data)
        await asyncio.sleep(0)


async def test_who_is_held_up_is_no_dead_client(stack: Stack, raw: RawClients) -> None:
    """Goodbye is heard behind all that was sent before."""
    gateway = await stack.start_gateway()
    client = await raw.opened(gateway.port)
    await client.send(frame(PONG, b"x") * int(FRAME_BURST + FRAMES_PER_SECOND) + frame(CLOSE, b"\x03\xe8"))
    assert await client.closing() == 1000
