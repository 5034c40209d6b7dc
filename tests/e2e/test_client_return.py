"""`edgechat.client` comes back: whatever cuts it off, each message of its room is yielded once, in order."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from edgechat.client import Client, ClosedError, ReplacedError, UnansweredError, UnreachableError
from harness.members import client_at, member, take_through
from harness.parts import Gateway, Stack
from harness.people import People
from harness.relay import Relay
from harness.rooms import Rooms, make_event
from harness.servers import free_port
from harness.wire import Wire
from proto.chatmessage_pb2 import ROOM_STATUS, chatmessage

SECONDS = 120.0
CUTS, KILLS = 20, 4
"""So many of the cuts are a gateway that is killed and started again."""


@asynccontextmanager
async def relayed(gateway: Gateway) -> AsyncIterator[Relay]:
    """What lies between a client and its gateway, to be cut."""
    async with Relay("127.0.0.1", gateway.port) as relay:
        yield relay


async def test_nothing_is_missing_or_doubled(stack: Stack, rooms: Rooms) -> None:
    """Over cuts of the network and gateways that are killed, with messages before, during and after each."""
    gateway = await stack.start_gateway()
    async with relayed(gateway) as relay, member(relay.port, "adam") as adam, asyncio.timeout(SECONDS):
        heard: list[chatmessage] = []
        stored = 0

        async def store(count: int) -> None:
            nonlocal stored
            await rooms.store_events([make_event(text=f"{stored + number}") for number in range(count)])
            stored += count

        for cut in range(CUTS):
            await store(10)
            # In the midst of them.
            heard += [await anext(adam) for _ in range(5)]
            relay.cut()
            if cut % (CUTS // KILLS) == 0:
                gateway.part.kill()
                await store(10)
                gateway = await stack.start_gateway(CONTAINER_PORT=str(gateway.port))
            await store(10)
            while not heard or heard[-1].eventmsg.data_event != f"{stored - 1}":
                heard.append(await anext(adam))
    assert [message.seq for message in heard] == list(range(2, 2 + len(heard)))
    rows = [message.eventmsg.data_event for message in heard if message.HasField("eventmsg")]
    assert rows == [f"{number}" for number in range(stored)]


async def test_the_place_is_taken_back(stack: Stack, people: People) -> None:
    """Others see nobody leave and nobody come."""
    gateway = await stack.start_gateway()
    eve = await people.join(gateway.port, "eve")
    async with Wire(gateway.port).running() as wire, member(wire.port, "adam") as adam:
        await eve.status("USERJOINED", user="adam")
        # The gateway is not told that the network has gone: it holds the place.
        assert wire.cut(b"") == 1
        connection = adam._stream._connection
        assert connection is not None
        connection.abort()
        await eve.comment("end")
        assert [message.comment for message in await take_through(adam, "end")] == ["end"]
        assert adam.state.users == ["eve", "adam"]
        assert [message.comment for message in await eve.through("end")] == ["end"]


async def test_a_gateway_that_is_away_at_first_is_waited_for(stack: Stack) -> None:
    """For as long as the client has patience."""
    port = free_port()
    hasty = client_at(port, patience=0.5)
    with pytest.raises(UnreachableError, match=rf"ws://127\.0\.0\.1:{port}/ for 0\.5 s: "):
        await hasty.join("adam", 0)

    async def join() -> None:
        async with member(port, "eve") as eve:
            await eve.comment("hello")

    async with asyncio.timeout(SECONDS):
        joining = asyncio.create_task(join())
        await stack.start_gateway(CONTAINER_PORT=str(port))
        await joining
        await hasty.join("adam", 0)
        await hasty.close()


async def test_a_comment_whose_answer_was_lost_says_so(stack: Stack, people: People) -> None:
    """The program cannot know whether it was said until it has read on; it is not said again."""
    gateway = await stack.start_gateway()
    eve = await people.join(gateway.port, "eve")
    async with relayed(gateway) as relay, member(relay.port, "adam") as adam, asyncio.timeout(SECONDS):
        relay.is_deaf = True
        saying = asyncio.create_task(adam.comment("once"))
        await eve.through("once")
        relay.is_deaf = False
        relay.cut()
        with pytest.raises(UnansweredError):
            await saying
        await adam.comment("end")
        heard = await take_through(adam, "end")
        assert [message.comment for message in heard if message.comment] == ["once", "end"]
        assert [message.seq for message in heard] == list(range(heard[0].seq, heard[0].seq + len(heard)))


async def test_who_took_the_place_over_has_it(stack: Stack) -> None:
    """The first client is told that it goes on elsewhere, whatever it does, and does not fight for the place."""
    gateway = await stack.start_gateway()
    async with (
        member(gateway.port, "adam") as adam,
        member(gateway.port, "adam", resume_after=1, resume_token=adam.resume_token) as again,
        asyncio.timeout(SECONDS),
    ):
        with pytest.raises(ReplacedError, match="1012 resumed on another connection"):
            await anext(adam)
        with pytest.raises(ReplacedError):
            await adam.comment("hello")
        assert (await again.comment("here")).seq == 2


async def test_a_place_that_was_lost_is_joined_anew(stack: Stack, rooms: Rooms) -> None:
    """As after an operator's hand: the room sees an exit and a join, both of which the client gets too."""
    gateway = await stack.start_gateway()
    async with member(gateway.port, "adam") as adam, asyncio.timeout(SECONDS):
        await rooms.connection.execute("select chat.leave_rooms(gateway_id, '{adam}') from chat.gateway")
        await rooms.store_events([make_event(text="meanwhile")])
        heard = [await anext(adam) for _ in range(3)]
        assert [(m.seq, m.userstatus, m.eventmsg.data_event) for m in heard] == [
            (2, "USEREXITED", ""),
            (3, "", "meanwhile"),
            (4, "USERJOINED", ""),
        ]


