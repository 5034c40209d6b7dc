"""Row 7: inserting and routing alone, with the bridge's own statement.

Each filter passes 1 % of the rows. The tables are filled as joins and FILTERs would fill them, except for the rooms'
views, which routing does not read: ten thousand FILTERs would take half an hour.
"""

import asyncio
import time
from dataclasses import dataclass

import asyncpg

from bench import payload, queries
from bench.clauses import TitleRange
from bench.errors import BenchError
from bench.form import TITLES
from bench.row import Bench, Row
from bridge.batch import Batch
from bridge.batch import Row as FeedRow
from bridge.statement import Origin
from bridge.store import Store
from proto.event_pb2 import BASEBALL

TITLE = "Insert and routing alone"
BATCHES = (1, 10, 100, 1000)
FILTERS = (5, 100, 1000, 10_000)
SHARING = (5, 100, 1000, 10_000)
"""How many rooms share five filters, or have none."""
SHARED_FILTERS = 5
WIDTH = TITLES // 100
QUARTER = TITLES // 4
CELL_SECONDS = 0.4
LEAST_BATCHES = 3


@dataclass(frozen=True, slots=True)
class Layout:
    """`rooms` occupied rooms that share `filters` filters in turn; without filters, all have NONE."""

    title: str
    rooms: int
    filters: int
    width: int = WIDTH

    def filter(self, number: int) -> TitleRange:
        """The filter of the rooms `number`, `number` + `filters`, and so on."""
        return TitleRange(number, self.width)

    def sharing(self, number: int) -> int:
        """How many rooms have the filter `number`."""
        return len(range(number, self.rooms, self.filters))

    def passed(self, first: int, count: int) -> int:
        """How many messages all rooms get together of `count` messages, counted from number `first` on."""
        if not self.filters:
            return self.rooms * count
        return sum(self.sharing(n) * self.filter(n).passed(first, count) for n in range(self.filters))


LAYOUTS = (
    *(Layout(f"{count:,} rooms, {count:,} filters", count, count) for count in FILTERS),
    *(Layout(f"{rooms:,} rooms share {SHARED_FILTERS} filters", rooms, SHARED_FILTERS) for rooms in SHARING[1:]),
    *(Layout(f"{rooms:,} rooms, NONE", rooms, 0) for rooms in SHARING),
    Layout("1,000 rooms, 1,000 filters, each passes 25 %", 1000, 1000, QUARTER),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """How long a batch took, in seconds, and rows per second."""

    batch: int
    seconds: float
    rate: float


def run(bench: Bench) -> Row:
    """Raises BenchError."""
    figures, data, rows = [], [], 0
    for layout in LAYOUTS:
        cells, stored, router = asyncio.run(_measure(bench, layout))
        rows += stored
        figures.append(describe(layout, cells, router))
        bench.say(figures[-1])
        data.append(
            {
                "layout": layout.title,
                "rooms": layout.rooms,
                "filters": layout.filters,
                "share": layout.width / TITLES if layout.filters else 1.0,
                "router_seconds": router,
                "cells": [{"batch": cell.batch, "seconds": cell.seconds, "rate": cell.rate} for cell in cells],
            }
        )
    return Row(
        TITLE, figures, f"{rows:,} rows; every room's sequence rose by what its filter passes", {"layouts": data}
    )


def describe(layout: Layout, cells: list[Cell], router: float) -> str:
    """A layout's figures in words."""
    told = ", ".join(f"{cell.seconds * 1000:.2f} ms for {cell.batch:,}" for cell in cells)
    return f"{layout.title}: {told} ({cells[-1].rate:,.0f} rows/s); router made in {router * 1000:.0f} ms"


async def _measure(bench: Bench, layout: Layout) -> tuple[list[Cell], int, float]:
    """The cells, how many rows were stored for them, and how many seconds the router took to make."""
    url = bench.servers.create_database()
    connection = await asyncpg.connect(url)
    try:
        router = await _occupy(connection, layout)
        async with Store(url, {}) as store:
            run = Run(store, (await store.open_position(ORIGIN)).last_seq)
            await run.warm()
            cells = [await run.measure(size) for size in BATCHES]
        await _check(connection, layout, run.number)
    finally:
        await connection.close()
    bench.servers.drop_database(url)
    return cells, run.number, router


ORIGIN = Origin("BENCH", "bench")


class Run:
    """Stores one batch after the other; `number` counts the messages."""

    def __init__(self, store: Store, position: int) -> None:
        self._store = store
        self._position = position
        self.number = 0

    async def warm(self) -> None:
        """Have everything planned and read that later batches need."""
        for size in (1, 1, 1, 1, 1, 10, 100):
            await self._write(size)

    async def measure(self, size: int) -> Cell:
        """Store batches of one size for a while; returns the median."""
        times: list[float] = []
        while len(times) < LEAST_BATCHES or sum(times) < CELL_SECONDS:
            times.append(await self._write(size))
        return Cell(size, sorted(times)[len(times) // 2], size * len(times) / sum(times))

    async def _write(self, size: int) -> float:
        batch = Batch([_row(number, self._position + 1 + number) for number in range(self.number, self.number + size)])
        started = time.perf_counter()
        await self._store.write(ORIGIN, batch)
        self.number += size
        return time.perf_counter() - started


def _row(number: int, sequence: int) -> FeedRow:
    message = payload.make_event(number, 0)
    data = payload.data_event(number, 0)
    return FeedRow(sequence, sequence, 0, "sport_event", message, (BASEBALL, payload.title(number), data))


async def _occupy(connection: asyncpg.Connection, layout: Layout) -> float:
    """Make rooms with one member each, their filters, and the router; returns how many seconds the router took."""
    await connection.execute(queries.FILL_ROOMS, layout.rooms)
    filters = [layout.filter(number) for number in range(layout.filters)]
    if filters:
        judged = await connection.fetchval(queries.JUDGE, filters[0].clause)
        judged = await connection.fetchval(queries.CANONICAL, judged)
        if judged != filters[0].canonical:
            raise BenchError(f"Postgres writes {judged}, not {filters[0].canonical}")
        await connection.execute(queries.FILL_FILTERS, [f.clause for f in filters], [f.canonical for f in filters])
    for query in (queries.REGROUP_ROOMS, queries.COUNT_ROOMS, queries.WAKE_GROUPS, queries.ANALYZE):
        await connection.execute(query)
    started = time.perf_counter()
    await connection.execute(queries.REFRESH_ROUTER)
    return time.perf_counter() - started


async def _check(connection: asyncpg.Connection, layout: Layout, rows: int) -> None:
    """Raises BenchError if a room did not get as many messages as its filter passes."""
    expected = dict.fromkeys(range(layout.rooms), rows)
    if layout.filters:
        passed = [layout.filter(number).passed(0, rows) for number in range(layout.filters)]
        expected = {room: passed[room % layout.filters] for room in range(layout.rooms)}
    for query in (queries.ROOM_SEQS, queries.LOGGED_KEYS):
        found = {room: count for room, count in await connection.fetch(query) if count}
        if found != {room: count for room, count in expected.items() if count}:
            raise BenchError(f"{layout.title}: rooms got other counts than their filters pass")
