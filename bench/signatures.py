"""Inserting and routing alone, by kind of filter: ten thousand that differ in constants only, evaluated together.

Beside each, in the same run, the form that evaluates filters one by one.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

import asyncpg

from bench import filling, kinds, queries
from bench.batches import BATCHES, Cell, Run
from bench.kinds import EXECUTIONS, ROWS, Filter, decimal, symbol
from bench.row import Bench, Row
from bridge.batch import Row as FeedRow
from bridge.store import Store
from proto.execution_pb2 import execution

TITLE = "Insert and routing of filters that differ in constants"
FILTERS = 10_000
FEW = 5
FEED, FEED_INDEX = 2, 1
_MARKET = "XNAS"


def run(bench: Bench) -> Row:
    """Raises BenchError."""
    figures: list[str] = []
    data: list[dict[str, Any]] = []
    rows = 0
    chosen = [(kind.name, kinds.draw(kind, FILTERS), 1) for kind in kinds.KINDS]
    chosen += [
        ("a mix of all", kinds.mix(FILTERS), len(kinds.KINDS)),
        (kinds.EQUAL.name, kinds.draw(kinds.EQUAL, FEW), 1),
    ]
    for name, filters, judged in chosen:
        measured = asyncio.run(measure(bench, filters, judged, name))
        rows += measured["rows"]
        data.append({"kind": name, "filters": len(filters), **measured})
        figures.append(describe(data[-1]))
        bench.say(figures[-1])
    return Row(TITLE, figures, f"{rows:,} rows; every room's sequence rose by what its filter passes", {"kinds": data})


def describe(measured: dict[str, Any]) -> str:
    """What was measured of a kind, in words."""
    told = ", ".join(f"{cell['seconds'] * 1e3:.2f} ms for {cell['batch']:,}" for cell in measured["cells"])
    forms = "/".join(sorted(set(measured["forms"])))
    text = (
        f"{measured['filters']:,} × {measured['kind']} ({forms}): {told} ({measured['cells'][-1]['rate']:,.0f} rows/s)"
    )
    if not measured["direct"]:
        return text
    ratios = [
        f"{direct['processor'] / cell['processor']:.1f}"
        for cell, direct in zip(measured["cells"], measured["direct"], strict=True)
    ]
    rate = measured["direct"][-1]["rate"]
    return f"{text}; one by one {rate:,.0f} rows/s, and {' / '.join(ratios)} times the processor time"


async def measure(
    bench: Bench,
    filters: Sequence[Filter],
    judged: int,
    told: str,
    *,
    sizes: Sequence[int] = BATCHES,
    is_compared: bool = True,
) -> dict[str, Any]:
    """Batches of these sizes for a room with each of the filters; first with these one by one if is_compared."""
    async with filled(bench, filters, judged) as (connection, run, steps, _):
        direct: list[Cell] = []
        if is_compared:
            steps["router"] = await filling.timed(connection, queries.REFRESH_ROUTER, FEED)
            await run.warm()
            direct = [await run.measure(size) for size in sizes]
        signatures, steps["tune"] = await filling.tune(connection)
        steps["tuned router"] = await filling.timed(connection, queries.REFRESH_ROUTER, FEED)
        await run.warm()
        cells = [await run.measure(size) for size in sizes]
        await filling.check_counts(connection, FEED, await asyncio.to_thread(expected, filters, run), told)
    return {
        "cells": as_json(cells),
        "direct": as_json(direct),
        "forms": [signature["form"] for signature in signatures],
        "rows": run.number - run.first,
        "steps": steps,
    }


@asynccontextmanager
async def filled(
    bench: Bench, filters: Sequence[Filter], judged: int
) -> AsyncIterator[tuple[asyncpg.Connection, Run, dict[str, float], str]]:
    """A database with a room for each filter, a run of batches, how long it took to fill it, and its URL.

    Each filter is evaluated by itself, and there are rows by which another form can be chosen, which no filter was
    evaluated for.
    """
    url = bench.servers.create_database()
    connection = await asyncpg.connect(url)
    try:
        async with Store(url, {}) as store:
            run = await Run.begin(store, connection, make_row)
            for _ in range(3):
                await run.write(1000)
            steps = {"rooms": await filling.fill_rooms(connection, len(filters))}
            run.first = run.number
            steps |= await filling.fill_filters(connection, FEED, len(filters), filters, judged)
            yield connection, run, steps, url
    finally:
        await connection.close()
    bench.servers.drop_database(url)


def expected(filters: Sequence[Filter], run: Run) -> dict[int, int]:
    """How many messages each room is to have got; room n has filter n.

    Takes seconds, so not for the event loop: a bridge's session that says nothing for long counts as dead.
    """
    return {room: each.passed(run.first, run.number - run.first) for room, each in enumerate(filters)}


def make_row(number: int, sequence: int) -> FeedRow:
    """The execution with a number, as the bridge decodes it."""
    place = number % ROWS
    price, quantity = float(decimal(EXECUTIONS.prices[place])), float(decimal(EXECUTIONS.quantities[place]))
    values = (symbol(EXECUTIONS.symbols[place]), _MARKET, price, quantity, number, EXECUTIONS.texts[place])
    return FeedRow(sequence, sequence, FEED_INDEX, "execution", _messages[place], values)


def as_json(cells: Sequence[Cell]) -> list[dict[str, float]]:
    """The cells, for the results."""
    return [asdict(cell) for cell in cells]


def _message(place: int) -> bytes:
    """The message as the feed publishes it."""
    return execution(
        symbol=symbol(EXECUTIONS.symbols[place]),
        market=_MARKET,
        price=float(decimal(EXECUTIONS.prices[place])),
        quantity=float(decimal(EXECUTIONS.quantities[place])),
        executionEpoch=place,
        stateSymbol=EXECUTIONS.texts[place],
    ).SerializeToString()


_messages = [_message(place) for place in range(ROWS)]
