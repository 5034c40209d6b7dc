"""Filters of one signature when some of them raise, when their feed changes, and when a database is older."""

import asyncpg
import pytest
import yoyo

import db.apply
from harness.rooms import Rooms, make_execution
from harness.statement import query

BEFORE = "0029"
COLUMNS = ["city:text", "temperature:float"]
ADD = "select add_feed('weather', subject => 'weather.>', columns => $1)"
STORE = "insert into feed.{} (city, temperature) select 'Ulm', t from unnest($1::float8[]) as t"
BUILD = """
select chat.lock_log();
select chat.build_constants(s.signature_id, '{0}') from chat.signature as s where '{0}' = any (chat.list_forms(s));
select chat.use_form(s.signature_id, '{0}') from chat.signature as s where '{0}' = any (chat.list_forms(s));
select chat.refresh_stale_routers()
"""
STATES = "select room_id, reason from chat.room_filter where state = 'suspended' order by room_id"
SIGNATURES = "select form, filters, reason from chat.signature order by signature_id"
TABLES = "select relname from pg_class where relnamespace = 'matching'::regnamespace and relkind = 'r' order by 1"


async def set_all(rooms: Rooms, clauses: list[str]) -> None:
    """A room for each clause, with somebody in it."""
    await rooms.open(*([1] * len(clauses)))
    await rooms.connection.execute("update chat.setting set probe_rows = 0")
    for room, clause in enumerate(clauses):
        await rooms.join(f"user{room}", room)
        await rooms.set_filters(f"user{room}", execution=clause)


@pytest.mark.parametrize("form", ["pairs", "bitmaps"])
async def test_only_those_are_suspended_that_raise_alone(rooms: Rooms, form: str) -> None:
    """The others of the signature go on, and get the rows of the batch that raised."""
    clauses = [f"symbol = '{symbol}' and {n} / price > 1" for symbol in "ab" for n in (60, 70)]
    clauses += [f"symbol = '{symbol}' and price < {n}" for symbol in "ab" for n in (60, 70)]
    await set_all(rooms, clauses)
    await rooms.connection.execute(BUILD.format(form))
    await rooms.store_executions([make_execution("a", price=0.0), make_execution("b", price=50.0)])
    suspended = {row["room_id"]: row["reason"] for row in await rooms.connection.fetch(STATES)}
    got = [await rooms.feed_keys(room, 2) for room in range(8)]
    assert got[4:] == [[1], [1], [2], [2]]
    assert set(suspended.values()) <= {"division by zero"}
    # Which of those that divide raise is what Postgres evaluates first, as before.
    assert all(got[room] == [] for room in suspended)
    await rooms.store_executions([make_execution("a", price=50.0), make_execution("b", price=50.0)])
    for room in {0, 1, 2, 3} - set(suspended):
        assert (await rooms.feed_keys(room, 2))[-1] == (3 if room < 2 else 4)
    assert [(await rooms.feed_keys(room, 2))[-1] for room in range(4, 8)] == [3, 3, 4, 4]


async def test_guards_keep_filters_from_being_suspended(rooms: Rooms) -> None:
    """A signature that raises for rows that no filter of it looks at is evaluated one by one, and nobody is told."""
    await set_all(rooms, [f"symbol = 'a' and 60 / price > {n}" for n in (1, 2)])
    await rooms.connection.execute(BUILD.format("bitmaps"))
    assert [row["form"] for row in await rooms.connection.fetch(SIGNATURES)] == ["bitmaps"]
    for _ in range(2):
        await rooms.store_executions([make_execution("b", price=0.0), make_execution("a", price=25.0)])
    assert await rooms.connection.fetch(STATES) == []
    assert [await rooms.feed_keys(room, 2) for room in range(2)] == [[2, 4], [2, 4]]
    ((form, filters, reason),) = await rooms.connection.fetch(SIGNATURES)
    assert (form, filters) == ("direct", 2)
    assert "raises" in reason


async def test_by_pairs_nothing_is_computed_for_rows_that_find_no_filter(rooms: Rooms) -> None:
    """Not for an index either, of which what is compared beside the anchor is part."""
    await set_all(rooms, [f"symbol = 'a' and 60 / price > {n} and price < 30" for n in (1, 2)])
    await rooms.connection.execute(BUILD.format("pairs"))
    await rooms.store_executions([make_execution("b", price=0.0), make_execution("a", price=25.0)])
    assert [await rooms.feed_keys(room, 2) for room in range(2)] == [[2], [2]]
    assert [tuple(row) for row in await rooms.connection.fetch(SIGNATURES)] == [("pairs", 2, None)]


