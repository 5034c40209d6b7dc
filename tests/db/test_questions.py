"""The answers to what members ask, as Postgres gives them; nothing is left behind."""

import time

import asyncpg
import pytest

from gateway.client.filters import guard_arguments, prepare_guard
from gateway.postgres import queries
from harness.clauses import FEED_IDS, read_attacks, read_corpus
from harness.rooms import Rooms, make_event, make_execution
from harness.versions import mostly_newest
from harness.weather import add_weather

pytestmark = mostly_newest

NAMES = {feed_id: name for name, feed_id in FEED_IDS.items()}
SECONDS = 20.0
"""For one clause on a busy machine, as in test_corpus."""
LEFT = """
select (select count(*) from pg_class), (select count(*) from pg_proc), (select count(*) from chat.room_filter),
  (select count(*) from chat.chat_event), (select count(*) from chat.room_log)
"""
WEATHER_ROWS = r"""
insert into feed.weather (town, station, reading, degrees, wet, at, tags) values
  ('Ulm', 7, 9223372036854775807, 1.50, true, '2031-11-01 10:00:00.123456+01', array['wet', 'it''s', null]),
  ('O''Hara', -7, -9223372036854775807, -0.001, false, '0001-01-01 00:00:00Z', array['wet']),
  ('back\slash', 2147483647, 0, 1e30, null, '9999-12-31 23:59:59Z', array['a"b', 'c,d', '', '{}']),
  (E'two\nlines', 0, 5, 123456789.123456789, true, '1969-07-20 20:17:40Z', '{}'),
  ('100 % -- ;; /* $$ ''', null, null, 'NaN', null, 'infinity', null),
  ('Ä €uro 😀', -2147483648, -9223372036854775808, 'Infinity', null, '-infinity', array['ß', 'Ulm', 'ulm']),
  (E'bell\x07', null, null, 1e-30, null, '0044-03-15 BC', array[E'\x01']),
  ('', null, null, null, null, null, null), (repeat('x', 100), null, null, null, null, null, null),
  (repeat('€', 101), null, null, repeat('9', 101)::numeric, null, null, array[repeat('x', 101)]),
  ('NaN', null, null, null, null, null, array['BC', 'infinity']), (null, null, null, null, null, null, null)
"""
LOOKS = """
select c.relname::text as name, sum(s.idx_tup_fetch + s.seq_tup_read)::bigint as rows
from pg_stat_user_tables as s
join chat.partition as p on p.part = s.relid
join pg_class as c on c.oid = p.table_name
group by 1
"""


async def count_looks(connection: asyncpg.Connection) -> dict[str, int]:
    """How many rows of each partitioned table were looked at so far."""
    await connection.execute("select pg_stat_force_next_flush()")
    return {row["name"]: row["rows"] for row in await connection.fetch(LOOKS)}


async def preview(connection: asyncpg.Connection, feed: str, clause: str, room: int = 0) -> asyncpg.Record:
    """As a gateway asks: with the guard prepared, or its refusal."""
    prepared: list[str] = []
    while True:
        row = await connection.fetchrow(queries.ANSWER_PREVIEW, room, feed, clause, prepared)
        assert row is not None
        if row["guard"] is None:
            return row
        error = await prepare_guard(connection, row["guard"])
        if error is not None:
            arguments = guard_arguments(row["feed_id"], clause, error)
            refused = await connection.fetchrow(queries.EXPLAIN_GUARD, *arguments)
            assert refused is not None
            return refused
        prepared.append(row["guard"])


async def test_a_preview_judges_as_a_filter_is_judged(connection: asyncpg.Connection, rooms: Rooms) -> None:
    """Every clause of the collections: the same verdict, and nothing is left of any."""
    await add_weather(connection)
    await rooms.open(4)
    await rooms.join("adam")
    await connection.execute(WEATHER_ROWS)
    await rooms.store_events([make_event(sport) for sport in range(1, 8)])
    await rooms.store_executions([make_execution()])
    before = tuple(await connection.fetchrow(LEFT) or ())
    wrong = []
    for case in [*read_corpus(), *read_attacks()]:
        started = time.monotonic()
        row = await preview(connection, NAMES[case.feed_id], case.clause)
        if (row["reason"] is None) is not case.is_valid:
            wrong.append((case, row))
        assert time.monotonic() - started < SECONDS, case
    assert wrong == []
    assert tuple(await connection.fetchrow(LEFT) or ()) == before


