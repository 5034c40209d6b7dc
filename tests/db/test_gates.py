"""Each gate stops by itself what it is there for, with the other gates off: no gate leans on another unseen."""

from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from harness.clauses import Case, read_attacks

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

Gate = Callable[[asyncpg.Connection, Case], Awaitable[bool]]


async def is_stopped_by_words(connection: asyncpg.Connection, case: Case) -> bool:
    """The first gate alone."""
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
    """The reason of the second and third gate; the view is left for the caller's rollback."""
    reason = await connection.fetchval("select reason from chat.parse_clause($1, $2)", case.feed_id, case.clause)
    return None if reason is None else str(reason)


GATES: dict[str, tuple[Gate, int]] = {
    "words": (is_stopped_by_words, 100),
    "guard": (is_stopped_by_guard, 10),
    "parse": (is_stopped_by_parser, 40),
    "shape": (is_stopped_by_shape, 10),
    "tree": (is_stopped_by_tree, 60),
    "trial": (is_stopped_by_trial, 20),
}


@pytest.mark.parametrize("postgres_version", [18, 16])
@pytest.mark.parametrize("gate", GATES)
async def test_gate_alone(gate: str, connection: asyncpg.Connection) -> None:
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
        for is_stopped in (is_stopped_by_words, is_stopped_by_shape, is_stopped_by_tree):
            transaction = connection.transaction()
            await transaction.start()
            try:
                assert not await is_stopped(connection, case), (is_stopped.__name__, case)
            finally:
                await transaction.rollback()
