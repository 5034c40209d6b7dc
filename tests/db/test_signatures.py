"""What filters have in common that differ in constants only: how it is read, kept and let go."""

from collections.abc import Iterator
from random import Random
from typing import Any

import asyncpg
import psycopg2
import pytest
from psycopg2 import extensions

from fuzz.clauses import ClauseMaker
from harness.clauses import read_attacks, read_corpus
from harness.rooms import Rooms, make_execution
from harness.signature_kinds import EXECUTION, READING
from harness.signatures import Matching, prepare
from harness.weather import add_weather

CANONICAL = "select f.canonical from chat.filter as f where f.filter_id = $1"
FILL = """
select r.template, r.constants, chat.fill_template(r.template, r.constants) as filled
from chat.read_signature($1) as r
"""
SIGNATURE = """
select r.template, chat.find_anchors(t), chat.is_mappable(t)
from chat.read_signature(%s) as r
cross join lateral chat.parse_template(r.template) as t
"""
SHAPES = (
    # clause, template, anchors, whether bitmaps can be made
    ("symbol = 'a'", "(symbol = $1:text)", [1], True),
    ("5 < price", "((5)::numeric < price)", None, True),
    ("price between -1 and 2.5", "((price >= $1:numeric) AND (price <= $2:numeric))", None, True),
    ("price in (1, -2.5)", "(price = ANY ($1:numeric[]))", [1], True),
    ("price in (1, null)", "(price = ANY (ARRAY[(1)::numeric, NULL::numeric]))", None, True),
    ("market not in ('a', 'b')", "(market <> ALL ($1:text[]))", None, True),
    ("symbol like 'ab%'", "(symbol ~~ $1:prefix)", [1], False),
    ("symbol like '%abc%'", "(symbol ~~ $1:infix)", [1], False),
    ("symbol like '%ab%'", "(symbol ~~ $1:pattern)", None, False),
    ("symbol like 'a\\%%'", "(symbol ~~ $1:pattern)", None, False),
    ("symbol ilike 'ab%'", "(symbol ~~* 'ab%'::text)", None, True),
    ("symbol = '$1:text' and market = ')'", "((symbol = $1:text) AND (market = $2:text))", [1], True),
    ("market > 'a' and symbol in ('a', 'b')", "((market > $1:text) AND (symbol = ANY ($2:text[])))", [2], True),
    ("symbol = 'a' or price > 5", "((symbol = $1:text) OR (price > $2:numeric))", None, True),
    ("not (symbol = 'a')", "(NOT (symbol = $1:text))", None, True),
    ("symbol = 'a' or market = 'b' and price > 5", None, [1, 2], True),
    ("price = quantity and executionEpoch = 5", "((price = quantity) AND (execution_epoch = $1:bigint))", [1], True),
    ("(price > 5) is not true", "((price > $1:numeric) IS NOT TRUE)", None, False),
    ("price > 5 and (price > 6) is not true", None, None, False),
)
BESIDE = (
    # clause, the columns behind the anchor's in its index
    ("symbol = 'a'", ""),
    ("symbol = 'a' and price > 5 and quantity < 7", ", _k2, _k3"),
    ("price > 5 and symbol = 'a'", ", _k1"),
    ("symbol = 'a' and market = 'b' and executionEpoch > 5", ", _k3"),
    ("symbol = 'a' and price in (5, 6)", ""),
    ("symbol = 'a' and 60 / price > 5 and price > 1", ", _k3"),
    ("symbol = 'a' and price > 5 or market = 'b' and quantity > 5", ", _k2, _k4"),
    ("symbol = 'a'" + "".join(f" and price <> {n}" for n in range(9)), "".join(f", _k{n}" for n in range(2, 10))),
)
BESIDE_ANCHOR = """
select chat.list_beside_anchor(jsonb_populate_record(null::chat.signature, jsonb_build_object('tree', t)), a.slots[1])
from chat.read_signature(%s) as r
cross join lateral chat.parse_template(r.template) as t
cross join lateral chat.find_anchors(t) as a(slots)
"""
INSERT = """
insert into chat.filter (feed_id, canonical, canonical_hash) select %s, t, chat.text_hash(t) from unnest(%s) as t
returning filter_id, canonical
"""
BUILD = """
select chat.lock_log();
select chat.build_constants(s.signature_id, 'pairs') from chat.signature as s where s.filters > 1;
select chat.use_form(s.signature_id, 'pairs') from chat.signature as s where s.filters > 1;
select chat.refresh_stale_routers()
"""
ROUTER = "select xmin::text, oid from pg_proc where proname = 'route_execution'"
LEFT_BEHIND = """
select
  (select count(*) from chat.signature), (select count(*) from chat.routed_filter),
  (select count(*) from matching.trigram),
  (select count(*) from pg_class as c where c.relnamespace = 'matching'::regnamespace and c.relname !~ '^trigram')
"""