async def test_a_preview_counts(connection: asyncpg.Connection, rooms: Rooms) -> None:
    """The newest thousand, going by the oldest of them; keywords are clauses too, and SAME is the room's filter."""
    await rooms.open(4)
    await rooms.join("adam")
    empty = await preview(connection, "execution", "NONE")
    assert (empty["examined"], empty["matching"], empty["per_minute"], empty["rows"]) == (0, 0, 0, None)
    await rooms.store_events([make_event(1 + number % 4) for number in range(1200)])
    await connection.execute("update feed.sport_event set timetag = timetag - 120")
    for clause, matching in (
        ("NONE", 1000),
        ("all", 0),
        ("SAME", 1000),
        ("sport = 3", 250),
        ("sport_name = 'CRICKET'", 0),
    ):
        row = await preview(connection, "sport_event", clause)
        assert (row["reason"], row["examined"], row["matching"]) == (None, 1000, matching)
        assert matching / 3 <= row["per_minute"] <= matching / 2
    assert row["warning"].startswith("it can never be true")
    row = await preview(connection, "sport_event", "sport = 3")
    assert row["row_ids"] == [1199, 1195, 1191]
    await rooms.set_filters("adam", "sport = 2", "ALL")
    assert (await preview(connection, "sport_event", "SAME"))["matching"] == 250
    await connection.execute("update chat.room_filter set state = 'suspended' where clause = 'sport = 2'")
    assert (await preview(connection, "sport_event", "SAME"))["matching"] == 0
    refused = await preview(connection, "sport_event", "sport = 3 or sprot = 4")
    assert refused["reason"].startswith("sport_event filter: no column `sprot`")
    assert refused["reason_at"] == 14


async def test_a_clause_that_raises_or_lasts_on_stored_rows_is_told(rooms: Rooms) -> None:
    """The trial saw only the newest hundred."""
    await rooms.open(4)
    await rooms.join("adam")
    await rooms.store_executions([make_execution(price=3), *[make_execution(price=7)] * 200])
    row = await preview(rooms.connection, "execution", "1 / (price - 3) > 0")
    assert row["reason"] == "the clause cannot be tried on the newest rows: division by zero"
    assert row["examined"] is None
    await rooms.connection.execute("update chat.setting set max_match_time = '0'")
    assert "it took" in (await preview(rooms.connection, "execution", "price > 1"))["reason"]


@pytest.mark.parametrize("column", ["town", "station", "reading", "degrees", "isWet", "at", "tags"])
async def test_values_are_literals_that_clauses_take(connection: asyncpg.Connection, column: str) -> None:
    """Each finds as many rows as it is said to; what no clause can say is left out. No time zone matters."""
    await connection.execute("set timezone = 'Asia/Tokyo'; set datestyle = 'German'; set extra_float_digits = 0")
    await add_weather(connection)
    await connection.execute(WEATHER_ROWS)
    values = await connection.fetch(queries.ANSWER_VALUES, "weather", column.upper(), None)
    print(values)
    assert len(values) >= 2
    for literal, count in values:
        clause = f"{literal} = any(tags)" if column == "tags" else f"{column} = {literal}"
        row = await preview(connection, "weather", clause)
        assert (row["reason"], row["matching"]) == (None, count), clause
    shown = [literal for literal, _ in values]
    known = {
        "town": {"'O''Hara'", "'back\\slash'", "'NaN'", "''", f"'{'x' * 100}'", "'two\nlines'", "'Ä €uro 😀'"},
        "station": {"7", "-7", "2147483647", "0"},
        "reading": {"'9223372036854775807'", "0", "5"},
        "degrees": {"1.50", "-0.001", "123456789.123456789", f"'1{'0' * 30}'", "'NaN'", "'Infinity'"},
        "isWet": {"true", "false"},
        "at": {"timestamp '2031-11-01 09:00:00.123456'", "timestamp '1969-07-20 20:17:40'"},
        "tags": {"'it''s'", "'ulm'", "'Ulm'", "'a\"b'", "'BC'"},
    }
    assert known[column] <= {*shown}
    assert not any("\x07" in literal or "BC" in literal for literal in shown if column != "tags")


async def test_values_come_by_prefix_and_frequency(connection: asyncpg.Connection, rooms: Rooms) -> None:
    """At most twenty, of the newest thousand rows; of JSON none."""
    await rooms.open(4)
    await rooms.store_events([make_event(7, "old")] * 500)
    await rooms.store_events([make_event(1 + number % 2, f"Match {number % 30}") for number in range(1000)])
    titles = await connection.fetch(queries.ANSWER_VALUES, "sport_event", "match_title", "mATCH 2")
    assert tuple(titles[0]) in {("'Match 2'", 34), ("'Match 20'", 33)}
    assert len(titles) == 11
    assert len(await connection.fetch(queries.ANSWER_VALUES, "sport_event", "match_title", "")) == 20
    assert [tuple(row) for row in await connection.fetch(queries.ANSWER_VALUES, "sport_event", "sport", None)] == [
        ("1", 500),
        ("2", 500),
    ]
    names = await connection.fetch(queries.ANSWER_VALUES, "sport_event", "SPORT_name", "base")
    assert [tuple(row) for row in names] == [("'BASEBALL'", 500)]
    await connection.execute("select chat.add_feed('blobs', 'blobs', columns => '{body:jsonb,line:text}')")
    await connection.execute("insert into feed.blobs (body, line) values ('1', '%')")
    assert await connection.fetch(queries.ANSWER_VALUES, "blobs", "body", None) == []
    assert await connection.fetch(queries.ANSWER_VALUES, "blobs", "line", "_") == []
    assert (await preview(connection, "blobs", "NONE"))["per_minute"] > 0


