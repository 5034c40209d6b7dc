"""The group that stands beside a filter's constants where it is the only one that has the filter."""

import asyncpg
import yoyo

import db.apply
from harness.rooms import Rooms, make_execution

MIGRATION = "0033.note-only-groups"
LOCK = "select chat.lock_log()"
BUILD = "select chat.build_constants(s.signature_id, 'pairs') from chat.signature as s"
USE = "select chat.use_form(s.signature_id, 'pairs') from chat.signature as s"
REFRESH = "select chat.refresh_stale_routers()"
RETIRE = "select chat.lock_log(), chat.retire_groups()"
TABLE = "select chat.constants_table(s.signature_id, 'pairs') from chat.signature as s where s.feed_id = 2"
NOTED = """
select
  count(c._group_id) filter (where c._group_id = chat.only_group(c._filter_id)),
  count(c._group_id) filter (where c._group_id is distinct from chat.only_group(c._filter_id))
from {} as c
"""
# As it was before.
FORGET = """
update chat.signature as s set adding = replace(s.adding, ', chat.only_group(%1$s)', '');
alter table {0} drop column _group_id;
create index on {0} (_k1)
"""
SHARED = "symbol = 'a' and price > 5"


async def enter(rooms: Rooms, room: int, execution: str) -> None:
    """Have somebody in a room with a filter, and a group of its own."""
    await rooms.join(f"user{room}", room)
    await rooms.set_filters(f"user{room}", sport=f"sport = {room}", execution=execution)


async def store(rooms: Rooms, getting: set[int], count: int) -> None:
    """Store two rows for each filter; see who of the first `count` rooms got them."""
    before = {room: len(await rooms.feed_keys(room, 2)) for room in range(count)}
    await rooms.store_executions([make_execution(symbol, price=6.0) for symbol in "abcab"])
    got = {room: len(await rooms.feed_keys(room, 2)) - before[room] for room in range(count)}
    assert got == {room: 2 if room in getting else 0 for room in range(count)}


async def noted(rooms: Rooms) -> tuple[int, int]:
    """How many filters' groups are noted, and how many of them wrongly."""
    row = await rooms.connection.fetchrow(NOTED.format(await rooms.connection.fetchval(TABLE)))
    assert row is not None
    return row[0], row[1]


async def test_groups_that_share_a_filter_all_get_its_rows(rooms: Rooms) -> None:
    """Whether one came before the filters' table was made, meanwhile or later; and who is left when one goes."""
    await rooms.open(*([1] * 6))
    await enter(rooms, 0, SHARED)
    await enter(rooms, 1, "symbol = 'b' and price > 5")
    await enter(rooms, 2, "symbol = 'b' and price > 5.5")
    await rooms.connection.execute(BUILD)
    assert await noted(rooms) == (3, 0)
    await enter(rooms, 3, SHARED)
    async with rooms.connection.transaction():
        for statement in (LOCK, USE, REFRESH):
            await rooms.connection.execute(statement)
    assert await noted(rooms) == (2, 0)
    await store(rooms, {0, 1, 2, 3}, 4)
    await enter(rooms, 4, "symbol = 'b' and price > 5")
    assert await noted(rooms) == (1, 0)
    await store(rooms, {0, 1, 2, 3, 4}, 5)
    for room in (0, 2):
        await rooms.set_filters(f"user{room}", execution="ALL")
    await rooms.connection.execute(RETIRE)
    assert await noted(rooms) == (0, 0)
    await store(rooms, {1, 3, 4}, 5)
    await enter(rooms, 5, "symbol = 'b' and price > 5.5")
    assert await noted(rooms) == (1, 0)
    await store(rooms, {1, 3, 4, 5}, 6)


async def test_a_table_from_before_serves_on(rooms: Rooms, database: str) -> None:
    """Its filters' groups are looked up, and those of filters that are new."""
    await rooms.open(*([1] * 4))
    for room in range(2):
        await enter(rooms, room, SHARED)
    async with rooms.connection.transaction():
        for statement in (LOCK, BUILD, USE, REFRESH):
            await rooms.connection.execute(statement)
    migrations = yoyo.read_migrations(str(db.apply.MIGRATIONS)).filter(lambda each: each.id >= MIGRATION)
    with yoyo.get_backend(database) as backend:
        backend.rollback_migrations(backend.to_rollback(migrations))
    await rooms.connection.execute(FORGET.format(await rooms.connection.fetchval(TABLE)))
    db.apply.migrate(database)
    again = await asyncpg.connect(database)
    try:
        others = Rooms(again)
        others.gateway_id = rooms.gateway_id
        await store(others, {0, 1}, 2)
        await enter(others, 2, "symbol = 'b' and price > 5")
        await enter(others, 3, SHARED)
        assert await noted(others) == (0, 0)
        await store(others, {0, 1, 2, 3}, 4)
    finally:
        await again.close()
