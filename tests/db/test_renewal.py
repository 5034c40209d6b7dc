"""Filters in force are judged anew when the language has changed: what they mean now is what their clause says now."""

import logging

import asyncpg
import psycopg2
import pytest
import yoyo

import db.apply
from harness.rooms import Rooms, make_event, make_execution

pytestmark = pytest.mark.parametrize("postgres_version", [18, 16])

MIGRATION = "0019.mean-what-people-mean"
PRICES = (0.1, 99.99, 50.25)
# As the version before wrote them; the rooms have them in this order.
BEFORE = {
    "price > 0.1 and price <= 99.99": (
        "((price > (0.1)::double precision) AND (price <= (99.99)::double precision))",
        "((price > 0.1) AND (price <= 99.99))",
    ),
    "market = 'GOLF'": ("(market = 'GOLF'::text)", "(market = 'GOLF'::text)"),
    "price < 99.99 or 'a' < 'b'": ("((price < (99.99)::double precision) OR ('a'::text < 'b'::text))", None),
}
OLD = "update chat.filter set canonical = $1, canonical_hash = chat.text_hash($1) where canonical = $2"
STATES = """
select room, clause, canonical, state, by, since_seq, reason
from chat.room_filters
where feed = 'execution'
order by room
"""
TOLD = "select userstatus || ': ' || reason from chat.chat_event where roomid = $1 and seq = $2"
PUT_IN_FORCE = """
update chat.room_filter
set filter_id = $1, clause = $2
where room_id = $3 and feed_id = 2 and state = 'in force'
"""
PASSING = "select price::text from room_filter.room_{}_execution order by execution_id"


def make_old(database: str) -> None:
    """Undo the migration and later ones: a database as the version before left it, but for its functions."""
    migration = yoyo.read_migrations(str(db.apply.MIGRATIONS)).filter(lambda m: m.id >= MIGRATION)
    with yoyo.get_backend(database) as backend:
        backend.rollback_migrations(backend.to_rollback(migration))


async def test_a_database_of_the_version_before(
    database: str, rooms: Rooms, caplog: pytest.LogCaptureFixture, postgres_version: int
) -> None:
    """Rows become decimals, filters mean what they say, rooms are told, and go on; migrate says what became of them."""
    assert postgres_version
    caplog.set_level(logging.INFO, "migrate")
    await rooms.open(*([1] * (len(BEFORE) + 1)))
    for room, clause in enumerate(BEFORE):
        await rooms.join(f"user{room}", room)
        await rooms.set_filters(f"user{room}", execution="NONE" if "'a'" in clause else clause)
    await rooms.store_executions([make_execution(price=price) for price in PRICES])
    await rooms.store_events([make_event(sport=7)])
    before = [await rooms.log(room) for room in range(len(BEFORE))]
    make_old(database)
    for old, new in BEFORE.values():
        if new is not None:
            await rooms.connection.execute(OLD, old, new)
    await put_in_force(rooms.connection, 2, *list(BEFORE.items())[2])
    stored = await rooms.connection.fetch("select format_type(atttypid, -1) from pg_attribute where attname = 'price'")
    assert {row[0] for row in stored} == {"real"}

    db.apply.migrate(database)
    await rooms.connection.reload_schema_state()
    states = [tuple(row) for row in await rooms.connection.fetch(STATES)]
    told = [await rooms.last_seq(room) for room in range(len(BEFORE))]
    refused = "the comparison of texts of which none is a column is not allowed in a filter; write the result"
    first, second, third = BEFORE
    assert states == [
        (0, first, BEFORE[first][1], "in force", "user0", told[0], None),
        (1, second, BEFORE[second][1], "in force", "user1", states[1][5], None),
        (2, third, BEFORE[third][0], "suspended", "user2", states[2][5], refused),
        (3, "NONE", "true", "in force", None, 0, None),
    ]
    assert [len(await rooms.log(room)) - len(log) for room, log in enumerate(before)] == [1, 0, 1]
    assert (await rooms.connection.fetchval(TOLD, 0, told[0])).startswith("FILTERAPPLIED: the filters were judged anew")
    assert f"set aside: {refused}" in await rooms.connection.fetchval(TOLD, 2, told[2])
    messages = caplog.messages
    assert f"room 0: the execution filter {first} is now {BEFORE[first][1]}" in messages
    assert f"room 2: the execution filter {third} was set aside: {refused}" in messages
    assert not any(second in message for message in messages)

    assert [row[0] for row in await rooms.connection.fetch(PASSING.format(0))] == ["99.99", "50.25"]
    assert [row[0] for row in await rooms.connection.fetch(PASSING.format(3))] == ["0.1", "99.99", "50.25"]
    assert await rooms.connection.fetchval("select sport_name from room_filter.room_0_sport_event") == "TENNIS"
    await rooms.store_executions([make_execution(price=price) for price in PRICES])
    logs = [await rooms.log(room) for room in range(3)]
    assert [len(log) - seq for log, seq in zip(logs, told, strict=True)] == [2, 0, 0]


async def test_nothing_is_judged_twice(database: str, rooms: Rooms, caplog: pytest.LogCaptureFixture) -> None:
    """Migrating again tells nobody anything."""
    caplog.set_level(logging.INFO, "migrate")
    await rooms.open(1)
    await rooms.join("adam")
    await rooms.set_filters("adam", execution="price > 1")
    before = await rooms.log(0)
    db.apply.migrate(database)
    assert await rooms.log(0) == before
    assert [message for message in caplog.messages if "filter" in message] == []


async def test_a_view_that_is_gone_is_made_again(database: str, rooms: Rooms) -> None:
    """With what the room's filter passes, as the next migrate finds it."""
    await rooms.open(1)
    await rooms.join("adam")
    await rooms.set_filters("adam", execution="price > 50")
    await rooms.store_executions([make_execution(price=price) for price in PRICES])
    connection = psycopg2.connect(database)
    with connection, connection.cursor() as cursor:
        cursor.execute("drop view room_filter.room_0_execution")
    connection.close()
    db.apply.migrate(database)
    assert [row[0] for row in await rooms.connection.fetch(PASSING.format(0))] == ["99.99", "50.25"]


async def put_in_force(connection: asyncpg.Connection, room: int, clause: str, texts: tuple[str, str | None]) -> None:
    """Give a room a filter that the language does not have any more."""
    filter_id = await connection.fetchval(
        "insert into chat.filter (feed_id, canonical, canonical_hash) values (2, $1, $1) returning filter_id", texts[0]
    )
    await connection.execute(PUT_IN_FORCE, filter_id, clause, room)