async def test_filters_and_explanations_of_the_past(connection: asyncpg.Connection, rooms: Rooms) -> None:
    """With who set them; a row by its key, and by its seq also when its feed was removed."""
    await rooms.open(4, 4)
    await rooms.join("adam")
    await connection.execute("select chat.add_feed('tides', 'tides', 'text')")
    tides = await connection.fetchval("select feed_id from chat.feed where name = 'tides'")
    await rooms.try_filters("adam", {tides: "NONE", 1: "sport = 4"})
    await connection.execute("insert into feed.tides (line, message) values ('high', '\\x00ff')")
    seq = await rooms.last_seq()
    await connection.execute("select chat.remove_feed('tides', rows => 'keep')")
    row = await connection.fetchrow(queries.ANSWER_EXPLANATION, 0, "", 0, seq)
    assert row is not None
    assert (row["feed"], row["row_id"], row["seq"]) == ("tides", 1, seq)
    with pytest.raises(asyncpg.PostgresError, match="the feed tides was removed") as caught:
        await connection.fetchrow(queries.ANSWER_EXPLANATION, 0, "tides", 1, None)
    assert caught.value.sqlstate == "RM401"
    await rooms.store_events([make_event(3)])
    row = await connection.fetchrow(queries.ANSWER_EXPLANATION, 0, "sport_event", 1, None)
    assert row is not None
    assert row["seq"] is None
    assert ("why not", "the filter does not pass it") in zip(row["items"], row["values"], strict=True)
    filters = await connection.fetch(queries.ANSWER_FILTERS, 0, 100)
    assert [(each["feed"], each["clause"], each["set_by"], each["state"]) for each in filters] == [
        ("sport_event", "sport = 4", "adam", "active"),
        ("tides", "NONE", "adam", "replaced"),
        ("execution", "NONE", None, "active"),
        ("sport_event", "NONE", None, "replaced"),
    ]
    assert len(await connection.fetch(queries.ANSWER_FILTERS, 0, 1)) == 1


async def test_a_past_that_was_cold_is_told_to_those_who_resume(connection: asyncpg.Connection, rooms: Rooms) -> None:
    """And not to those who scroll back: the log is as it is."""
    await rooms.open(4)
    await rooms.join("adam")
    await rooms.comment("adam", *"abcdefgh")
    await connection.execute("update chat.room set log_from = 5 where room_id = 0")
    for arguments, wanted in (
        ((None, None, 500), (0, 9, None)),
        ((None, 2, 500), (4, 9, 4)),
        ((4, 2, 500), (3, 3, 3)),
        ((None, 0, 3), (0, 3, None)),
        ((None, 9, 3), (9, 9, None)),
        ((None, 10, 3), (9, 9, 9)),
        ((7, None, 2), (4, 6, None)),
        ((0, None, 2), (0, 0, None)),
    ):
        assert tuple(await connection.fetchrow(queries.ANSWER_HISTORY, 0, *arguments) or ()) == wanted, arguments


async def test_a_page_of_a_long_past_is_found_by_the_indexes(rooms: Rooms) -> None:
    """Whatever the planner thinks of it: not by a look at all batches that there were."""
    connection = rooms.connection
    await rooms.open(4)
    await rooms.join("adam")
    await connection.execute(
        """
        insert into chat.feed_batch (feed_id, row_ids)
        select 1, int8multirange(int8range(i, i + 1)) from generate_series(1, 200000) as i;
        insert into chat.block_log (block_id, batch_id, last_places, indexes, bits)
        select
          chat.block_of(r.group_id), b.batch_id, array_fill(b.batch_id, array[16]),
          array[chat.index_in_block(r.group_id)], array[chat.mark_all_rows(1)]
        from chat.feed_batch as b cross join chat.room as r where r.room_id = 0;
        update chat.group_block set last_places = array_fill(200000::bigint, array[16])
        """
    )
    await rooms.comment("adam", *map(str, range(20000)))
    await connection.execute("analyze")
    before = await count_looks(connection)
    rows = await connection.fetch("select seq, row_id from chat.list_logged_rows(0, 9000, 9500, 500) order by seq")
    after = await count_looks(connection)
    assert [row["row_id"] for row in rows] == [*range(rows[0]["row_id"], rows[0]["row_id"] + 500)]
    looks = {name: after[name] - before[name] for name in after}
    assert 500 <= looks["feed_batch"] <= 1500, looks
    assert 500 <= looks["block_log"] <= 1500, looks
    assert [row["seq"] for row in rows] == [*range(9001, 9501)]
