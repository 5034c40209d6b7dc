"""Each gate stops by itself what it is there for, with the other gates off: no gate leans on another unseen."""

import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

import db.apply
from harness.clauses import Case, read_attacks
from harness.weather import add_weather

ROOT = Path(__file__).parents[2]

NORMALIZED = "select normalized from chat.read_clause($1, $2)"
SHAPE = "the clause is more than a condition on the columns of the feed"
TREE_OFF = """
create or replace function chat.check_tree(p_feed_id integer, p_quals text)
returns text language sql as 'select null::text'
"""
SHAPE_OFF = """
alter function chat.split_view_tree rename to split_view_tree_anyhow;
create function chat.split_view_tree(p_view text, out shell text, out quals text)
language sql as 'select null, t.quals from chat.split_view_tree_anyhow(p_view) as t'
"""

LONGEST_READING = 1.0
"""Seconds for one clause on a busy machine; idle it is 20 ms."""

Gate = Callable[[asyncpg.Connection, Case], Awaitable[bool]]


@pytest.fixture(autouse=True)
async def weather(connection: asyncpg.Connection) -> None:
    """The feed that has all types."""
    await add_weather(connection)


async def is_stopped_by_words(connection: asyncpg.Connection, case: Case) -> bool:
    """The words alone."""
    return (
        await connection.fetchval("select reason from chat.read_clause($1, $2)", case.feed_id, case.clause) is not None
    )


async def is_stopped_by_guard(connection: asyncpg.Connection, case: Case) -> bool:
    """The gateway's prepare of what no gate has seen."""
    select = await connection.fetchval("select chat.candidate_select($1)", case.feed_id)
    try:
        await connection.prepare(f"{select} where (\n{case.clause}\n)")
    except asyncpg.PostgresError:
        return True
    return False


async def is_stopped_by_parser(connection: asyncpg.Connection, case: Case) -> bool:
    """`create view` of what no gate has seen, with the tree not looked at."""
    await connection.execute(TREE_OFF)
    try:
        async with connection.transaction():
            await parse(connection, case)
    except asyncpg.PostgresError as error:
        return bool(error.sqlstate[:2] in ("22", "42"))
    return False


async def is_stopped_by_shape(connection: asyncpg.Connection, case: Case) -> bool:
    """What the parser stored around the condition, with the condition not looked at."""
    await connection.execute(TREE_OFF)
    return await parse(connection, case) == SHAPE


async def is_stopped_by_tree(connection: asyncpg.Connection, case: Case) -> bool:
    """The condition's tree, of what no gate has seen, with what is around it not looked at."""
    await connection.execute(SHAPE_OFF)
    return await parse(connection, case) is not None


async def is_stopped_by_trial(connection: asyncpg.Connection, case: Case) -> bool:
    """The trial run of what no gate has seen."""
    try:
        async with connection.transaction():
            reason = await connection.fetchval("select chat.try_clause($1, $2)", case.feed_id, case.clause)
    except asyncpg.DataError:
        return True
    return reason is not None


async def parse(connection: asyncpg.Connection, case: Case) -> str | None:
    """The reason of parser, shape or tree; the view is left for the caller's rollback."""
    reason = await connection.fetchval("select reason from chat.parse_clause($1, $2)", case.feed_id, case.clause)
    return None if reason is None else str(reason)


GATES: dict[str, tuple[Gate, int]] = {
    "words": (is_stopped_by_words, 100),
    "guard": (is_stopped_by_guard, 10),
    "parser": (is_stopped_by_parser, 40),
    "shape": (is_stopped_by_shape, 10),
    "tree": (is_stopped_by_tree, 60),
    "trial": (is_stopped_by_trial, 20),
}


@pytest.mark.parametrize("postgres_version", [18, 16])
@pytest.mark.parametrize("gate", GATES)
async def test_each_gate_alone_refuses_what_it_is_there_for(gate: str, connection: asyncpg.Connection) -> None:
    """Every clause that is aimed at a gate is refused by it."""
    is_stopped, at_least = GATES[gate]
    cases = [case for case in read_attacks() if case.gate == gate]
    assert len(cases) >= at_least
    passed = []
    for case in cases:
        transaction = connection.transaction()
        await transaction.start()
        try:
            if not await is_stopped(connection, case):
                passed.append((case.clause, "nothing"))
        except asyncpg.PostgresError as error:
            passed.append((case.clause, f"another gate: {error}"))
        finally:
            await transaction.rollback()
    assert not passed, "\n".join(map(str, passed))


async def test_gates_pass_what_is_valid(connection: asyncpg.Connection) -> None:
    """No gate refuses a clause that is to be accepted, so none of them refuses everything."""
    for case in read_attacks():
        if case.gate != "none":
            continue
        assert not await is_stopped_by_words(connection, case), case
        # The gates behind get it as the words leave it: an ESCAPE is in the pattern then.
        normalized = await connection.fetchval(
            "select normalized from chat.read_clause($1, $2)", case.feed_id, case.clause
        )
        read = replace(case, clause=normalized)
        for is_stopped in (is_stopped_by_shape, is_stopped_by_tree):
            transaction = connection.transaction()
            await transaction.start()
            try:
                assert not await is_stopped(connection, read), (is_stopped.__name__, case)
            finally:
                await transaction.rollback()


async def test_words_refuse_quickly(connection: asyncpg.Connection) -> None:
    """What the words refuse is read anew each time it is sent, so neither that nor the explanation may take long."""
    took = {}
    for case in read_attacks():
        if case.gate == "words":
            started = time.monotonic()
            await is_stopped_by_words(connection, case)
            took[case.clause] = time.monotonic() - started
    slowest = max(took, key=lambda clause: took[clause])
    assert took[slowest] < LONGEST_READING, slowest


@pytest.mark.parametrize("document", ["README.md", "docs/architecture.md", "docs/filters.md"])
def test_documents_name_the_gates(document: str) -> None:
    """Every document counts the same gates by the same names in the same order, and by nothing else."""
    text = (ROOT / document).read_text(encoding="utf-8")
    *most, last = GATES
    assert f"{', '.join(most)} and {last}" in " ".join(text.split())
    assert "six stages" in " ".join(text.split())
    assert not re.search(r"\b(three|four|five|seven) (gates|stages)\b|\b(first|second|third|fourth) gate\b", text, re.I)


def test_the_table_of_gates() -> None:
    """The table in docs/filters.md has one row per gate, and the function that it names is there."""
    table = re.search(
        r"\| stage \|.*\n\|---.*\n((?:\|.*\n)+)", (ROOT / "docs" / "filters.md").read_text(encoding="utf-8")
    )
    assert table
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in table[1].splitlines()]
    assert [row[0] for row in rows] == list(GATES)
    functions = {path.stem for path in db.apply.FUNCTIONS.rglob("*.sql")}
    assert {row[-1].strip("`") for row in rows} <= functions


def test_every_gate_has_attacks_and_its_name_in_the_code() -> None:
    """attacks.tsv aims at these gates and no others, and each has a function whose file begins with its name."""
    assert {case.gate for case in read_attacks()} == {*GATES, "none"}
    heads = [path.read_text(encoding="utf-8").splitlines()[0] for path in db.apply.FUNCTIONS.rglob("*.sql")]
    named = [re.findall(r"`(\w+)`", head.partition(":")[0]) for head in heads if re.match("-- Stages? ", head)]
    assert {name for names in named for name in names} == set(GATES)
