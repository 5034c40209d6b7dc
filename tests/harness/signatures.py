"""Routes filters, each for a group of its own, by a form, and reads what each group was given of a batch."""

import operator
from collections import Counter
from collections.abc import Sequence
from functools import reduce
from random import Random
from typing import Any

import psycopg2
from psycopg2 import extensions

from gateway.postgres.payloads import CONTENTS, Contents, parse
from harness.signature_kinds import ADD_READING, Kind, Row, Table

FORMS = ("pairs", "bitmaps")
SIZES = (2, 1, 8, 9, 65, 7, 63, 64, 1000, 2000)
"""Rows of a batch."""
HUGE_SIZES = (2, 7, 9)
"""Of those with a row as large as its feed takes."""

RELAX = """
update chat.setting set
  probe_rows = 0, max_probe_time = '1 minute', max_row_time = '1 minute', max_pass_time = '1 minute',
  max_match_time = '1 minute'
"""
JUDGE = "select filter_id, reason from chat.judge_clause(%s, %s)"
NEW_GROUPS = "select chat.obtain_group(array[f]), f from unnest(%s) as f"
WAKE_GROUPS = (
    "select chat.lock_log(); update chat.room_group set live_until = 'infinity' where not is_routed; "
    "select chat.wake_groups(%s); select chat.refresh_stale_routers()"
)
END_GROUPS = "update chat.room_group set live_until = '-infinity' where is_routed"
RETIRE_GROUPS = "select chat.retire_cold_groups()"
SIGNATURES = "select signature_id, chat.list_forms(s) from chat.signature as s where feed_id = %s order by 1"
LOCK_LOG = "select chat.lock_log()"
BUILD_CONSTANTS = "select chat.build_constants(%s, %s)"
USE_FORM = "select chat.use_form(%s, %s)"
REFRESH_ROUTERS = "select chat.refresh_stale_routers()"
BATCH = "select batch_id from chat.feed_batch where feed_id = %s and row_ids @> %s::bigint"
LOGGED = "select group_id, bits from chat.group_log where batch_id = %s"
TAKEN = """
select s.form, count(*)
from chat.signature as s
join chat.routed_filter as r on r.signature_id = s.signature_id
where r.is_indexed
group by s.form
"""


