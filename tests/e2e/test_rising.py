"""Seqs rise strictly on every connection, whatever was asked: the last seq that a client saw is all it has to keep."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

import asyncpg
import pytest

from harness.background import background
from harness.parts import Stack
from harness.people import People, User
from harness.rooms import Rooms, make_event
from proto.chatmessage_pb2 import chatmessage

ASKED: list[dict[str, int]] = [
    {},
    {"resume_after": 0},
    {"resume_after": 1},
    {"resume_after": 20},
    {"resume_after": 10**9},
    {"history": 1},
    {"history": 7},
    {"history": 10**6},
    {"resume_after": 5, "history": 3},
]


async def everything(user: User, end: str) -> list[chatmessage]:
    """All that came on a connection from the answer to the join on; checks that the seqs in it rise strictly."""
    heard = [user.welcome, user.joined, *await user.through(end)]
    seqs = [message.seq for message in heard if message.HasField("seq")]
    assert all(before < after for before, after in pairwise(seqs)), seqs
    return heard


def require_complete(heard: list[chatmessage], asked: dict[str, int]) -> None:
    """From the first older message on nothing is missing, and it begins where it was asked for."""
    seqs = [message.seq for message in heard if message.seq and message.userstatus != "HISTORY_TRUNCATED"]
    assert seqs == list(range(seqs[0], seqs[-1] + 1))
    told = [message.seq for message in heard if message.userstatus == "HISTORY_TRUNCATED"]
    if "resume_after" in asked:
        assert seqs[0] == (told[0] if told else asked["resume_after"]) + 1


@asynccontextmanager
async def busy(rooms: Rooms, user: User) -> AsyncIterator[None]:
    """Give a room rows, comments and filters for the time of the block."""

    async def give() -> None:
        for number in range(10_000):
            await rooms.store_events([make_event(text=f"{number}") for _ in range(7)])
            await user.comment(f"{number}")
            if number % 5 == 0:
                await user.set_filter("NONE" if number % 2 else "sport = 3")
            # Who is not read from for a while, on a busy machine, must not be cut off for it.
            await asyncio.sleep(0.02)

    async with background(give()):
        yield


@pytest.mark.parametrize("asked", ASKED, ids=str)
async def test_seqs_rise_on_a_new_members_connection(
    stack: Stack, people: People, rooms: Rooms, asked: dict[str, int]
) -> None:
    """While the room is busy, and whatever the member asks for meanwhile."""
    gateway = await stack.start_gateway(MAX_NUMUSERS="[9]")
    adam = await people.join(gateway.port, "adam")
    async with busy(rooms, adam):
        await adam.feed(100)
        user = await people.join(gateway.port, "user", **asked)
        await user.set_filter("no filter")
        await user.set_filter("sport = 3")
        await adam.feed(100)
    await user.comment("end")
    heard = await everything(user, "end")
    require_complete(heard, asked)
    own = [m.seq for m in heard if (m.userstatus, m.user) == ("USERJOINED", "user")]
    # Without a seq first, if older messages follow; then with it, in its place.
    assert len([seq for seq in own if seq]) == 1
    assert own[:-1] == ([0] if asked else [])
    assert [m.userstatus for m in heard if m.userstatus == "REJECTED_BADFILTER"]


@pytest.mark.parametrize("asked", ASKED, ids=str)
async def test_seqs_rise_where_a_place_is_taken_back(
    stack: Stack, people: People, rooms: Rooms, asked: dict[str, int]
) -> None:
    """On the same gateway and on another one, while the room is busy, and with nothing twice over all connections."""
    gateways = [await stack.start_gateway(MAX_NUMUSERS="[9]") for _ in range(2)]
    adam = await people.join(gateways[1].port, "adam")
    user = await people.join(gateways[0].port, "user")
    async with busy(rooms, adam):
        for gateway in gateways:
            await user.feed(100)
            again = await people.connect(gateway.port)
            token = user.joined.resume_token
            # With neither it goes on with what comes from now on.
            wanted = {"resume_after": (await user.feed(1))[0].seq} if asked == {"resume_after": 1} else asked
            await again.enter("user", resume_token=token, **wanted)
            assert not again.joined.HasField("seq")
            user = again
        await adam.feed(100)
    await user.comment("end")
    heard = await everything(user, "end")
    require_complete(heard, wanted)
    assert next(m.seq for m in heard if (m.userstatus, m.user) == ("USERJOINED", "user")) == 0


async def test_what_is_told_as_gone_can_be_resumed_after(
    stack: Stack, people: People, connection: asyncpg.Connection
) -> None:
    """HISTORY_TRUNCATED has the last seq that is gone: whoever saw only that goes on with the first that is there."""
    gateway = await stack.start_gateway(MAX_NUMUSERS="[9]")
    adam = await people.join(gateway.port, "adam")
    for number in range(10):
        await adam.comment(f"{number}")
    await adam.through("9")
    await connection.execute("delete from chat.room_log where seq <= 5")
    eve = await people.join(gateway.port, "eve", resume_after=2)
    told = await eve.receive()
    assert (told.userstatus, told.seq) == ("HISTORY_TRUNCATED", 5)
    again = await people.connect(gateway.port)
    await again.enter("eve", resume_after=told.seq, resume_token=eve.joined.resume_token)
    await again.comment("end")
    heard = await everything(again, "end")
    require_complete(heard, {"resume_after": 5})
    assert "HISTORY_TRUNCATED" not in [message.userstatus for message in heard]