@pytest.mark.parametrize("form", ["pairs", "bitmaps"])
async def test_a_feed_changes(rooms: Rooms, form: str) -> None:
    """Renamed, with a column more or less, and removed: filters hold on, and no table is left."""
    connection: asyncpg.Connection = rooms.connection
    await rooms.open(2, 2)
    weather: int = await connection.fetchval(ADD, COLUMNS)
    for room, name in enumerate(("adam", "eve")):
        await rooms.join(name, room)
        _, refusal = await rooms.try_filters(name, {weather: f"city = 'Ulm' and temperature > {room}"})
        assert refusal is None
    await connection.execute(BUILD.format(form))
    await connection.execute(STORE.format("weather"), [0.5, 1.5])
    await connection.execute("select rename_feed('weather', 'sky')")
    await connection.execute(STORE.format("sky"), [0.5, 1.5])
    assert [await rooms.feed_keys(room, weather) for room in range(2)] == [[1, 2, 3, 4], [2, 4]]
    await connection.execute("select add_feed_column('sky', 'wet:boolean')")
    await connection.execute(BUILD.format(form))
    await connection.execute(STORE.format("sky"), [0.5, 1.5])
    assert [await rooms.feed_keys(room, weather) for room in range(2)] == [[1, 2, 3, 4, 5, 6], [2, 4, 6]]
    await connection.execute("select drop_feed_column('sky', 'wet')")
    await connection.execute(BUILD.format(form))
    await connection.execute("select drop_feed_column('sky', 'temperature')")
    await connection.execute("insert into feed.sky (city) values ('Ulm')")
    assert [await rooms.feed_keys(room, weather) for room in range(2)] == [[1, 2, 3, 4, 5, 6], [2, 4, 6]]
    assert len(await connection.fetch(STATES)) == 2
    await rooms.try_filters("adam", {weather: "city = 'Ulm'"})
    await connection.execute(BUILD.format(form))
    await connection.execute("insert into feed.sky (city) values ('Ulm')")
    assert (await rooms.feed_keys(0, weather))[-1] == 8
    await connection.execute("select remove_feed('sky', rows => 'keep')")
    assert [row["relname"] for row in await connection.fetch(TABLES)] == ["trigram"]
    assert await connection.fetch(SIGNATURES) == []


async def test_migrating_again_changes_nothing(rooms: Rooms, database: str) -> None:
    """Filters are evaluated by the same forms, and hold."""
    await set_all(rooms, [f"symbol = 's{n}' and price > 5" for n in range(3)])
    await rooms.connection.execute(BUILD.format("bitmaps"))
    before = await rooms.connection.fetch(SIGNATURES)
    for _ in range(2):
        db.apply.migrate(database)
    assert await rooms.connection.fetch(SIGNATURES) == before
    await rooms.store_executions([make_execution(f"s{n}") for n in range(3)])
    assert [await rooms.feed_keys(room, 2) for room in range(3)] == [[1], [2], [3]]


async def test_filters_of_an_older_database_are_routed(empty_database: str) -> None:
    """With what groups there were."""
    earlier = yoyo.read_migrations(str(db.apply.MIGRATIONS)).filter(lambda migration: migration.id < BEFORE)
    with yoyo.get_backend(empty_database) as backend:
        backend.apply_migrations_only(earlier)
    made = query(
        empty_database,
        "insert into chat.filter (feed_id, canonical, canonical_hash) "
        "select 1, t, encode(sha256(t::bytea), 'hex') from unnest(array['(sport = 3)', '(sport = 4)']) as t "
        "returning filter_id",
    )
    query(
        empty_database,
        "insert into chat.room_group (filter_ids, live_until, is_routed) select array[f], 'infinity', true "
        "from unnest(%s) as f",
        [filter_id for (filter_id,) in made],
    )
    query(
        empty_database,
        "insert into chat.room_group_filter (filter_id, group_id) select g.filter_ids[1], g.group_id "
        "from chat.room_group as g where g.is_routed",
    )
    db.apply.migrate(empty_database)
    assert query(empty_database, "select template, filters from chat.signature") == [("(sport = $1:bigint)", 2)]
    query(
        empty_database, "insert into feed.sport_event (sport, match_title, data_event) values (4, '', ''), (3, '', '')"
    )
    given = query(
        empty_database,
        "select t.canonical, encode(l.bits, 'hex') from chat.group_log as l "
        "join chat.room_group_filter as g on g.group_id = l.group_id "
        "join chat.filter as t on t.filter_id = g.filter_id order by 1",
    )
    assert given == [("(sport = 3)", "40"), ("(sport = 4)", "80")]