class Matching:
    """The filters of one feed, in a database that nobody else uses."""

    def __init__(self, connection: extensions.connection, table: Table) -> None:
        self.connection = connection
        self.cursor = connection.cursor()
        self.table = table
        self.clauses: dict[int, str] = {}
        """By group."""
        self.indexed: Counter[str] = Counter()
        """How many filters were evaluated by each form, all switches together."""
        self.pairs = 0
        ((self.feed_id, self.key_column, channel),) = self._fetch(
            "select feed_id, key_column, chat.feed_channel(feed_id) from chat.feed where name = %s", table.name
        )
        self.cursor.execute(f"listen {channel}")

    def route(self, clauses: Sequence[str]) -> dict[str, str]:
        """Give each clause that is accepted a group; why the others are not."""
        judged = {clause: self._fetch(JUDGE, self.feed_id, clause)[0] for clause in clauses}
        self.add({filter_id: clause for clause, (filter_id, _) in judged.items() if filter_id is not None})
        return {clause: reason for clause, (_, reason) in judged.items() if reason is not None}

    def add(self, filters: dict[int, str]) -> None:
        """Have filters routed, with the clauses that they are."""
        groups = dict(self._fetch(NEW_GROUPS, list(filters)))
        self.cursor.execute(WAKE_GROUPS, (list(groups),))
        self.clauses |= {group: filters[filter_id] for group, filter_id in groups.items()}

    def end(self) -> None:
        """Take all groups out."""
        self.cursor.execute(END_GROUPS)
        self.cursor.execute(RETIRE_GROUPS)
        self.clauses = {}

    def use(self, form: str) -> None:
        """Have all filters evaluated by a form, where their signature may have it, else one by one."""
        self.cursor.execute("begin")
        self.cursor.execute(LOCK_LOG)
        for signature_id, forms in self._fetch(SIGNATURES, self.feed_id):
            wanted = form if form in forms else "direct"
            if wanted != "direct":
                self.cursor.execute(BUILD_CONSTANTS, (signature_id, wanted))
            self.cursor.execute(USE_FORM, (signature_id, wanted))
        self.cursor.execute(REFRESH_ROUTERS)
        self.cursor.execute("commit")
        self.indexed.update(dict(self._fetch(TAKEN)))

    def store(self, rows: Sequence[Row]) -> list[int]:
        """Insert rows in one statement; their keys."""
        names, types = ", ".join(self.table.types), list(self.table.types.values())
        places = ", ".join("%s::text[]" for _ in types)
        casts = ", ".join(f"(r.{name})::{type_name}" for name, type_name in self.table.types.items())
        columns = [list(column) for column in zip(*rows, strict=True)]
        returned = self._fetch(
            f"insert into feed.{self.table.name} ({names}, message) select {casts}, '\\x08' "
            f"from unnest({places}) with ordinality as r({names}, _n) order by _n returning {self.key_column}",
            *columns,
        )
        return [key for (key,) in returned]

    def given(self, keys: Sequence[int]) -> dict[str, int]:
        """Which rows of a batch each clause's group was given: a bit for each, the last of the rows in the lowest."""
        found = dict.fromkeys(self.clauses.values(), 0)
        for (batch_id,) in self._fetch(BATCH, self.feed_id, keys[0]):
            for group, bits in self._fetch(LOGGED, batch_id):
                assert not found[self.clauses[group]], "a group twice"
                found[self.clauses[group]] = _read_bits(bits, len(keys))
        return found

    def selected(self, keys: Sequence[int]) -> dict[str, int]:
        """What a plain SELECT says of them, but for clauses that raise."""
        selected = {clause: self._select(clause, keys) for clause in self.clauses.values()}
        return {clause: bits for clause, bits in selected.items() if bits is not None}

    def check(self, rows: Sequence[Row], wanted: dict[str, int] | None = None) -> dict[str, int]:
        """Store a batch, and compare what was given of it with what is wanted: if None, what a plain SELECT says."""
        self.connection.notifies.clear()
        self.connection.notices.clear()
        keys = self.store(rows)
        # Nothing raises together that does not raise alone, so nothing was looked at apart.
        assert not [notice for notice in self.connection.notices if "WARNING" in notice]
        wanted = self.selected(keys) if wanted is None else wanted
        given = self.given(keys)
        for clause, bits in wanted.items():
            wrong = [row for place, row in enumerate(reversed(rows)) if (given[clause] ^ bits) >> place & 1]
            assert given[clause] == bits, (clause, len(rows), wrong[:3])
        self._check_contents(keys, given)
        self.pairs += len(rows) * len(wanted)
        return wanted

    def _check_contents(self, keys: Sequence[int], given: dict[str, int]) -> None:
        """Gateways were sent what some group got, and nothing else, unless that was not known."""
        self.connection.poll()
        told = [parse(notify.payload) for notify in self.connection.notifies if notify.payload.startswith(CONTENTS)]
        sent = {number for contents in told if isinstance(contents, Contents) for number in contents.numbers}
        united = reduce(operator.or_, given.values(), 0)
        wanted = {key for place, key in enumerate(reversed(keys)) if united >> place & 1}
        assert sent in (wanted, set(keys)), (len(sent), len(wanted), len(keys))

    def _select(self, clause: str, keys: Sequence[int]) -> int | None:
        truth = f"string_agg(case when ({clause}) then '1' else '0' end, '' order by {self.key_column})"
        source = f"feed.{self.table.name} where {self.key_column} between {keys[0]} and {keys[-1]}"
        try:
            self.cursor.execute(f"select {truth} from {source}")
        except psycopg2.DataError:
            return None
        ((bits,),) = self.cursor.fetchall()
        return int(bits, 2)

    def _fetch(self, query: str, *arguments: object) -> list[tuple[Any, ...]]:
        self.cursor.execute(query, arguments or None)
        found: list[tuple[Any, ...]] = self.cursor.fetchall()
        return found


def _read_bits(bits: memoryview | None, count: int) -> int:
    if bits is None:
        return (1 << count) - 1
    assert len(bits) == (count + 7) // 8
    read = int.from_bytes(bits, "big")
    unused = -count % 8
    assert not read & ((1 << unused) - 1), "bits behind the last row"
    return read >> unused


def prepare(connection: extensions.connection) -> None:
    """Have clauses accepted whatever time they take, and add the feed whose columns may be null."""
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("set timezone = 'UTC'")
        cursor.execute(RELAX)
        cursor.execute(ADD_READING)


def compare(
    connection: extensions.connection, kind: Kind, chance: Random, filters: int, sizes: Sequence[int]
) -> Matching:
    """So many filters of a kind by each form: of the same rows all of them give those that a plain SELECT says."""
    matching = Matching(connection, kind.table)
    drawn = sorted({kind.clause(chance) for _ in range(filters)})
    refused = matching.route(drawn)
    assert len(refused) <= len(drawn) / 2, refused
    batches = [[kind.table.row(chance) for _ in range(size)] for size in sizes]
    if kind.table.huge is not None:
        for size in HUGE_SIZES:
            batches.append([kind.table.row(chance) for _ in range(size - 1)] + [kind.table.huge(chance)])
    wanted = [matching.check(batch) for batch in batches]
    # Back and forth, so that each form comes after each other one.
    for form, some in (("pairs", None), ("bitmaps", None), ("pairs", 5), ("direct", 5), ("bitmaps", 5), ("direct", 1)):
        matching.use(form)
        for batch, expected in zip(batches[:some], wanted[:some], strict=True):
            matching.check(batch, expected)
    matching.end()
    return matching