@pytest.fixture
def chat(database: str) -> Iterator[extensions.connection]:
    """A connection."""
    connection = psycopg2.connect(database)
    prepare(connection)
    yield connection
    connection.close()


async def test_a_template_with_its_constants_is_the_condition(connection: asyncpg.Connection) -> None:
    """Of every clause of the collections that is accepted, and of random ones; and the constants are not in it."""
    await add_weather(connection)
    cases = [(case.feed_id, case.clause) for case in [*read_corpus(), *read_attacks()]]
    maker = ClauseMaker(5)
    tried = slotted = 0
    for feed_id, clause in [*cases, *(maker.make() for _ in range(150))]:
        filter_id = await connection.fetchval("select filter_id from chat.judge_clause($1, $2)", feed_id, clause)
        if filter_id is None:
            continue
        canonical = await connection.fetchval(CANONICAL, filter_id)
        read = await connection.fetchrow(FILL, canonical)
        assert read is not None
        assert read["filled"] == canonical
        again = await connection.fetchrow(FILL, read["filled"])
        assert again is not None
        assert (again["template"], again["constants"]) == (read["template"], read["constants"])
        tried += 1
        slotted += bool(read["constants"])
    print(f"{tried} clauses, {slotted} with constants")
    assert tried > 150
    assert slotted > 100


def test_shapes(chat: extensions.connection) -> None:
    """Which constants are taken out, by which of them filters are found, and of which bits are made."""
    matching = Matching(chat, EXECUTION)
    for clause, template, anchors, is_mappable in SHAPES:
        read = _read(matching, clause, SIGNATURE)
        assert (template or read[0], anchors, is_mappable) == read, clause


def test_what_stands_in_the_index_of_an_anchor(chat: extensions.connection) -> None:
    """Only what cannot raise, and what is short."""
    matching = Matching(chat, EXECUTION)
    for clause, columns in BESIDE:
        assert _read(matching, clause, BESIDE_ANCHOR) == (columns,), clause


@pytest.mark.parametrize("form", ["pairs", "bitmaps"])
def test_constants_that_no_index_takes(chat: extensions.connection, form: str) -> None:
    """They are evaluated one by one, and match all the same."""
    matching = Matching(chat, EXECUTION)
    long = "é" * 501
    symbols = [f"symbol in ('{first}', 'b') and quantity >= 5" for first in ("a", "c", "é" * 500, long)]
    digits = "12345678901234567890"
    numbers = [f"price in ({n}, 7) and quantity >= {n}" for n in range(3)]
    numbers += [f"price in (1, 2) and quantity >= '{digits}'", f"price in ({_listed(300)}) and quantity >= 5"]
    assert not matching.route([*symbols, *numbers])
    # Longer than a clause may be now, as one may be that is in force from before.
    most = f"((price = ANY (ARRAY[{_listed(1000, '({})::numeric')}])) AND (quantity >= (5)::numeric))"
    matching.cursor.execute(INSERT, (2, [most]))
    matching.add(dict(matching.cursor.fetchall()))
    matching.use(form)
    assert matching.indexed == {form: 7 if form == "pairs" else 8}
    rows = [
        (symbol, "", price, quantity, "0", "")
        for symbol in ("a", "b", "c", "é" * 500, long, "")
        for price in ("1", "2", "7", "299", "300", "999", "1000", "2.5")
        for quantity in ("5", digits, "12345678901234567889", f"{digits}.1", f"{digits}00", "4")
    ]
    wanted = matching.check(rows)
    assert all(wanted.values())


