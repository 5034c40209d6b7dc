"""What rooms are told they got, what previews count and what explanations say equal a plain SELECT with the clause.

The SELECT runs over tables of the test's own, filled with what the rows of the feeds mean: decimals, sports by name.
For most clauses Python, which shares nothing with Postgres, computes the same.
"""

import random
import re
import struct
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import psycopg2
import pytest
from psycopg2 import extensions

from clientsim.decimals import decimal_of
from harness import drawing, meaning, plainly
from harness.conditions import conditions
from harness.language import DECIMALS, TEXTS, Clause, Row
from harness.plainly import EXECUTION, FEEDS, SPORT_EVENT, Feed
from harness.versions import mostly_newest

pytestmark = mostly_newest

# A float as it is sent, and the decimal that is meant by it.
Sent = tuple[float, Decimal]
Batch = dict[str, list[Row]]

# How often four clauses are drawn.
ROUNDS = 80
ROOM_FEEDS = (EXECUTION, SPORT_EVENT, EXECUTION, SPORT_EVENT)
SET_FILTERS = "select seq, guards from chat.set_room_filters(1, array[%s], '{1,1}', %s, array['ALL', %s], %s::text[])"
STORE = {
    "execution": "select feed.store_execution(%s::bigint[], %s::bytea[], %s::text[], %s::text[], "
    "%s::text[]::real[], %s::text[]::real[], %s::text[]::bigint[], %s::text[])",
    "sport_event": "select feed.store_sport_event(%s::bigint[], %s::bytea[], %s::text[]::integer[], "
    "%s::text[], %s::text[])",
}
LOGGED = """
select row_id
from chat.list_logged_rows(%s, 0, 9000000000000000000, 1000000000)
where feed_id = %s and row_id > %s
order by seq
"""
STATE = "select state from chat.room_filter where room_id = %s and feed_id = %s and state <> 'replaced'"
PREVIEW = "select item, value from chat.preview_filter(%s, %s, %s)"
EXPLAIN = "select item, value from chat.explain_delivery(%s, %s, %s)"
PART_ITEMS = {"condition": None, "and part": "and", "or part": "or"}

SPORT_NAMES = ("BASEBALL", "BASKETBALL", "FOOTBALL", "BOXING", "GOLF", "NASCAR", "TENNIS")
EXTREMES: tuple[Sent, ...] = tuple(
    (float(sent), Decimal(meant))
    for sent, meant in (
        *(("3.4028235e38", "3.4028235e38"), ("-3.4028235e38", "-3.4028235e38"), ("1e-45", "1e-45"), ("-0.0", "0")),
        *(("nan", "NaN"), ("inf", "Infinity"), ("-inf", "-Infinity"), ("1.1754944e-38", "1.1754944e-38")),
        *(("16777216", "16777216"), ("16777217", "16777216"), ("1600000000.5", "1600000000"), ("0.1", "0.1")),
    )
)
LONG = ("x" * 4096, "é" * 2048, "\U0010ffff" * 1024, "a" + "%" * 4095, "\\" * 4096, "'" * 4096)

texts = drawing.one_of(
    drawing.sampled_from(TEXTS),
    drawing.sampled_from(TEXTS),
    drawing.sampled_from(LONG),
    drawing.lists(drawing.integers(1, 0x10FFFF), 0, 12).map(
        lambda codes: "".join(chr(code) for code in codes if not 0xD800 <= code < 0xE000)
    ),
)
# Mostly what clauses compare with, where a 32-bit float holds it: any decimal of seven digits.
pool = drawing.sampled_from([Decimal(d) for d in DECIMALS if len(Decimal(d).normalize().as_tuple().digits) <= 7])
decimals = drawing.one_of(
    *(pool, pool, pool),
    drawing.integers(-99_999, 9_999_999).map(lambda cents: Decimal(cents).scaleb(-2)),
).map(lambda meant: (float(meant), meant))
floats = drawing.integers(0, 2**32 - 1).map(lambda bits: struct.unpack("<f", struct.pack("<I", bits))[0])
numbers = drawing.one_of(
    *(decimals, decimals, decimals),
    *(drawing.sampled_from(EXTREMES), floats.map(lambda value: (value, decimal_of(value)))),
)
small_epochs = drawing.sampled_from([0, 1, -1, 2, 3, 100, 1_600_000_000, 1_600_000_001])
epochs = small_epochs | small_epochs | drawing.sampled_from([2**53 + 1, 2**63 - 1, -(2**63)])
small_sports = drawing.integers(1, 7)
sports = drawing.one_of(small_sports, small_sports, drawing.sampled_from([0, 8, -1, 2**31 - 1, -(2**31)]))


def make_execution(symbol: str, market: str, price: Sent, quantity: Sent, epoch: int, state: str) -> Row:
    sent = {"price": repr(price[0]), "quantity": repr(quantity[0])}
    meant = {"price": price[1], "quantity": quantity[1], "execution_epoch": Decimal(epoch)}
    return {"symbol": symbol, "market": market, **meant, "state_symbol": state, "sent": sent}


