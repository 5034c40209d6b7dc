"""What clients of the original send and get, byte for byte: written, compared and read without the project's own code.

A frame of the service is the original's, with fields behind it that the original did not have. So its clients parse
every frame, see what they saw before, and pass over the rest.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import asyncpg
import pytest
from nats.aio.client import Client
from websockets.asyncio.client import ClientConnection, connect

from harness.original_wire import MTYPES, Original, added_fields, known_part, number, real, text
from harness.parts import Stack

WAIT_SECONDS = 30.0
SEQ, REASON, RESUME_TOKEN, FILTERS, REASON_AT = 12, 13, 16, 20, 22
"""The added fields."""

SETTINGS = {"NUM_CHATROOMS": "2", "MAX_NUMUSERS": "[2,1]"}
NONES = ("NONE", "NONE")

ADD_FEED = "select chat.add_feed('weather', 'weather', columns => '{city:text}')"
STORE_ROWS = "insert into feed.weather (city) values ('Ulm'), ('Rome')"

# As they were on the original's wire.
JOIN_ADAM = bytes.fromhex("0802 2a04 6164616d 3000")
JOIN_ADAM_WITHOUT_ROOM = bytes.fromhex("0802 2a04 6164616d")
COMMENT_OF_ADAM = bytes.fromhex("0803 2a04 6164616d 3000 3a02 6869")
PENDING = bytes.fromhex(
    "0801 1207 50454e44494e47 1802 2204 08001002 2204 08011001 2a07 756e6b6e6f776e 30ffffffffffffffffff01"
)


class Wire:
    """A connection on which bytes go out and come in as they are."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def send(self, data: bytes) -> None:
        """One binary frame."""
        await self._connection.send(data)

    async def expect(self, known: bytes, *added: int) -> None:
        """The next frame is these bytes of the original's, and behind them fields that its clients pass over."""
        async with asyncio.timeout(WAIT_SECONDS):
            frame = await self._connection.recv(decode=False)
        assert known_part(frame) == known
        assert frame.startswith(known)
        assert added_fields(frame) == set(added)
        message = Original.FromString(frame)
        assert message.IsInitialized()
        assert {field.number for field, _ in message.ListFields()} <= set(range(1, 12))
        message.DiscardUnknownFields()
        assert message.SerializeToString() == known

    async def close(self) -> None:
        """Say goodbye."""
        await self._connection.close()


Open = Callable[[int], Awaitable[Wire]]


def status(
    userstatus: str, user: str, room: int, users: tuple[list[str], list[str]], filters: tuple[str, str] | None
) -> bytes:
    """A ROOM_STATUS of the two rooms; of no room that there is, it has no filters."""
    rooms = [
        number(1, roomid) + number(2, size) + b"".join(text(3, name) for name in names)
        for roomid, (size, names) in enumerate(zip((2, 1), users, strict=True))
    ]
    told = text(8, filters[0]) + text(9, filters[1]) if filters else b""
    head = number(1, MTYPES["ROOM_STATUS"]) + text(2, userstatus) + number(3, 2)
    return head + b"".join(text(4, each) for each in rooms) + text(5, user) + number(6, room) + told


def join(user: str, room: int) -> bytes:
    """A JOIN_REQ."""
    return number(1, MTYPES["JOIN_REQ"]) + text(5, user) + number(6, room)


def ask(sport: str | None, trades: str | None) -> bytes:
    """Adam's FILTER; None leaves a field out."""
    clauses = [text(field, clause) for field, clause in ((8, sport), (9, trades)) if clause is not None]
    return number(1, MTYPES["FILTER"]) + text(5, "adam") + number(6, 0) + b"".join(clauses)


@pytest.fixture
async def open_wire() -> AsyncIterator[Open]:
    """Connects to a port; what comes first is yet to be read."""
    async with AsyncExitStack() as wires:

        async def open_wire(port: int) -> Wire:
            return Wire(await wires.enter_async_context(connect(f"ws://127.0.0.1:{port}", proxy=None)))

        yield open_wire


async def enter(wire: Wire, name: str, *, also_there: tuple[str, ...] = ()) -> Wire:
    """A member of room 0 who has read what comes with that."""
    await wire.expect(status("PENDING", "unknown", -1, ([*also_there], []), None))
    await wire.send(join(name, 0))
    await wire.expect(status("USERJOINED", name, 0, ([*also_there, name], []), NONES), SEQ, RESUME_TOKEN)
    return wire


