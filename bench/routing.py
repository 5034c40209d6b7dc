"""Row 7: inserting and routing alone, with the bridge's own statement.

Each filter passes 1 % of the rows. The tables are filled as joins and FILTERs would fill them, except for the rooms'
views, which routing does not read: ten thousand FILTERs would take half an hour.
"""

import asyncio
from dataclasses import dataclass

import asyncpg

from bench import filling, payload, queries
from bench.batches import BATCHES, Cell, Run
from bench.clauses import TitleRange
from bench.form import TITLES
from bench.row import Bench, Row
from bridge.batch import Row as FeedRow
from bridge.store import Store
from proto.event_pb2 import BASEBALL

TITLE = "Insert and routing alone"
FILTERS = (5, 100, 1000, 10_000)
SHARING = (5, 100, 1000, 10_000)
"""How many rooms share five filters, or have none."""
SHARED_FILTERS = 5
FEED = 1
WIDTH = TITLES // 100
QUARTER = TITLES // 4


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
            run = await Run.begin(store, connection, _row)
            await run.warm()
            cells = [await run.measure(size) for size in BATCHES]
        await _check(connection, layout, run.number)
    finally:
        await connection.close()
    bench.servers.drop_database(url)
    return cells, run.number, router


def _row(number: int, sequence: int) -> FeedRow:
    message = payload.make_event(number, 0)
    data = payload.data_event(number, 0)
    return FeedRow(sequence, sequence, 0, "sport_event", message, (BASEBALL, payload.title(number), data))


async def _occupy(connection: asyncpg.Connection, layout: Layout) -> float:
    """Make rooms with one member each, their filters, and the router; returns how many seconds the router took."""
    filters = [layout.filter(number) for number in range(layout.filters)]
    await filling.fill_rooms(connection, layout.rooms)
    await filling.fill_filters(connection, FEED, layout.rooms, filters)
    return await filling.timed(connection, queries.REFRESH_ROUTER, FEED)


async def _check(connection: asyncpg.Connection, layout: Layout, rows: int) -> None:
    """Raises BenchError if a room did not get as many messages as its filter passes."""
    expected = dict.fromkeys(range(layout.rooms), rows)
    if layout.filters:
        passed = [layout.filter(number).passed(0, rows) for number in range(layout.filters)]
        expected = {room: passed[room % layout.filters] for room in range(layout.rooms)}
    await filling.check_counts(connection, FEED, expected, layout.title)
