"""Rooms with equal filters share a group's log: what they got, what they missed while cold, and what it costs."""

import asyncpg
import pytest

from harness.rooms import Rooms, make_event, make_execution
from proto.execution_pb2 import execution

OVERFLOWING = "executionEpoch * 1000 > 0"
NO_WINDOW = "update chat.setting set resume_window = '0'"
OPEN_HISTORY = "select after_seq, truncated from chat.open_history($1, $2, $3, $4, 0)"
FIRST_KEPT = "select chat.first_kept_seq(0, $1, $2)"
READ = "select seq from chat.read_room_log(0, $1, $2, 500)"
LONG_LOG = """
with batches as (
  insert into chat.feed_batch (feed_id, row_ids)
  select 1, int8multirange(int8range(n, n, '[]')) from generate_series(1, 100000) as n
  returning batch_id
),
logged as (
  insert into chat.block_log (block_id, batch_id, last_places, indexes, bits)
  select chat.block_of(r.group_id), b.batch_id, array_fill(b.batch_id, array[16]),
    array[chat.index_in_block(r.group_id)], array[chat.mark_all_rows(1)]
  from batches as b cross join chat.room as r
)
update chat.group_block set last_places = array_fill(100000::bigint, array[16])
"""
READ_ENTRIES = """
select sum(s.idx_tup_fetch + s.seq_tup_read)::bigint
from pg_stat_user_tables as s
join chat.partition as p on p.part = s.relid and p.table_name = 'chat.block_log'::regclass
"""
LEAVE_NUMBERS_OUT = """
update chat.group_block as b set last_places = array(select p + 1000000 from unnest(b.last_places) as p)
"""
FLUSH = "select pg_stat_force_next_flush()"
RETIRE = "select chat.retire_cold_groups()"
ROUTED = "select count(distinct group_id) from chat.room_group_filter"
WRITTEN_ROOMS = "select n_tup_upd from pg_stat_xact_user_tables where relname = 'room'"


def large() -> execution:
    """A row on which OVERFLOWING raises."""
    row = make_execution()
    row.executionEpoch = 10**17
    return row


async def is_told(rooms: Rooms, name: str, room: int, after: int) -> bool:
    """Whether who joins and resumes after a sequence is told that something is gone."""
    joined = await rooms.join(name, room)
    row = await rooms.connection.fetchrow(OPEN_HISTORY, name, room, joined, after)
    assert row is not None
    return row["truncated"] is not None


async def test_rooms_with_equal_filters_are_one_group(rooms: Rooms) -> None:
    """Rooms with equal filters, however written, get the same rows from one log, each under its own sequences."""
    await rooms.open(4, 4, 4)
    for room, clause in enumerate(["sport = 3", "SPORT  = 3", "sport = 4"]):
        await rooms.join(f"user{room}", room)
        await rooms.set_filters(f"user{room}", clause)
    await rooms.comment("user1", "ahead", "of room 0")
    await rooms.store_events([make_event(3), make_event(4), make_event(3)])
    await rooms.comment("user0", "now")
    await rooms.store_events([make_event(3)])
    assert [(seq, key) for seq, feed, key in await rooms.log(0) if feed] == [(3, 1), (4, 3), (6, 4)]
    assert [(seq, key) for seq, feed, key in await rooms.log(1) if feed] == [(5, 1), (6, 3), (7, 4)]
    assert [(seq, key) for seq, feed, key in await rooms.log(2) if feed] == [(3, 2)]
    assert await rooms.connection.fetchval("select count(distinct group_id) from chat.room") == 2


async def test_cold_room_that_is_moved(rooms: Rooms) -> None:
    """A cold room whose filter is suspended comes into a live group; who resumes in it is told of what it missed."""
    await rooms.connection.execute(NO_WINDOW)
    await rooms.open(4, 4, 4)
    for room, filters in enumerate([("sport = 3", OVERFLOWING), ("sport = 3", "ALL"), ("NONE", OVERFLOWING)]):
        await rooms.join(f"user{room}", room)
        await rooms.set_filters(f"user{room}", *filters)
    last_seen = await rooms.last_seq(0)
    await rooms.leave("user0")
    await rooms.connection.execute(RETIRE)
    await rooms.store_events([make_event()] * 5)
    assert await rooms.feed_keys(0) == []
    await rooms.store_executions([large()])
    await rooms.store_events([make_event()] * 2)
    assert await is_told(rooms, "user0", 0, last_seen)
    assert not await is_told(rooms, "again", 0, await rooms.last_seq(0))


@pytest.mark.parametrize("is_live", [True, False])
async def test_suspended_in_many_rooms(rooms: Rooms, is_live: bool) -> None:
    """Suspending a filter writes each of its rooms a few times, and not each room for each other, live or cold."""
    count = 100
    await rooms.connection.execute(NO_WINDOW)
    await rooms.open(*([1] * (count + 1)))
    for room in range(count + 1):
        await rooms.join(f"user{room}", room)
        await rooms.set_filters(f"user{room}", execution=OVERFLOWING)
    if not is_live:
        await rooms.leave(*(f"user{room}" for room in range(1, count + 1)))
    async with rooms.connection.transaction():
        before = await rooms.connection.fetchval(WRITTEN_ROOMS)
        await rooms.store_executions([large()])
        assert 0 < await rooms.connection.fetchval(WRITTEN_ROOMS) - before <= 3 * (count + 1)
    states = await rooms.connection.fetch("select distinct state from chat.room_filters where feed = 'execution'")
    assert [row["state"] for row in states] == ["suspended"]