def make_event(sport: int, title: str, text: str) -> Row:
    name = SPORT_NAMES[sport - 1] if 1 <= sport <= 7 else None
    return {"sport": Decimal(sport), "match_title": title, "data_event": text, "sport_name": name, "sent": {}}


rows = {
    "execution": drawing.tuples(texts, texts, numbers, numbers, epochs, texts).map(lambda row: make_execution(*row)),
    "sport_event": drawing.tuples(sports, texts, texts).map(lambda row: make_event(*row)),
}
batches = drawing.tuples(*(drawing.lists(row, 1, 12) for row in rows.values())).map(
    lambda drawn: dict(zip(rows, drawn, strict=True))
)
wanted_clauses = drawing.tuples(*(conditions(feed.columns) for feed in ROOM_FEEDS))

OVERFLOWING = {
    "execution": [make_execution("a", "GOLF", EXTREMES[0], EXTREMES[-1], 2**63 - 1, "PA")],
    "sport_event": [make_event(2**31 - 1, "a", "a")],
}
RAISING = (
    Clause("executionEpoch * 1000 > 0"),
    Clause("sport + 1 > 0 or sport = 1", None, "or", ("sport + 1 > 0", "sport = 1")),
    # The planner would evaluate the second part first if it could.
    Clause(
        "lower(upper(market)) = 'x' and executionEpoch * 1000 > 0",
        *(None, "and", ("lower(upper(market)) = 'x'", "executionEpoch * 1000 > 0")),
    ),
    Clause("sport_name is null", lambda row: row["sport_name"] is None),
)


@pytest.fixture
def chat(database: str) -> Iterator[extensions.connection]:
    """A connection with rooms of one member each, and the tables of what is meant.

    Clauses are not tried on stored rows: after some batches each of the raising ones would be refused. Nor is any too
    slow, however busy the machine is.
    """
    connection = psycopg2.connect(database)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("update chat.setting set probe_rows = 0")
        for limit in ("max_probe_time", "max_row_time", "max_pass_time", "max_match_time"):
            cursor.execute(f"update chat.setting set {limit} = '1 minute'")
        cursor.execute("select chat.configure_rooms(%s), chat.open_gateway()", ([1] * len(ROOM_FEEDS),))
        names = [f"user{room}" for room in range(len(ROOM_FEEDS))]
        cursor.execute("select chat.join_rooms(1, %s, %s)", (names, list(range(len(ROOM_FEEDS)))))
        plainly.prepare(cursor)
    yield connection
    connection.close()


