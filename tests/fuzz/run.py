"""Puts clauses through guard and gates as a gateway does, and counts."""

import time
from dataclasses import dataclass, field

import asyncpg

from fuzz.clauses import ClauseMaker
from fuzz.inspection import Inspector
from harness.clauses import guard_clause

JUDGE_CLAUSE = "select filter_id, reason from chat.judge_clause($1, $2)"
FORGET = "select chat.forget_verdicts()"
CANONICAL = "select feed_id, canonical from chat.filter where filter_id = $1"
LEFT_BEHIND = """
select
  (select count(*) from pg_class) as relations,
  (select count(*) from pg_type) as types,
  (select count(*) from pg_proc) as functions,
  (select count(*) from pg_rewrite) as rules,
  (select count(*) from pg_depend) as dependencies
"""
COUNTS = """
select
  (select count(*) from chat.filter) as filters,
  (select count(*) from chat.filter_verdict) as verdicts,
  (select s.max_verdicts from chat.setting as s) as max_verdicts,
  (select count(*) from chat.filter as f where not exists (
    select from chat.filter_verdict as v where v.filter_id = f.filter_id
  ) and f.canonical not in ('true', 'false')) as unused_filters
"""


@dataclass
class Outcome:
    """What a run found. `faults` is to be empty."""

    clauses: int = 0
    accepted: int = 0
    filters: dict[tuple[int, str], str] = field(default_factory=dict)
    """The clause that was first accepted as this filter of this feed."""
    seconds: float = 0.0
    slowest: float = 0.0
    slowest_clause: str = ""
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.clauses} clauses in {self.seconds:.0f} s, {self.accepted} accepted as {len(self.filters)} filters, "
            f"{len(self.faults)} faults, slowest {1000 * self.slowest:.0f} ms: {self.slowest_clause!r}"
        )


async def fuzz(connection: asyncpg.Connection, count: int, seed: int) -> Outcome:
    """Try so many clauses of a seed on a database that nobody else uses."""
    outcome = Outcome(clauses=count)
    maker = ClauseMaker(seed)
    inspector = Inspector(connection)
    await inspector.load()
    before = await connection.fetchrow(LEFT_BEHIND)
    started = time.monotonic()
    for _ in range(count):
        feed_id, clause = maker.make()
        await _try(connection, feed_id, clause, outcome)
    outcome.seconds = time.monotonic() - started
    if (after := await connection.fetchrow(LEFT_BEHIND)) != before:
        outcome.faults.append(f"left behind: {before} before, {after} after")
    counts = await connection.fetchrow(COUNTS)
    assert counts is not None
    if counts["verdicts"] > counts["max_verdicts"] or counts["unused_filters"]:
        outcome.faults.append(f"remembered for nothing: {counts}")
    for (feed_id, canonical), clause in outcome.filters.items():
        outcome.faults += [f"{fault}: {clause!r}" for fault in await inspector.inspect(feed_id, canonical)]
    return outcome


async def _try(connection: asyncpg.Connection, feed_id: int, clause: str, outcome: Outcome) -> None:
    started = time.monotonic()
    try:
        guarded = await guard_clause(connection, feed_id, clause)
        judged = await connection.fetchrow(JUDGE_CLAUSE, feed_id, clause)
    except asyncpg.PostgresError as error:
        outcome.faults.append(f"{type(error).__name__} escaped from {clause!r}: {error}")
        return
    assert judged is not None
    filter_id, reason = judged
    took = time.monotonic() - started
    if took > outcome.slowest:
        outcome.slowest, outcome.slowest_clause = took, clause
    if (filter_id is None) is (reason is None):
        outcome.faults.append(f"neither accepted nor refused: {clause!r}")
    if reason is None:
        outcome.accepted += 1
        row = await connection.fetchrow(CANONICAL, filter_id)
        assert row is not None
        outcome.filters.setdefault((row["feed_id"], row["canonical"]), clause)
        if guarded is not None:
            outcome.faults.append(f"accepted, but not by the guard ({guarded}): {clause!r}")
    await connection.execute(FORGET)
