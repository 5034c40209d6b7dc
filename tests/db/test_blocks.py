"""Groups are counted and logged in blocks of sixteen: which are together, how one is found, and how it was before."""

import random

import asyncpg
import pytest
import yoyo

import db.apply
from harness.rooms import Rooms, make_event, make_execution
from harness.statement import query

MIGRATION = "0032.count-groups-in-blocks"
ROOMS = 40
OBTAIN = "select chat.lock_log(), chat.obtain_group(array[f]) as group_id from unnest($1::integer[]) as f"
SAVE = "select chat.save_filter(2, t, null) as filter_id from unnest($1::text[]) with ordinality as u(t, n) order by n"
BLOCKS = """
select g.likeness, array_agg(distinct chat.block_of(g.group_id)) as blocks, count(*) as groups
from chat.room_group as g group by 1
"""
LOG = "select seq, feed_id, encode(message, 'escape') as message from chat.read_room_log($1, 0, 9000000000, 1000000)"
GIVEN = "select group_id, place, feed_id, row_id from chat.room_group cross join lateral {} order by 1, 2"
ALL_GIVEN = "chat.list_given_rows(group_id, 1, 1000000)"
STATE = """
select g.group_id, p.last_place, b.rooms[chat.index_in_block(g.group_id)] as rooms
from chat.room_group as g
join chat.group_place as p using (group_id)
join chat.group_block as b on b.block_id = chat.block_of(g.group_id)
order by 1
"""
# As it was written: null for all rows.
FORGET_FULL_BITS = """
update chat.group_log as l
set bits = null
from chat.feed_batch as b
where b.batch_id = l.batch_id
  and l.last_place - l.first_place + 1 = upper(range_merge(b.row_ids)) - lower(range_merge(b.row_ids))
"""
COUNT_BITS = "select least(count(*) - count(bits), count(bits)), 100 from chat.group_log"


async def fill(rooms: Rooms) -> None:
    """Rooms with different filters of both feeds, and some that share theirs, and what they got in some batches."""
    drawn = random.Random(32)
    await rooms.open(*([1] * ROOMS))
    for room in range(ROOMS):
        await rooms.join(f"user{room}", room)
        clauses = {0: ("ALL", "NONE"), 1: (f"sport > {room % 7}", "ALL"), 2: ("ALL", f"price > {room % 30}")}
        await rooms.set_filters(f"user{room}", *clauses[room % 3])
    for _ in range(30):
        await rooms.store_events([make_event(drawn.randrange(1, 8)) for _ in range(drawn.randrange(1, 20))])
        prices = [drawn.uniform(0, 40) for _ in range(drawn.randrange(1, 20))]
        await rooms.store_executions([make_execution(price=price) for price in prices])
        room = drawn.randrange(ROOMS)
        await rooms.comment(f"user{room}", "and now")


async def test_groups_that_are_alike_are_in_one_block(rooms: Rooms) -> None:
    """Filters that begin alike fill blocks of their own, whatever the order they come in; no block has more than 16."""
    texts = [f"((symbol = 'S{number % 50}'::text) AND (price > {number}))" for number in range(1600)]
    random.Random(1).shuffle(texts)
    filter_ids = [row["filter_id"] for row in await rooms.connection.fetch(SAVE, texts)]
    group_ids = [row["group_id"] for row in await rooms.connection.fetch(OBTAIN, filter_ids)]
    assert len({*group_ids}) == len(texts)
    assert [row["group_id"] for row in await rooms.connection.fetch(OBTAIN, filter_ids)] == group_ids
    found = {row["likeness"]: row for row in await rooms.connection.fetch(BLOCKS)}
    for symbol in range(50):
        row = found[f"2 ((symbol = 'S{symbol}'"]
        assert row["groups"] == 32
        assert len(row["blocks"]) <= 6
    counts = await rooms.connection.fetch("select count(*) from chat.room_group group by group_id / 16")
    assert max(row["count"] for row in counts) <= 16
    assert len(counts) <= 1.3 * len(texts) / 16


async def test_filters_of_their_own_share_blocks(rooms: Rooms) -> None:
    """What is like nothing else goes to its neighbours: there is no block for each."""
    texts = [f"(price > {number})" for number in range(1000)]
    random.Random(1).shuffle(texts)
    filter_ids = [row["filter_id"] for row in await rooms.connection.fetch(SAVE, texts)]
    await rooms.connection.fetch(OBTAIN, filter_ids)
    assert await rooms.connection.fetchval("select count(*) from chat.group_block") <= 2 * len(texts) / 16


@pytest.mark.parametrize("postgres_version", [18, 16])
async def test_each_row_of_a_group_is_found_by_its_place(rooms: Rooms, connection: asyncpg.Connection) -> None:
    """From any place to any other, however the groups of a block got theirs, as one look at the whole log has it."""
    await fill(rooms)
    given = await connection.fetch(GIVEN.format(ALL_GIVEN))
    assert len(given) > 1000
    by_group: dict[int, list[tuple[int, int, int]]] = {}
    for row in given:
        by_group.setdefault(row["group_id"], []).append((row["place"], row["feed_id"], row["row_id"]))
    drawn = random.Random(7)
    for group_id, rows in by_group.items():
        assert [place for place, _, _ in rows] == [*range(1, len(rows) + 1)]
        for _ in range(10):
            first = drawn.randrange(1, len(rows) + 1)
            last = drawn.randrange(first, len(rows) + 3)
            section = f"chat.list_given_rows({group_id}, {first}, {last})"
            found = await connection.fetch(f"select place, feed_id, row_id from {section} order by place")
            assert [tuple(row) for row in found] == rows[first - 1 : last]
    assert await connection.fetch(GIVEN.format("chat.list_given_rows(group_id, 100000, 100001)")) == []


@pytest.mark.parametrize("postgres_version", [18, 16])
async def test_a_database_of_before_comes_to_blocks(rooms: Rooms, database: str) -> None:
    """What rooms got is the same on the way back and there again, and numbers go on."""
    await fill(rooms)
    connection = rooms.connection
    before = [await connection.fetch(LOG, room) for room in range(ROOMS)]
    given = await connection.fetch(GIVEN.format(ALL_GIVEN))
    state = await connection.fetch(STATE)
    migrations = yoyo.read_migrations(str(db.apply.MIGRATIONS))
    with yoyo.get_backend(database) as backend:
        backend.rollback_migrations(backend.to_rollback(migrations.filter(lambda each: each.id >= MIGRATION)))
    query(database, FORGET_FULL_BITS)
    assert query(database, COUNT_BITS)[0] >= (100, 100)
    db.apply.migrate(database)
    again = await asyncpg.connect(database)
    try:
        assert [await again.fetch(LOG, room) for room in range(ROOMS)] == before
        assert await again.fetch(STATE) == state
        assert await again.fetch(GIVEN.format(ALL_GIVEN)) == given
        others = Rooms(again)
        others.gateway_id = rooms.gateway_id
        await others.store_events([make_event(7)] * 3)
        after = [await again.fetch(LOG, room) for room in range(ROOMS)]
    finally:
        await again.close()
    for room, rows in enumerate(after):
        assert [row["seq"] for row in rows] == [*range(1, len(rows) + 1)]
        assert len(rows) == len(before[room]) + (3 if room % 3 == 1 else 0)
