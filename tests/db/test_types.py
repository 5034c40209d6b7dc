"""What rooms get of a feed with columns of all types, NULLs among them, is what a plain SELECT and Python make of it.

The database has a time zone and a form of dates that are neither UTC nor ISO: nothing that is judged, routed, previewed
or explained may depend on them.
"""

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import asyncpg
import psycopg2
import pytest
from psycopg2 import extensions

from harness import drawing, meaning
from harness.language import Clause
from harness.versions import mostly_newest
from harness.weather import FEED, ROUTE, WEATHER, add_weather
from harness.weather_language import as_json, conditions, rows

ROUNDS = 100
ROOMS = 4
SETTINGS = (
    "alter database {} set timezone = 'America/New_York'",
    "alter database {} set datestyle = 'SQL, DMY'",
    "alter database {} set intervalstyle = 'sql_standard'",
)
MEANT = """
create schema meant;
create table meant.weather (key bigint, wet boolean, iswet boolean, at timestamptz, tags text[], payload jsonb)
"""
INSERT = "insert into feed.weather (wet, at, tags, payload) values {} returning weather_id"
LOGGED = (
    "select row_id from chat.list_logged_rows(%s, 0, 9000000000000000000, 1000000000) where feed_id = 3 and row_id > %s"
)
TRUTHS = "select ({}) from meant.weather where key > %s order by key"
SET_FILTERS = "select seq, guards from chat.set_room_filters(1, array[%s], '{1}', '{3}', array[%s], %s::text[])"
PREVIEW = "select value from chat.preview_filter('weather', %s, %s) where item = 'matching'"
EXPLAIN = "select item, value from chat.explain_delivery(%s, 'weather', %s)"
VIEWED = "select weather_id from room_filter.room_{}_weather where weather_id > %s order by 1"
CANONICAL = """
select f.canonical from chat.filter as f, chat.judge_clause(3, $1) as j where f.filter_id = j.filter_id
"""
SAID = {"true": True, "false": False, "unknown": None}


@pytest.fixture
def chat(database: str) -> Iterator[extensions.connection]:
    """A connection of a session as the database makes it, with rooms of one member each."""
    connection = psycopg2.connect(database)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for setting in SETTINGS:
            cursor.execute(setting.format(connection.info.dbname))
    connection.close()
    connection = psycopg2.connect(database)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(FEED)
        cursor.execute(ROUTE)
        cursor.execute(MEANT)
        for limit in ("max_probe_time", "max_row_time", "max_pass_time", "max_match_time"):
            cursor.execute(f"update chat.setting set {limit} = '1 minute'")
        cursor.execute("select chat.configure_rooms(%s), chat.open_gateway()", ([1] * ROOMS,))
        names = [f"user{room}" for room in range(ROOMS)]
        cursor.execute("select chat.join_rooms(1, %s, %s)", (names, list(range(ROOMS))))
    yield connection
    connection.close()


def set_filter(cursor: extensions.cursor, room: int, clause: Clause) -> None:
    """Set a room's filter, which must be accepted."""
    guards: list[str] = []
    while True:
        cursor.execute(SET_FILTERS, (f"user{room}", clause.text, guards))
        seq, asked = cursor.fetchone()
        if asked is None:
            break
        guards = asked
    assert seq is not None, clause.text


def store(cursor: extensions.cursor, stored: list[dict[str, Any]]) -> list[int]:
    """Rows in one statement, and again where the plain SELECT finds them; their keys."""
    values = [(row["wet"], row["at"], row["tags"], as_json(row["payload"])) for row in stored]
    places = ", ".join(["(%s, %s, %s::text[], %s::jsonb)"] * len(values))
    cursor.execute(INSERT.format(places), [value for row in values for value in row])
    keys = sorted(key for (key,) in cursor.fetchall())
    for key, (wet, at, tags, payload) in zip(keys, values, strict=True):
        cursor.execute("insert into meant.weather values (%s, %s, %s, %s, %s, %s)", (key, wet, wet, at, tags, payload))
    return keys


