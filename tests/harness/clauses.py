"""The collections of clauses with their verdicts: tests/db/corpus.tsv and tests/db/attacks.tsv."""

from dataclasses import dataclass
from pathlib import Path

import asyncpg

from gateway.client.filters import guard_arguments, prepare_guard
from gateway.postgres.queries import EXPLAIN_GUARD_ERROR
from harness.weather import WEATHER

DIRECTORY = Path(__file__).parents[1] / "db"
FEED_IDS = {"sport_event": 1, "execution": 2, "weather": WEATHER}
"""The feeds that clauses are for; `weather` is one that the tests add (add_weather)."""
GUARD = "select chat.guard_statement($1, a.normalized) from chat.admit_clause($1, $2) as a"


@dataclass(frozen=True)
class Case:
    """A clause, the feed that it is for, what it is about, and whether it is to be accepted.

    `gate` is the one that must refuse it though all others were off; "" in the corpus, "none" for one to accept.
    """

    gate: str
    feed_id: int
    is_valid: bool
    clause: str
    about: str


def read_corpus() -> list[Case]:
    """The collection that was given: feed, verdict, clause, why."""
    return [_case("", *row) for row in _rows("corpus.tsv")]


def read_attacks() -> list[Case]:
    """Our own, with the gate in front."""
    return [_case(*row) for row in _rows("attacks.tsv")]


async def guard_clause(connection: asyncpg.Connection, feed_id: int, clause: str) -> str | None:
    """The reason of the guard alone, as a gateway's client gets it; None if it lets the clause pass or is not asked."""
    guard = await connection.fetchval(GUARD, feed_id, clause)
    error = await prepare_guard(connection, guard) if guard is not None else None
    if error is None:
        return None
    return str(
        await connection.fetchval(f"select reason from {EXPLAIN_GUARD_ERROR}", *guard_arguments(feed_id, clause, error))
    )


def _rows(name: str) -> list[list[str]]:
    # By hand: the clauses hold quotes of all kinds, and characters that splitlines() takes for ends of lines.
    text = (DIRECTORY / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.split("\n")[1:] if line]


def _case(gate: str, feed: str, verdict: str, clause: str, about: str) -> Case:
    assert verdict in ("ok", "reject"), clause
    plain = clause.replace("\\\\", "\0").replace("\\n", "\n").replace("\0", "\\")
    return Case(gate, FEED_IDS[feed], verdict == "ok", plain, about)
