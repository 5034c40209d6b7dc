"""Filters that members change while a feed runs, and the check that each row was judged by the filter then in force."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import asyncpg

from bench import queries
from bench.batches import Run
from bench.errors import BenchError
from bench.kinds import Filter
from gateway.client.filters import MOST_AT_ONCE, prepare_guard
from gateway.postgres.queries import SET_ROOM_FILTERS
from runtime.session import SESSION_SETTINGS

Change = tuple[int, Filter]
"""A room, and the filter that its member sets."""


@dataclass(slots=True)
class Waits:
    """How long each of some statements took, in seconds."""

    seconds: list[float] = field(default_factory=list)

    def quantile(self, share: float) -> float:
        """The time within which this share of them ended."""
        ordered = sorted(self.seconds)
        return ordered[round((len(ordered) - 1) * share)]


async def set_filter(connection: asyncpg.Connection, gateway_id: int, feed_id: int, change: Change) -> None:
    """Do what a gateway does for a FILTER; raises BenchError if it is refused."""
    await _set_together(connection, gateway_id, feed_id, [change])


async def set_filters(url: str, feed_id: int, changes: Sequence[Change], rate: float, seconds: float) -> Waits:
    """Have filters set at a rate, over one connection, for so long; how long each took.

    Those that are due go together, as in a gateway.
    """
    connection = await asyncpg.connect(url, server_settings=dict(SESSION_SETTINGS))
    try:
        gateway_id = await connection.fetchval(queries.GATEWAY_ID)
        waits, started, done = Waits(), time.perf_counter(), 0
        while done < len(changes):
            await asyncio.sleep(started + done / rate - time.perf_counter())
            begun = time.perf_counter()
            if begun - started > seconds:
                break
            due = changes[done : min(int((begun - started) * rate) + 1, done + MOST_AT_ONCE)]
            await _set_together(connection, gateway_id, feed_id, due)
            waits.seconds += [time.perf_counter() - begun] * len(due)
            done += len(due)
        return waits
    finally:
        await connection.close()


async def _set_together(
    connection: asyncpg.Connection, gateway_id: int, feed_id: int, changes: Sequence[Change]
) -> None:
    users = [f"user{room}" for room, _ in changes]
    clauses = [each.clause for _, each in changes]
    feed_ids, numbers = [feed_id] * len(changes), [*range(1, len(changes) + 1)]
    prepared: list[str] = []
    while True:
        rows = await connection.fetch(
            SET_ROOM_FILTERS, gateway_id, users, numbers, feed_ids, clauses, prepared, len(changes) == 1
        )
        if any(row["guards"] for row in rows) and len(changes) > 1:
            raise BenchError(f"Postgres has not seen the like of {clauses}")
        for guard in rows[0]["guards"] or ():
            if (error := await prepare_guard(connection, guard)) is not None:
                raise BenchError(f"Postgres does not prepare {clauses[0]}: {error}")
            prepared.append(guard)
        if not rows[0]["guards"]:
            break
    if refused := [clause for clause, row in zip(clauses, rows, strict=True) if row["seq"] is None]:
        raise BenchError(f"rooms were refused {refused}")


async def feed(run: Run, rate: float, batches: float, until: asyncio.Event) -> Waits:
    """Store rows at a rate, in so many batches per second as long as these are quick; how long each batch took."""
    waits, started, first = Waits(), time.perf_counter(), run.number
    while not until.is_set():
        due = int((time.perf_counter() - started) * rate) - (run.number - first)
        if due > 0:
            waits.seconds.append(await run.write(min(due, 2000)))
        await asyncio.sleep(1 / batches)
    return waits


async def check_periods(connection: asyncpg.Connection, feed_id: int, filters: Mapping[str, Filter], run: Run) -> int:
    """Raises BenchError unless every room got, between two changes, as many rows as its filter passes of those stored.

    Filters are found by their clauses; returns how many periods there were.
    """
    ((least, most, count),) = await connection.fetch(queries.EXECUTION_KEYS)
    if most - least + 1 != count or count != run.number:
        raise BenchError(f"{count} rows from {least} to {most} are stored of {run.number}")
    newest = {row["room_id"]: row["newest_seq"] for row in await connection.fetch(queries.ROOM_SEQS)}
    periods = await connection.fetch(queries.FILTER_PERIODS, feed_id)
    # Not in the loop: a bridge's session that says nothing for long counts as dead.
    await asyncio.to_thread(_check_periods, periods, newest, filters, run.first, least, most)
    return len(periods)


def _check_periods(
    periods: Sequence[asyncpg.Record],
    newest: Mapping[int, int],
    filters: Mapping[str, Filter],
    first_counted: int,
    least: int,
    most: int,
) -> None:
    for place, (room, clause, from_seq, from_row) in enumerate(periods):
        following = periods[place + 1] if place + 1 < len(periods) else None
        until_seq, until_row = newest[room] + 1, most
        if following is not None and following["room_id"] == room:
            until_seq, until_row = following["from_seq"], following["from_row_id"]
        first = max(first_counted, from_row - least + 1)
        wanted = filters[clause].passed(first, until_row - least + 1 - first)
        # The first message of a period is FILTERAPPLIED; a room's first filter came without.
        if (given := until_seq - from_seq - 1) != wanted:
            raise BenchError(f"room {room} got {given} rows, not {wanted}, while its filter was {clause}")