class Oracle:
    """Compares everything that is said of a room's filter with the plain SELECT."""

    def __init__(self, cursor: extensions.cursor) -> None:
        self.cursor = cursor
        self.seen: Counter[str] = Counter()

    def check(self, wanted: tuple[Clause, ...], stored: list[Batch]) -> None:
        """Set the rooms' filters and store batches; a filter that raises gets nothing of its batch and is suspended."""
        accepted = {room: clause for room, clause in enumerate(wanted) if self._set_filter(room, clause)}
        self.seen["refused"] += len(wanted) - len(accepted)
        self.seen["accepted"] += len(accepted)
        for batch in stored:
            keys = {feed.name: self._store(feed, batch[feed.name]) for feed in FEEDS}
            for room, clause in tuple(accepted.items()):
                feed = ROOM_FEEDS[room]
                if not self._check_room(room, feed, clause, keys[feed.name], batch[feed.name]):
                    del accepted[room]

    def _check_room(self, room: int, feed: Feed, clause: Clause, keys: list[int], stored: list[Row]) -> bool:
        """Whether the filter is still in force."""
        truths = plainly.select(self.cursor, feed, clause.text, keys[0] - 1)
        state, logged = self._read_room(room, feed, keys[0] - 1)
        self.seen[state] += 1
        for key in {keys[0], keys[-1]}:
            self._check_explanation(room, feed, clause, key)
        matching = self._preview(feed, clause, len(keys))
        if truths is None:
            assert (state, logged, matching) == ("suspended", [], None), clause.text
            return False
        selected = [key for key, truth in truths.items() if truth]
        assert (state, logged, matching) == ("in force", selected, len(selected)), clause.text
        self.seen["rows"] += len(logged)
        if clause.means is not None:
            meant = [clause.means(row) for row in stored]
            assert meant == list(truths.values()), (clause.text, stored)
            self.seen["followed"] += 1
        return True

    def _set_filter(self, room: int, clause: Clause) -> bool:
        """Set a room's filter; whether it was accepted. One that is refused leaves a room without rows."""
        feed_ids = [3 - ROOM_FEEDS[room].feed_id, ROOM_FEEDS[room].feed_id]
        self.cursor.execute(SET_FILTERS, (f"user{room}", feed_ids, "ALL", []))
        self.cursor.execute(SET_FILTERS, (f"user{room}", feed_ids, clause.text, []))
        seq, guards = self.cursor.fetchone()
        if guards is not None:
            self.cursor.execute(SET_FILTERS, (f"user{room}", feed_ids, clause.text, guards))
            seq, _ = self.cursor.fetchone()
        return seq is not None

    def _store(self, feed: Feed, stored: list[Row]) -> list[int]:
        """Insert rows as the bridge does, in one statement, and what they mean; their keys."""
        self.cursor.execute(f"select coalesce(max({feed.key_column}), 0) from feed.{feed.name}")
        (after,) = self.cursor.fetchone()
        sent = [{**row, **row["sent"]} for row in stored]
        filled = [[str(row[column]) for row in sent] for column in feed.types if column != "sport_name"]
        self.cursor.execute(STORE[feed.name], ([None] * len(stored), [b"\x08"] * len(stored), *filled))
        columns = ", ".join(feed.types)
        self.cursor.execute(
            f"select {feed.key_column}, {columns} from feed.{feed.name} where {feed.key_column} > {after} order by 1"
        )
        keys, *values = zip(*self.cursor.fetchall(), strict=True)
        for column, found in zip(feed.types, values, strict=True):
            meant = [meaning.rank(row[column]) for row in stored]
            numeric = column in feed.columns.decimals or column in feed.columns.numbers
            assert [meaning.rank(Decimal(value) if numeric else value) for value in found] == meant, column
        plainly.insert(self.cursor, feed, list(keys), stored)
        return list(keys)

    def _read_room(self, room: int, feed: Feed, after: int) -> tuple[str, list[int]]:
        """The state of a room's filter, and the keys of the rows after one that its log says it got."""
        self.cursor.execute(LOGGED, (room, feed.feed_id, after))
        logged = [row_id for (row_id,) in self.cursor]
        self.cursor.execute(STATE, (room, feed.feed_id))
        return self.cursor.fetchone()[0], logged

    def _preview(self, feed: Feed, clause: Clause, count: int) -> int | None:
        """How many of the newest rows a preview says match; None if it raises."""
        try:
            self.cursor.execute(PREVIEW, (feed.name, clause.text, count))
        except (psycopg2.DataError, psycopg2.NotSupportedError):
            return None
        told: list[tuple[str, str]] = self.cursor.fetchall()
        (said,) = [value for item, value in told if item == "matching"]
        matching, of = map(int, re.findall(r"\d+", said))
        assert of == count
        assert sum(item == "example" for item, _ in told) == min(3, matching), clause.text
        return matching

    def _check_explanation(self, room: int, feed: Feed, clause: Clause, key: int) -> None:
        """Each part is what it is by itself; and where there are more of them (BETWEEN), joined they are the whole."""
        self.cursor.execute(EXPLAIN, (room, feed.name, key))
        told = [(PART_ITEMS[item], value) for item, value in self.cursor if item in PART_ITEMS]
        said = [re.sub(r".* is (true|false|unknown)$|.* raises: .*", r"\1", v, flags=re.S) or "raises" for _, v in told]
        parts = clause.split(clause.connective) if clause.connective else (clause.text,)
        if len(parts) == len(told):
            plain = [plainly.select_one(self.cursor, feed, part, key) for part in parts]
            assert (told[0][0], said) == (clause.connective, plain), (clause.text, key)
            self.seen["explained"] += 1
        else:
            truths: Any = [{"true": True, "false": False, "unknown": None}[each] for each in said if each != "raises"]
            joined = (meaning.either if told[0][0] == "or" else meaning.both)(*truths)
            whole = plainly.select_one(self.cursor, feed, clause.text, key)
            if "raises" not in said:
                assert whole == {True: "true", False: "false", None: "unknown"}[joined], (clause.text, key)
            self.seen["explained joined"] += 1


def test_all_that_is_said_of_a_filter_is_what_a_select_says(chat: extensions.connection, postgres_version: int) -> None:
    """Of clauses that were accepted."""
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    print(f"the seed is {seed}")
    with chat.cursor() as cursor:
        oracle = Oracle(cursor)
        oracle.check(RAISING, [OVERFLOWING, OVERFLOWING])
        for _ in range(ROUNDS):
            oracle.check(wanted_clauses.draw(chance), [batches.draw(chance) for _ in range(2)])
    seen = oracle.seen
    print(f"PostgreSQL {postgres_version}: {dict(seen)}")
    assert seen["accepted"] > 3 * ROUNDS, seen
    assert seen["followed"] > 2 * ROUNDS, seen
    assert seen["rows"] > 10 * ROUNDS, seen
    assert seen["explained"] > 5 * ROUNDS, seen
    assert seen["suspended"] > ROUNDS / 20, seen