def check(cursor: extensions.cursor, room: int, clause: Clause, keys: list[int], stored: list[dict[str, Any]]) -> int:
    """How many rows the room got, after all that is said of them was compared."""
    after = keys[0] - 1
    cursor.execute("set timezone = 'UTC'")
    cursor.execute(TRUTHS.format(clause.text), (after,))
    truths = [truth for (truth,) in cursor.fetchall()]
    cursor.execute("reset timezone")
    assert clause.means is not None
    assert [clause.means(row) for row in stored] == truths, (clause.text, stored)
    selected = [key for key, truth in zip(keys, truths, strict=True) if truth]
    cursor.execute(LOGGED, (room, after))
    assert sorted(key for (key,) in cursor.fetchall()) == selected, clause.text
    cursor.execute(VIEWED.format(room), (after,))
    assert [key for (key,) in cursor.fetchall()] == selected, clause.text
    cursor.execute(PREVIEW, (clause.text, len(keys)))
    assert cursor.fetchone()[0] == f"{len(selected)} of the newest {len(keys)} rows", clause.text
    for key, truth in list(zip(keys, truths, strict=True))[:2]:
        cursor.execute(EXPLAIN, (room, key))
        told = [
            (item, SAID[value.rsplit(" is ", 1)[1]]) for item, value in cursor if item.endswith(("part", "condition"))
        ]
        joined = (meaning.either if told[0][0] == "or part" else meaning.both)(*(value for _, value in told))
        assert joined is truth, (clause.text, key, told)
    return len(selected)


@mostly_newest
def test_all_that_is_said_of_a_filter_is_what_a_select_says(chat: extensions.connection, postgres_version: int) -> None:
    """Router, view, preview and explanation, and Python, over random rows."""
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    print(f"the seed is {seed}")
    seen: Counter[str] = Counter()
    wanted, batches = drawing.lists(conditions(), ROOMS, ROOMS), drawing.lists(rows, 1, 12)
    with chat.cursor() as cursor:
        cursor.execute("show timezone")
        assert cursor.fetchone() == ("America/New_York",)
        for _ in range(ROUNDS):
            clauses = wanted.draw(chance)
            for room, clause in enumerate(clauses):
                set_filter(cursor, room, clause)
            stored = batches.draw(chance)
            keys = store(cursor, stored)
            for room, clause in enumerate(clauses):
                seen["clauses"] += 1
                seen["rows"] += check(cursor, room, clause, keys, stored)
    print(f"PostgreSQL {postgres_version}: {dict(seen)}")
    assert seen["rows"] > 3 * ROUNDS, seen


async def test_a_row_of_nulls_is_tried(connection: asyncpg.Connection) -> None:
    """What raises on NULL alone is found before a row comes."""
    await add_weather(connection)
    clause = "10 / coalesce(station, 123456 - 123456) > 1"
    reason = await connection.fetchval("select reason from chat.judge_clause($1, $2)", WEATHER, clause)
    assert "divides by zero" in reason


async def test_a_column_that_may_be_null_is_no_warning(connection: asyncpg.Connection) -> None:
    """IS NULL of it may be true; of one that may not be, it cannot."""
    await add_weather(connection)
    warnings = [
        await connection.fetchval(
            "select f.warning from chat.filter as f where f.filter_id = $1",
            await connection.fetchval("select filter_id from chat.judge_clause($1, $2)", feed_id, clause),
        )
        for feed_id, clause in ((WEATHER, "town is null"), (2, "market is null"))
    ]
    assert warnings == [None, "it can never be true: market is never null"]


@pytest.mark.parametrize("postgres_version", [18, 16])
async def test_a_canonical_text_does_not_depend_on_settings(connection: asyncpg.Connection) -> None:
    """The same whatever is set for the session, and read again it is the same."""
    await add_weather(connection)
    clause = "at > '2031-11-01' and extract(hour from at at time zone 'UTC') = 1 and at < '2031-11-02 01:00-05'"
    await connection.execute("set timezone = 'Asia/Tokyo'; set datestyle = 'German'")
    await connection.fetchval("select filter_id from chat.judge_clause(3, $1)", clause)
    canonical = await connection.fetchval(CANONICAL, clause)
    assert canonical == (
        "((at > '2031-11-01 00:00:00+00'::timestamp with time zone) "
        "AND (EXTRACT(hour FROM (at AT TIME ZONE 'UTC'::text)) = (1)::numeric) "
        "AND (at < '2031-11-02 06:00:00+00'::timestamp with time zone))"
    )
    assert await connection.fetchval("select canonical from chat.parse_clause(3, $1)", "at > timestamptz '2031-11-01Z'")


async def test_columns_that_are_words_of_sql(connection: asyncpg.Connection) -> None:
    """A column that Postgres takes for a word of its own needs no quotes in a filter."""
    await add_weather(connection)
    await connection.execute(
        """
        alter table feed.weather rename column at to "timestamp";
        alter table feed.weather rename column town to "order";
        update chat.feed_column set column_name = 'timestamp', field_name = 'timestamp' where column_name = 'at';
        update chat.feed_column set column_name = 'order', field_name = 'order' where column_name = 'town';
        """
    )
    for clause in (
        "timestamp > '2031-11-01' and order = 'x'",
        "TIMESTAMP < timestamp '2031-11-01' or \"ORDER\" is null",
    ):
        reason = await connection.fetchval("select reason from chat.judge_clause(3, $1)", clause)
        assert reason is None, (clause, reason)