@pytest.mark.parametrize(
    ("data", "code"), [("text", 1003), (b"\xff", 1007), (chatmessage(mtype=ROOM_STATUS).SerializeToString(), 1008)]
)
async def test_a_program_that_must_be_mended_is_told(stack: Stack, data: str | bytes, code: int) -> None:
    """It would be closed again for the same: each call raises."""
    gateway = await stack.start_gateway()
    async with member(gateway.port, "adam") as adam, asyncio.timeout(SECONDS):
        connection = adam._stream._connection
        assert connection is not None
        await connection._connection.send(data)
        for _ in range(2):
            with pytest.raises(ClosedError) as closed:
                await anext(adam)
            assert closed.value.code == code
            assert closed.value.reason


async def test_a_gateway_that_lost_part_of_the_past_says_so_in_a_message(stack: Stack, rooms: Rooms) -> None:
    """What comes next is what is there."""
    gateway = await stack.start_gateway()
    async with relayed(gateway) as relay, member(relay.port, "adam") as adam, asyncio.timeout(SECONDS):
        relay.is_closed = True
        relay.cut()
        reading = asyncio.create_task(take_through(adam, "later"))
        async with member(gateway.port, "eve") as eve:
            gone = [await eve.comment(f"{number}") for number in range(5)][-1].seq
            await eve.comment("kept")
            await rooms.connection.execute("delete from chat.room_log where seq <= $1", gone)
            relay.is_closed = False
            await eve.comment("later")
            heard = await reading
    assert (heard[0].userstatus, heard[0].seq) == ("HISTORY_TRUNCATED", gone)
    assert heard[1].comment == "kept"
    assert [message.seq for message in heard] == list(range(gone, gone + len(heard)))


async def test_a_cancelled_call_leaves_nothing_behind(stack: Stack) -> None:
    """No task and no half-joined name, whatever the call waited for."""
    gateway = await stack.start_gateway()
    before = len(asyncio.all_tasks())
    async with relayed(gateway) as relay:
        for seconds in (0.0, 0.001, 0.01, 0.3):
            relay.is_deaf = seconds == 0.3
            client = client_at(relay.port)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(join_and_listen(client), seconds)
            await client.close()
        relay.is_deaf = False
        away = client_at(free_port())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(join_and_listen(away), 0.5)
    await until_tasks(before)
    async with member(gateway.port, "eve") as eve, asyncio.timeout(SECONDS):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(eve), 0.1)
        # The answer of the call that is given up is not taken for the next one's.
        giving_up = asyncio.create_task(eve.comment("first"))
        await asyncio.sleep(0)
        giving_up.cancel()
        assert (await eve.comment("second")).comment == "second"
    await until_tasks(before)


async def test_an_iteration_ends_with_a_goodbye_in_another_task(stack: Stack) -> None:
    """Whether it waits for a message or for a service that is away."""
    gateway = await stack.start_gateway()

    async def listen(client: Client) -> int:
        return len([message async for message in client])

    async with asyncio.timeout(SECONDS):
        async with member(gateway.port, "adam") as adam:
            listening = asyncio.create_task(listen(adam))
            assert (await adam.comment("hello")).seq == 2
            await adam.close()
            assert await listening == 1
        async with member(gateway.port, "eve") as eve:
            listening = asyncio.create_task(listen(eve))
            gateway.part.kill()
            await asyncio.sleep(0.5)
            started = time.monotonic()
            await eve.close()
            await listening
            assert time.monotonic() - started < SECONDS / 4


async def join_and_listen(client: Client) -> None:
    """Join a room in which nothing happens."""
    await client.join("adam", 0)
    await anext(client)


async def until_tasks(count: int) -> None:
    """Wait until there are no more tasks than so many."""
    async with asyncio.timeout(SECONDS):
        while len(asyncio.all_tasks()) > count:
            await asyncio.sleep(0.05)