async def test_groups_that_nobody_is_in(rooms: Rooms) -> None:
    """Groups that were left are not looked at any more, and work again when somebody comes."""
    await rooms.connection.execute(NO_WINDOW)
    await rooms.open(4, 4)
    await rooms.join("adam")
    await rooms.join("eve", 1)
    for number in range(20):
        await rooms.set_filters("adam", f"sport + {number} > 5 + {number}")
    await rooms.connection.execute(RETIRE)
    assert await rooms.connection.fetchval(ROUTED) == 2
    await rooms.leave("adam")
    await rooms.connection.execute(RETIRE)
    assert await rooms.connection.fetchval(ROUTED) == 1
    assert await rooms.connection.fetchval("select filter_ids from chat.router where feed_id = 1") == []
    await rooms.join("adam")
    await rooms.store_events([make_event(5), make_event(6)])
    await rooms.set_filters("adam", "sport > 1")
    await rooms.store_events([make_event(1), make_event(2)])
    assert await rooms.feed_keys(0) == [2, 4]
    assert await rooms.feed_keys(1) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("cut", "gone"),
    [
        ("delete from chat.block_log where batch_id <= 4", [2, 3, 4, 5]),
        ("delete from chat.block_log where batch_id = 4", [5]),
        ("delete from chat.feed_batch where batch_id <= 3", [2, 3, 4]),
        ("delete from chat.feed_batch where batch_id = 3", [4]),
        ("delete from chat.room_log where seq <= 1", [1, 2, 3, 4, 5, 6, 7]),
        # It is not known any more at which of these it stood.
        ("delete from chat.room_log where seq = 8", [2, 3, 4, 5, 6, 7, 8]),
        (
            "delete from chat.block_log where batch_id <= 6; delete from chat.feed_batch where batch_id <= 6",
            [*range(2, 8)],
        ),
        ("delete from chat.room_log; delete from chat.block_log", [*range(1, 11)]),
    ],
)
async def test_what_is_gone(rooms: Rooms, cut: str, gone: list[int]) -> None:
    """Whatever an operator cuts out of a log: what is known is read, and each hole is met and known to its end."""
    await rooms.open(4)
    await rooms.join("adam")
    for _ in range(6):
        await rooms.store_events([make_event()])
    await rooms.comment("adam", "eight", "nine")
    await rooms.store_events([make_event()])
    assert await walk(rooms, 11) == list(range(1, 11))
    await rooms.connection.execute(cut)
    assert await walk(rooms, 11) == [seq for seq in range(1, 11) if seq not in gone]


async def walk(rooms: Rooms, before: int) -> list[int]:
    """The sequences that somebody gets who resumes at each hole."""
    found: list[int] = []
    after = 0
    while (after := await rooms.connection.fetchval(FIRST_KEPT, after, before) - 1) < before - 1:
        for row in await rooms.connection.fetch(READ, after, before - 1):
            if row["seq"] != after + 1:
                break
            after += 1
            found.append(after)
    return found


async def test_a_restored_database_goes_on(rooms: Rooms) -> None:
    """Where a restored dump leaves numbers out, what came before is there, and what comes then follows the hole."""
    await rooms.open(4)
    await rooms.join("adam")
    await rooms.store_events([make_event()])
    await rooms.connection.execute(LEAVE_NUMBERS_OUT)
    await rooms.store_events([make_event()])
    assert await walk(rooms, 1_000_004) == [1, 2, 1_000_003]


async def test_the_start_of_a_long_log_is_found_in_few_steps(rooms: Rooms) -> None:
    """Where a history starts is found in a few looks, however long the log is: anybody may ask for all of it."""
    await rooms.open(4)
    await rooms.join("adam")
    await rooms.connection.execute(LONG_LOG)
    await rooms.connection.execute("analyze chat.block_log, chat.feed_batch")
    await rooms.connection.execute(FLUSH)
    before = await rooms.connection.fetchval(READ_ENTRIES)
    assert await rooms.connection.fetchval(FIRST_KEPT, 0, 200_000) == 1
    assert await rooms.connection.fetchval(FIRST_KEPT, 1, 200_000) == 2
    await rooms.connection.execute(FLUSH)
    assert 0 < await rooms.connection.fetchval(READ_ENTRIES) - before < 60


async def test_costs_what_the_filters_cost(rooms: Rooms, connection: asyncpg.Connection) -> None:
    """A batch writes as many log rows for three hundred rooms as for one, if they have the same filters."""
    await rooms.open(*([1] * 300))
    for room in range(300):
        await rooms.join(f"user{room}", room)
    await rooms.store_events([make_event()] * 10)
    assert await connection.fetchval("select count(*) from chat.group_log") == 1
    assert len(await rooms.feed_keys(299)) == 10
