"""A database from before its tables were partitioned, and the way back to that."""

import asyncpg
import pytest
import yoyo

import db.apply
from harness.retention import Keeper
from harness.rooms import Rooms, make_event, make_execution
from harness.statement import query

pytestmark = pytest.mark.parametrize("postgres_version", [18, 16])

MIGRATION = "0026.bound-tables"
ADD = "select chat.add_feed('weather', 'weather.>', columns => '{city:text}')"
OPERATORS = """
create schema mine;
create view mine.events with (security_barrier) as select match_title, sport_event_id from feed.sport_event;
create view mine.titles as select match_title from mine.events;
create index mine_idx on feed.sport_event (match_title);
grant select on feed.sport_event to public
"""
TITLES = "select count(*) from mine.titles"
# Partitioned tables, and what depends on them.
KINDS = """
select c.relkind::text from pg_class as c
where c.oid = any ('{feed.sport_event,feed.weather,chat.room_log,chat.feed_batch}'::regclass[]) group by 1
"""
RIGHTS = "select has_table_privilege('public', 'feed.sport_event', 'select')"
OPTIONS = "select reloptions from pg_class where oid = 'mine.events'::regclass"
LOG = "select seq, feed_id, encode(message, 'escape') from chat.read_room_log(0, 0, 9000000000, 1000000) order by seq"


async def fill(rooms: Rooms) -> None:
    """Some of everything, in a room that got it."""
    await rooms.store_events([make_event(text=str(number)) for number in range(3)])
    await rooms.store_executions([make_execution()])
    await rooms.connection.execute("insert into feed.weather (city) values ('Ulm')")
    await rooms.comment("adam", "said")


async def test_tables_become_partitioned_and_back(rooms: Rooms, database: str) -> None:
    """Nothing is lost or numbered twice either way; views, rights and indexes of others stay, and rows are routed."""
    migrations = yoyo.read_migrations(str(db.apply.MIGRATIONS))
    last = migrations.filter(lambda migration: migration.id >= MIGRATION)
    await rooms.open(4)
    await rooms.join("adam")
    await rooms.connection.execute(ADD)
    keeper = Keeper(rooms.connection)
    await fill(rooms)
    await keeper.run()
    # So that there are several partitions with rows.
    for row in await rooms.connection.fetch("select distinct numbered_by::text as name from chat.bounded_table"):
        await rooms.connection.execute(f"select setval('{row['name']}', 200000)")
    await fill(rooms)
    before = await rooms.connection.fetch(LOG)
    with yoyo.get_backend(database) as backend:
        backend.rollback_migrations(backend.to_rollback(last))
    assert query(database, KINDS) == [("r",)]
    assert query(database, "select count(*), max(weather_id) from feed.weather") == [(2, 200_001)]
    # The functions are those of now, which route by tables of now.
    rome = "set chat.is_routed = 'off'; insert into feed.weather (city) values ('Rome') returning weather_id"
    assert query(database, rome) == [(200_002,)]
    query(database, "delete from feed.weather where city = 'Rome'")
    query(database, OPERATORS)
    db.apply.migrate(database)

    connection = await asyncpg.connect(database)
    try:
        again = Rooms(connection)
        again.gateway_id = rooms.gateway_id
        assert query(database, KINDS) == [("p",)]
        assert await connection.fetch(LOG) == before
        assert query(database, TITLES) == [(6,)]
        assert query(database, OPTIONS) == [(["security_barrier=true"],)]
        await fill(again)
        seqs = [row["seq"] for row in await connection.fetch(LOG)]
        assert seqs == list(range(1, seqs[-1] + 1))
        assert len(seqs) == len(before) + 5
        assert query(database, TITLES) == [(9,)]
        assert query(database, "select max(weather_id) from feed.weather") == [(200_003,)]
        assert query(database, RIGHTS) == [(True,)]
        await Keeper(connection).run()
        kept = query(database, "select distinct kept from chat.kept where what = 'feed.sport_event'::regclass")
        assert kept == [("for 7 days, at most 10 GB",)]
    finally:
        connection.terminate()
