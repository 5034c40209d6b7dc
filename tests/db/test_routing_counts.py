"""What a batch touches with thousands of filters of a signature in force: what matches, and no more."""

from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from psycopg2 import extensions

from harness.signature_kinds import EXECUTION
from harness.signatures import Matching, prepare

FILTERS = 2000
HITS = 10
"""Filters that a row passes, of those that have its symbol."""
INSERT = """
insert into chat.filter (feed_id, canonical, canonical_hash) select 2, t, chat.text_hash(t) from unnest(%s) as t
returning filter_id, canonical
"""
COOL_GROUP = """
update chat.room_group set live_until = '-infinity' where group_id = (select min(group_id) from chat.room_group_filter)
"""
COOL_ANOTHER = """
update chat.room_group
set live_until = '-infinity'
where group_id = (
  select min(f.group_id) from chat.room_group_filter as f join chat.room_group as g using (group_id)
  where g.live_until > now()
)
"""
RETIRE_GROUPS = "select chat.retire_cold_groups()"
FLUSH = "select pg_stat_force_next_flush()"
TOUCHED = """
select s.relname, s.seq_tup_read, coalesce(s.idx_tup_fetch, 0), coalesce(s.idx_scan, 0)
from pg_stat_user_tables as s
where s.relname in ('room_group', 'room_group_filter', 'filter', 'routed_filter', 'signature') or s.relname ~ '^pairs_'
"""
WRITTEN = """
select s.relname, s.n_tup_ins + s.n_tup_upd
from pg_stat_user_tables as s
where s.relname in ('group_block', 'room_group') or s.relname ~ '^block_log_'
"""


@pytest.fixture
def matching(database: str) -> Iterator[Matching]:
    """2,000 filters of a signature, 20 of each of a hundred symbols, of which a row passes the half."""
    connection = psycopg2.connect(database)
    prepare(connection)
    matching = Matching(connection, EXECUTION)
    canonicals = [f"((symbol = 's{n % 100}'::text) AND (price > ({n // 100})::numeric))" for n in range(FILTERS)]
    matching.cursor.execute(INSERT, (canonicals,))
    matching.add(dict(matching.cursor.fetchall()))
    # As where autovacuum looked before the form was chosen: plans are made for that.
    matching.cursor.execute("analyze")
    matching.use("pairs")
    assert matching.indexed == {"pairs": FILTERS}
    yield matching
    connection.close()


def rows(count: int) -> list[Any]:
    """Each of another symbol, and of a price that half of the filters want."""
    return [(f"s{n}", "", str(HITS), "1", "0", "") for n in range(count)]


def touched(matching: Matching, count: int) -> dict[str, tuple[int, int, int]]:
    """By table: rows read by sequential scans, rows fetched by index, and scans by index, for a batch."""
    matching.store(rows(count))
    before = _read(matching.cursor)
    matching.store(rows(count))
    return touched_since(before, matching)


def touched_since(before: dict[str, tuple[int, ...]], matching: Matching) -> dict[str, tuple[int, int, int]]:
    """The same, since a look."""
    after = _read(matching.cursor)
    return {
        name: (scanned - before[name][0], fetched - before[name][1], scans - before[name][2])
        for name, (scanned, fetched, scans) in after.items()
    }


def _read(cursor: extensions.cursor) -> dict[str, tuple[int, ...]]:
    cursor.execute(FLUSH)
    cursor.execute(TOUCHED)
    return {"pairs" if name.startswith("pairs") else name: tuple(counts) for name, *counts in cursor.fetchall()}


@pytest.mark.parametrize("count", [1, 10])
def test_a_batch_touches_what_it_matches(matching: Matching, count: int) -> None:
    """Filters are found by index, and groups by filter: nothing is read that has no part in it."""
    seen = touched(matching, count)
    print(seen)
    assert all(read == 0 for read, _, _ in seen.values())
    _, fetched, scans = seen["pairs"]
    assert fetched <= 2 * HITS * count
    assert scans <= count
    for name in ("room_group", "room_group_filter"):
        assert seen[name][1] <= 3 * HITS * count + 5, name
    for name in ("filter", "routed_filter", "signature"):
        assert seen[name][1] <= 2, name


@pytest.mark.parametrize("count", [1, 10])
def test_a_batch_writes_by_block(matching: Matching, count: int) -> None:
    """Groups that are alike are in few blocks, and a batch writes each of these once, and no group."""
    before = _written(matching.cursor)
    matching.store(rows(count))
    after = _written(matching.cursor)
    (log,) = after.keys() - {"group_block", "room_group"}
    assert after["room_group"] == before["room_group"]
    assert 0 < after["group_block"] - before["group_block"] <= HITS // 2 * count
    assert after[log] - before[log] == after["group_block"] - before["group_block"]


def _written(cursor: extensions.cursor) -> dict[str, int]:
    cursor.execute(FLUSH)
    cursor.execute(WRITTEN)
    return dict(cursor.fetchall())


def test_rooms_on_none_are_found_by_index(matching: Matching) -> None:
    """That some room gets every row is known from its group alone, however many groups there are."""
    matching.cursor.execute("select chat.trivial_filter(2, true)")
    ((filter_id,),) = matching.cursor.fetchall()
    matching.add({filter_id: "true"})
    seen = touched(matching, 1)
    print(seen)
    assert seen["room_group"][0] == 0
    assert seen["room_group"][1] <= 2 * HITS


@pytest.mark.parametrize("is_cold", [False, True])
def test_a_group_that_goes_cold_is_found_by_index(matching: Matching, is_cold: bool) -> None:
    """This is looked for each second and with each FILTER, under the log's lock."""
    if is_cold:
        matching.cursor.execute(COOL_GROUP)
    before = _read(matching.cursor)
    matching.cursor.execute(RETIRE_GROUPS)
    seen = touched_since(before, matching)
    print(seen)
    # There are a few signatures, in one page.
    assert all(read <= 10 for read, _, _ in seen.values())
    assert all(fetched <= 10 for _, fetched, _ in seen.values())
    matching.cursor.execute("select count(*) from chat.room_group_filter")
    assert matching.cursor.fetchone() == (FILTERS - is_cold,)


def test_groups_that_go_cold_with_filters_are_retired_together(matching: Matching) -> None:
    """A FILTER leaves a few to the next ones: to retire one takes nearly as long as to retire many."""
    remaining = []
    for _ in range(4):
        matching.cursor.execute(COOL_ANOTHER)
        matching.cursor.execute("select chat.refresh_stale_routers(2)")
        matching.cursor.execute("select count(*) from chat.room_group_filter")
        remaining += matching.cursor.fetchone()
    assert remaining == [FILTERS, FILTERS, FILTERS - 3, FILTERS - 3]