def test_frames_by_hand_are_those_of_the_wire() -> None:
    """What the other tests put frames together with, against bytes that are written out."""
    assert join("adam", 0) == JOIN_ADAM
    assert status("PENDING", "unknown", -1, ([], []), None) == PENDING
    assert number(1, MTYPES["COMMENT"]) + text(5, "adam") + number(6, 0) + text(7, "hi") == COMMENT_OF_ADAM
    message = Original.FromString(PENDING)
    assert (message.userstatus, message.numrooms, message.user, message.roomid) == ("PENDING", 2, "unknown", -1)
    assert [(room.roomid, room.maxusers, list(room.currusers)) for room in message.rooms] == [(0, 2, []), (1, 1, [])]
    # Left out, a filter is SAME.
    assert (message.sport_filter, message.HasField("sport_filter")) == ("SAME", False)


async def test_connect_and_joins(stack: Stack, open_wire: Open) -> None:
    """PENDING, the three denials in their order, and USERJOINED to the whole room."""
    gateway = await stack.start_gateway(**SETTINGS)
    adam = await open_wire(gateway.port)
    await adam.expect(PENDING)
    for room in (2, -1):
        await adam.send(join("adam", room))
        await adam.expect(status("DENIED_BADROOMID", "adam", room, ([], []), None), REASON)
    await adam.send(JOIN_ADAM)
    await adam.expect(status("USERJOINED", "adam", 0, (["adam"], []), NONES), SEQ, RESUME_TOKEN)
    eve = await open_wire(gateway.port)
    await eve.expect(status("PENDING", "unknown", -1, (["adam"], []), None))
    await eve.send(join("adam", 1))
    await eve.expect(status("DENIED_NAMETAKEN", "adam", 1, (["adam"], []), NONES), REASON)
    await eve.send(join("eve", 0))
    joined = status("USERJOINED", "eve", 0, (["adam", "eve"], []), NONES)
    await eve.expect(joined, SEQ, RESUME_TOKEN)
    await adam.expect(joined, SEQ)
    late = await open_wire(gateway.port)
    await late.expect(status("PENDING", "unknown", -1, (["adam", "eve"], []), None))
    await late.send(join("late", 0))
    await late.expect(status("DENIED_ROOMFULL", "late", 0, (["adam", "eve"], []), NONES), REASON)
    await late.send(join("late", 1))
    await late.expect(status("USERJOINED", "late", 1, (["adam", "eve"], ["late"]), NONES), SEQ, RESUME_TOKEN)


async def test_a_join_without_the_field_that_is_0(stack: Stack, open_wire: Open) -> None:
    """Room 0, as if it were there: the original's clients of some languages leave it out."""
    gateway = await stack.start_gateway(**SETTINGS)
    adam = await open_wire(gateway.port)
    await adam.expect(PENDING)
    await adam.send(JOIN_ADAM_WITHOUT_ROOM)
    await adam.expect(status("USERJOINED", "adam", 0, (["adam"], []), NONES), SEQ, RESUME_TOKEN)


async def test_filters(stack: Stack, open_wire: Open) -> None:
    """Applied to the room with both filters in force, a field that is left out as SAME; refused to the sender alone."""
    gateway = await stack.start_gateway(**SETTINGS)
    adam = await enter(await open_wire(gateway.port), "adam")
    eve = await enter(await open_wire(gateway.port), "eve", also_there=("adam",))
    users: tuple[list[str], list[str]] = (["adam", "eve"], [])
    await adam.expect(status("USERJOINED", "eve", 0, users, NONES), SEQ)
    sport, trades = "match_title LIKE '%%sed%%'", "stateSymbol = 'PA'"
    for request, filters in (
        (ask(sport, "ALL"), (sport, "ALL")),
        (ask(None, trades), (sport, trades)),
        (ask("NONE", "SAME"), ("NONE", trades)),
        (ask(None, None), ("NONE", trades)),
        (ask("ALL", "quantity %% 10 = 0"), ("ALL", "quantity %% 10 = 0")),
    ):
        await adam.send(request)
        for wire in (adam, eve):
            await wire.expect(status("FILTERAPPLIED", "adam", 0, users, filters), SEQ)
    for request in (ask("sport = 'FOOTBALL'", "NONE"), ask(None, "stateSymbol == 'PA'")):
        await adam.send(request)
        rejected = status("REJECTED_BADFILTER", "adam", 0, users, ("ALL", "quantity %% 10 = 0"))
        await adam.expect(rejected, REASON, REASON_AT)
    # Eve was not told of these: the comment is what comes next.
    await adam.send(COMMENT_OF_ADAM)
    await eve.expect(COMMENT_OF_ADAM, SEQ)


