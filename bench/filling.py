"""Fills a database's tables as joins and FILTERs would, except for the rooms' views, which routing does not read.

Ten thousand FILTERs would take half an hour.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import asyncpg

from bench import queries
from bench.errors import BenchError

FIRST_FILTERS, FILTERS_AT_ONCE = 500, 10_000
ROOMS_AT_ONCE = 1000
"""So many rooms change their group in one transaction: what one transaction changes again and again gets slower."""


class Clause(Protocol):
    """A filter, as a user writes it and as Postgres stores it."""

    @property
    def clause(self) -> str:
        """What the user writes."""

    @property
    def canonical(self) -> str:
        """What Postgres makes of it."""


async def timed(connection: asyncpg.Connection, query: str, *arguments: Any) -> float:
    """Run a statement; returns the seconds it took."""
    started = time.perf_counter()
    await connection.execute(query, *arguments)
    return time.perf_counter() - started


async def fill_rooms(connection: asyncpg.Connection, rooms: int) -> float:
    """Make occupied rooms of one member each, on NONE; returns the seconds it took."""
    took = await timed(connection, queries.FILL_ROOMS, rooms)
    # Otherwise what follows is planned for empty tables, and takes time with the square of their rows. But not yet of
    # chat.room: it would be planned for rooms that all have the same group.
    return took + await timed(connection, queries.ANALYZE_FILTERS)


async def fill_filters(
    connection: asyncpg.Connection, feed_id: int, rooms: int, filters: Sequence[Clause], kinds: int = 1
) -> dict[str, float]:
    """Give the rooms filters in turn; returns the seconds that each step took. The router is as it was.

    The first `kinds` filters are judged, to see that the others, which only differ in constants, are stored as Postgres
    would store them; raises BenchError if not.
    """
    took = {}
    if filters:
        for each in filters[:kinds]:
            judged = await connection.fetchval(queries.JUDGE, each.clause, feed_id)
            judged = await connection.fetchval(queries.CANONICAL, judged)
            if judged != each.canonical:
                raise BenchError(f"Postgres writes {judged}, not {each.canonical}")
        took["filters"] = await _fill_texts(connection, feed_id, filters)
    took["groups"] = 0.0
    for first in range(0, rooms, ROOMS_AT_ONCE):
        took["groups"] += await timed(connection, queries.REGROUP_ROOMS, first, first + ROOMS_AT_ONCE - 1)
        if first in (0, ROOMS_AT_ONCE):
            took["groups"] += await timed(connection, queries.ANALYZE)
    took["counts"] = await timed(connection, queries.COUNT_ROOMS)
    took["wake"] = await timed(connection, queries.WAKE_GROUPS)
    took["retire"] = await timed(connection, queries.RETIRE_GROUPS)
    took["vacuum"] = await timed(connection, queries.VACUUM)
    return took


async def _fill_texts(connection: asyncpg.Connection, feed_id: int, filters: Sequence[Clause]) -> float:
    took = 0.0
    for first in (0, *range(FIRST_FILTERS, len(filters), FILTERS_AT_ONCE)):
        some = filters[first : first + FILTERS_AT_ONCE if first else FIRST_FILTERS]
        texts = [each.clause for each in some], [each.canonical for each in some]
        took += await timed(connection, queries.FILL_FILTERS, *texts, feed_id, first, len(filters))
        took += await timed(connection, queries.ANALYZE_FILTERS)
    return took


async def tune(connection: asyncpg.Connection) -> tuple[list[asyncpg.Record], float]:
    """Have the forms chosen as gateways do; returns the signatures and the seconds it took."""
    started = time.perf_counter()
    before: list[asyncpg.Record] | None = None
    while (signatures := await connection.fetch(queries.SIGNATURES)) != before:
        before = signatures
        await connection.execute(queries.TUNE_MATCHING)
    return signatures, time.perf_counter() - started


async def check_counts(connection: asyncpg.Connection, feed_id: int, expected: Mapping[int, int], told: str) -> None:
    """Raises BenchError if a room did not get as many messages as expected, by its sequence and by its log."""
    wanted = {room: count for room, count in expected.items() if count}
    for query, arguments in ((queries.ROOM_SEQS, ()), (queries.LOGGED_KEYS, (feed_id,))):
        found = {room: count for room, count in await connection.fetch(query, *arguments) if count}
        if found != wanted:
            wrong = next(room for room in {*found, *wanted} if found.get(room, 0) != wanted.get(room, 0))
            raise BenchError(
                f"{told}: room {wrong} got {found.get(wrong, 0)} messages, not the {wanted.get(wrong, 0)} that pass"
            )
