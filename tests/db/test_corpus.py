"""Every clause of the collections gets the verdict that is listed for it, quickly, and leaves nothing behind."""

import time
from collections.abc import Callable

import asyncpg
import pytest

from harness.clauses import Case, guard_clause, read_attacks, read_corpus
from harness.rooms import Rooms
from harness.weather import add_weather

JUDGE_CLAUSE = "select reason from chat.judge_clause($1, $2)"
CANDIDATES = "select count(*) from pg_class where relnamespace = 'room_filter'::regnamespace"
LONGEST_SECONDS = {read_corpus: 2.0, read_attacks: 20.0}
"""For one clause on a busy machine; idle it is 25 ms in the corpus, and 1 s for an attack that the trial stops."""
KEYWORDS = {"NONE", "ALL", "SAME"}


@pytest.fixture(autouse=True)
async def weather(connection: asyncpg.Connection) -> None:
    """The feed that has all types."""
    await add_weather(connection)


@pytest.mark.parametrize(
    ("read", "postgres_version"),
    [
        *((read_corpus, version) for version in (18, 16)),
        (read_attacks, 18),
        pytest.param(read_attacks, 16, marks=pytest.mark.slow),
    ],
)
async def test_every_clause_of_the_corpus_gets_its_verdict(
    read: Callable[[], list[Case]], connection: asyncpg.Connection, postgres_version: int
) -> None:
    """Refused or accepted as listed by the guard and the gates together, and by the gates without the guard."""
    cases = read()
    assert len(cases) > 150
    before = await connection.fetchval(CANDIDATES)
    wrong, took = [], []
    for case in cases:
        if case.clause.strip() in KEYWORDS:
            assert case.is_valid
            continue
        started = time.monotonic()
        guarded = await guard_clause(connection, case.feed_id, case.clause)
        judged = await connection.fetchval(JUDGE_CLAUSE, case.feed_id, case.clause)
        took.append((time.monotonic() - started, case.clause[:60]))
        if (judged is None) is not case.is_valid or (case.is_valid and guarded is not None):
            wrong.append((case, judged, guarded))
    took.sort()
    print(f"PostgreSQL {postgres_version}: {len(took)} clauses, slowest {1000 * took[-1][0]:.1f} ms: {took[-1][1]}")
    assert wrong == []
    assert took[-1][0] < LONGEST_SECONDS[read]
    assert await connection.fetchval(CANDIDATES) == before


async def test_a_room_can_have_them(connection: asyncpg.Connection, rooms: Rooms) -> None:
    """All accepted clauses together can be in force: the router that holds them all routes a row."""
    cases = [case for case in [*read_corpus(), *read_attacks()] if case.is_valid and case.clause.strip() != "SAME"]
    await rooms.open(*([1] * len(cases)))
    for number, case in enumerate(cases):
        await rooms.join(f"user{number}", number)
        _, refusal = await rooms.try_filters(f"user{number}", {case.feed_id: case.clause})
        assert refusal is None, case
    await connection.execute(
        "select feed.store_sport_event('{null}', array['x'::bytea], '{3}', '{A vs B}', '{some goal}')"
    )
    await connection.execute(
        "select feed.store_execution('{null}', array['x'::bytea], '{a}', '{GOLF}', '{60}', '{2}', '{1}', '{PA}')"
    )
    await connection.execute("insert into feed.weather (town, payload) values ('a', '{}'), (null, null)")
    assert await connection.fetchval("select count(*) from chat.room_filter where state = 'suspended'") == 0
    assert await connection.fetchval("select sum(last_place - first_place + 1) from chat.group_log") > 50