def _read(matching: Matching, clause: str, query: str) -> tuple[Any, ...]:
    """What a query says about a clause's canonical text."""
    matching.cursor.execute("select filter_id from chat.judge_clause(2, %s)", (clause,))
    matching.cursor.execute("select canonical from chat.filter where filter_id = %s", matching.cursor.fetchone())
    (canonical,) = matching.cursor.fetchone() or ("",)
    assert canonical, clause
    matching.cursor.execute(query, (canonical,))
    read: tuple[Any, ...] | None = matching.cursor.fetchone()
    assert read is not None
    return read


def _listed(count: int, form: str = "{}") -> str:
    return ", ".join(form.format(number) for number in range(count))


async def test_a_new_filter_of_a_known_signature_holds_at_once(rooms: Rooms) -> None:
    """The router is as it was, whether a filter comes or goes."""
    await rooms.open(*([1] * 6))
    for room in range(6):
        await rooms.join(f"user{room}", room)
    for room in range(4):
        await rooms.set_filters(f"user{room}", execution=f"symbol = 's{room}' and price > 5")
    await rooms.connection.execute(BUILD)
    router = await rooms.connection.fetchrow(ROUTER)
    await rooms.set_filters("user4", execution="symbol = 's4' and price > 7")
    await rooms.store_executions([make_execution(f"s{number}", price=6 + number % 2) for number in range(6)])
    assert [await rooms.feed_keys(room, 2) for room in range(4)] == [[1], [2], [3], [4]]
    assert await rooms.feed_keys(4, 2) == []
    await rooms.set_filters("user4", execution="symbol = 's4' and price > 5.5")
    await rooms.set_filters("user0", execution="ALL")
    await rooms.connection.execute("select chat.retire_cold_groups()")
    await rooms.store_executions([make_execution(f"s{number}", price=6 + number % 2) for number in range(6)])
    assert [await rooms.feed_keys(room, 2) for room in (0, 1, 4)] == [[1], [2, 8], [11]]
    assert await rooms.connection.fetchrow(ROUTER) == router
    assert await rooms.connection.fetchval("select count(*) from matching.pairs_1") == 4


def test_nothing_is_left_of_a_thousand_shapes(chat: extensions.connection) -> None:
    """Neither signatures nor tables are, when their filters are gone and the form was chosen anew."""
    matching = Matching(chat, READING)
    shapes = [f"((amount > {n}.5) AND ((amount + {n}.5) > 1.5) AND (city ~~ '%abc{n}%'::text))" for n in range(1000)]
    matching.cursor.execute(INSERT, (matching.feed_id, shapes))
    matching.add(dict(matching.cursor.fetchall()))
    matching.route([f"city = '{n}'" for n in range(5)] + [f"city like '%abc{n}%'" for n in range(5)])
    matching.cursor.execute("select count(*) from chat.signature")
    assert matching.cursor.fetchall() == [(1002,)]
    matching.cursor.execute(BUILD)
    matching.check([READING.row(Random(number)) for number in range(10)])
    matching.end()
    for _ in range(3):
        matching.cursor.execute("select chat.tune_matching()")
    matching.cursor.execute(LEFT_BEHIND)
    assert matching.cursor.fetchall() == [(0, 0, 0, 0)]
    matching.check([READING.row(Random(number)) for number in range(10)])