async def test_comments(stack: Stack, open_wire: Open) -> None:
    """To the whole room, the very bytes that were sent; name and room are put in where they were left out."""
    gateway = await stack.start_gateway(**SETTINGS)
    adam = await enter(await open_wire(gateway.port), "adam")
    eve = await enter(await open_wire(gateway.port), "eve", also_there=("adam",))
    await adam.expect(status("USERJOINED", "eve", 0, (["adam", "eve"], []), NONES), SEQ)
    for sent in (COMMENT_OF_ADAM, number(1, MTYPES["COMMENT"]) + text(7, "hi")):
        await adam.send(sent)
        for wire in (adam, eve):
            await wire.expect(COMMENT_OF_ADAM, SEQ)
    longest = COMMENT_OF_ADAM[:-4] + text(7, "東" * 100_000)
    await adam.send(longest)
    await eve.expect(longest, SEQ)


async def test_feeds(feed_stack: Stack, nats_client: Client, open_wire: Open) -> None:
    """The bytes that were published, within an EVENT or EXECUTION."""
    gateway = await feed_stack.start_gateway(**SETTINGS)
    await feed_stack.start_bridge()
    adam = await enter(await open_wire(gateway.port), "adam")
    event = number(1, 3) + text(2, "EAGLES vs COWBOYS") + text(3, "Q1 10:00 – 東京")
    trade = text(1, "DAYTONA:winner--Kyle Busch") + text(2, "NASCAR") + real(3, 99.99) + real(4, -0.0)
    trade += number(5, -(2**63)) + text(6, "")
    for subject, field, message in (("sport_event", 10, event), ("execution", 11, trade)):
        await nats_client.publish(subject, message)
        mtype = MTYPES["EVENT" if field == 10 else "EXECUTION"]
        await adam.expect(number(1, mtype) + text(field, message), SEQ)


async def test_a_feed_that_is_added(stack: Stack, connection: asyncpg.Connection, open_wire: Open) -> None:
    """Its filters are behind what the original's clients know. Its rows, of a type that they do not, never come."""
    gateway = await stack.start_gateway(**SETTINGS)
    adam = await enter(await open_wire(gateway.port), "adam")
    await connection.execute(ADD_FEED)
    eve = await open_wire(gateway.port)
    await eve.expect(status("PENDING", "unknown", -1, (["adam"], []), None))
    await eve.send(join("eve", 0))
    users: tuple[list[str], list[str]] = (["adam", "eve"], [])
    await eve.expect(status("USERJOINED", "eve", 0, users, NONES), SEQ, RESUME_TOKEN, FILTERS)
    await adam.expect(status("USERJOINED", "eve", 0, users, NONES), SEQ, FILTERS)
    await adam.send(ask("NONE", "ALL") + text(FILTERS, text(1, "weather") + text(2, "NONE")))
    for wire in (adam, eve):
        await wire.expect(status("FILTERAPPLIED", "adam", 0, users, ("NONE", "ALL")), SEQ, FILTERS)
    await connection.execute(STORE_ROWS)
    await adam.send(COMMENT_OF_ADAM)
    for wire in (adam, eve):
        await wire.expect(COMMENT_OF_ADAM, SEQ)


async def test_the_exit(stack: Stack, open_wire: Open) -> None:
    """USEREXITED to the room, with the name, the room's filters and who is left."""
    gateway = await stack.start_gateway(**SETTINGS)
    adam = await enter(await open_wire(gateway.port), "adam")
    eve = await enter(await open_wire(gateway.port), "eve", also_there=("adam",))
    await adam.close()
    await eve.expect(status("USEREXITED", "adam", 0, (["eve"], []), NONES), SEQ)
