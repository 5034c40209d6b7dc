"""A gateway reads rooms' logs in pages, meets every hole, and tells a Postgres that is away from one that refuses."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from gateway.errors import DatabaseAwayError, DatabaseFaultError
from gateway.postgres.log import PAGE_SIZE, Entry, LogReader
from harness.rooms import Rooms, make_event
from harness.waiting import until
from proto.chatmessage_pb2 import COMMENT, ROOM_STATUS, chatmessage
from proto.event_pb2 import event

NOT_THERE = 2**40
"""The key of no row, and more than the number of a room can be."""
WAITING = "from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
IS_WAITING = f"select count(*) {WAITING}"
END_WAITING = f"select pg_terminate_backend(pid) {WAITING}"


@pytest.fixture
async def pool(database: str) -> AsyncIterator[asyncpg.Pool]:
    """As a gateway has one."""
    async with asyncpg.create_pool(database, min_size=1, max_size=2) as pool:
        yield pool
        pool.terminate()


@pytest.fixture
def reader(pool: asyncpg.Pool) -> LogReader:
    """Over the pool."""
    return LogReader(pool)


@pytest.fixture
async def room(rooms: Rooms) -> Rooms:
    """A room with adam in it: USERJOINED 1, feed rows 2 and 3, a comment 4."""
    await rooms.open(4)
    await rooms.join("adam")
    await rooms.store_events([make_event(text="a"), make_event(text="b")])
    await rooms.comment("adam", "four")
    return rooms


async def read(reader: LogReader, after: int = 0, before: int | None = None) -> list[Entry]:
    """All at once."""
    return [entry async for entry in reader.read(0, after, before)]


async def test_a_rooms_own_messages_are_whole_and_feed_rows_are_to_be_wrapped(reader: LogReader, room: Rooms) -> None:
    """In their order, each with its sequence; behind its own the room is at a place in a group."""
    joined, first, second, comment = await read(reader)
    message = chatmessage.FromString(joined.message)
    assert (message.mtype, message.userstatus, message.seq) == (ROOM_STATUS, "USERJOINED", 1)
    message = chatmessage.FromString(comment.message)
    assert (message.mtype, message.comment, message.seq) == (COMMENT, "four", 4)
    assert [(entry.seq, entry.feed_id) for entry in (joined, first, second, comment)] == [
        (1, None),
        (2, 1),
        (3, 1),
        (4, None),
    ]
    assert [event.FromString(entry.message).data_event for entry in (first, second)] == ["a", "b"]
    assert joined.group_id == comment.group_id is not None
    assert joined.place is not None
    assert comment.place == joined.place + 2


async def test_what_is_read_lies_between_two_sequences(reader: LogReader, room: Rooms) -> None:
    """Neither of them is read."""
    assert [entry.seq for entry in await read(reader, 1, 4)] == [2, 3]
    assert [entry.seq for entry in await read(reader, 2)] == [3, 4]
    assert await read(reader, 2, 3) == []
    assert await read(reader, 4) == []
    assert await read(reader, 9, 20) == []


async def test_a_log_of_many_pages_is_read_to_its_end(reader: LogReader, room: Rooms) -> None:
    """Once each, also what arrives while it is read."""
    await room.comment("adam", *map(str, range(2 * PAGE_SIZE)))
    seqs = []
    async for entry in reader.read(0, 0):
        seqs.append(entry.seq)
        if entry.seq == PAGE_SIZE + 1:
            await room.comment("adam", "late")
    assert seqs == [*range(1, 2 * PAGE_SIZE + 6)]


@pytest.mark.parametrize(
    ("cut", "readable"),
    [
        ("delete from chat.room_log where seq <= 1", []),
        ("delete from chat.room_log where seq = 1", []),
        ("delete from chat.block_log", [1]),
        ("delete from chat.feed_batch", [1]),
        ("delete from chat.chat_event where commentxt = 'four'", [1, 2, 3]),
        # Where among the rows it stood is not known any more.
        ("delete from chat.room_log where seq = 4", [1]),
    ],
)
async def test_a_hole_is_met_behind_all_that_stands_before_it(
    reader: LogReader, room: Rooms, cut: str, readable: list[int]
) -> None:
    """At the start, in the middle, and at the end, where only the room tells of it."""
    await room.connection.execute(cut)
    entries = reader.read(0, 0)
    assert [(await anext(entries)).seq for _ in readable] == readable
    with pytest.raises(LookupError, match="after"):
        await anext(entries)


async def test_a_single_message_is_read_or_known_to_be_gone(reader: LogReader, room: Rooms) -> None:
    """A message that is yet to come is not there either."""
    assert chatmessage.FromString(await reader.read_message(0, 4)).comment == "four"
    with pytest.raises(LookupError, match="message 5 of room 0 is not in its log"):
        await reader.read_message(0, 5)
    await room.connection.execute("delete from chat.room_log where seq = 4")
    with pytest.raises(LookupError):
        await reader.read_message(0, 4)


async def test_the_group_behind_a_message_is_found(reader: LogReader, room: Rooms) -> None:
    """With what is added to a place in it to have a sequence: the same until the room has a message of its own."""
    entries = await read(reader)
    for seq in (1, 2, 3):
        group_id, seq_offset = await reader.find_group(0, seq)
        assert (group_id, 1 - seq_offset) == (entries[0].group_id, entries[0].place)
    group_id, seq_offset = await reader.find_group(0, 4)
    assert (group_id, 4 - seq_offset) == (entries[3].group_id, entries[3].place)
    await room.connection.execute("delete from chat.room_log")
    with pytest.raises(LookupError, match="does not go back to 1"):
        await reader.find_group(0, 1)


async def test_feed_rows_are_read_by_key_and_those_that_are_gone_left_out(reader: LogReader, room: Rooms) -> None:
    """Whoever asks sees which are missing."""
    first, second = await room.feed_keys()
    found = await reader.read_feed_rows(1, [second, first, NOT_THERE])
    assert {key: event.FromString(message).data_event for key, message in found.items()} == {first: "a", second: "b"}


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("drop function chat.read_room_log", "read_room_log"),
        ("alter table chat.room_log alter place type text using 'none'", "text"),
    ],
)
async def test_a_postgres_that_refuses_is_not_taken_for_one_that_is_away(
    reader: LogReader, room: Rooms, caplog: pytest.LogCaptureFixture, statement: str, error: str
) -> None:
    """Whatever it says: asking again would not help, and the log tells what is wrong."""
    await room.connection.execute(statement)
    with pytest.raises(DatabaseFaultError, match=error):
        await read(reader)
    assert "Postgres refuses" in caplog.text


async def test_a_postgres_that_is_away_can_be_asked_again(reader: LogReader, pool: asyncpg.Pool, room: Rooms) -> None:
    """As when the connection is lost while it is read over."""
    async with pool.acquire() as connection:
        await connection.execute("begin; lock table chat.room_log in access exclusive mode")
        reading = asyncio.create_task(read(reader))
        await until(lambda: room.connection.fetchval(IS_WAITING), "the reader to wait for the lock")
        await room.connection.execute(END_WAITING)
        with pytest.raises(DatabaseAwayError):
            await reading
        await connection.execute("rollback")
    assert [entry.seq for entry in await read(reader)] == [1, 2, 3, 4]
