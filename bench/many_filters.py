"""A hundred thousand different filters of one signature: batches, a new filter, many changes under load."""

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import asdict
from typing import Any, TypeVar

from bench import filling, kinds
from bench.batches import BATCHES, Run
from bench.changes import Change, Waits, check_periods, feed, set_filters
from bench.kinds import EQUAL
from bench.row import Bench, Row, milliseconds
from bench.signatures import FEED, FEW, expected, filled, measure

TITLE = "100,000 different filters"
FILTERS = 100_000
NEW, NEW_RATE = 50, 20
CHANGES, SECONDS, RATE, SETTERS = 500, 20, 1000, 2
"""Changes per second for so many seconds, feed messages per second, and connections over which filters are set."""
ALONE_SECONDS = 3.0
BATCHES_A_SECOND = 100
T = TypeVar("T")


def run(bench: Bench) -> Row:
    """Raises BenchError."""
    few = asyncio.run(measure(bench, kinds.draw(EQUAL, FEW), 1, f"{FEW} filters", is_compared=False))
    data = asyncio.run(_measure(bench)) | {"few": few["cells"]}
    ratios = [
        f"{cell['seconds'] / other['seconds']:.1f} × for {cell['batch']:,}"
        for cell, other in zip(data["cells"], data["few"], strict=True)
    ]
    told = ", ".join(f"{milliseconds(cell['seconds'])} for {cell['batch']:,}" for cell in data["cells"])
    new, changes = data["new"], data["changes"]
    figures = [
        f"{FILTERS:,} × {EQUAL.name}: {told} ({data['cells'][-1]['rate']:,.0f} rows/s); {', '.join(ratios)} of {FEW}",
        f"a new filter holds after {milliseconds(new['median'])}, {milliseconds(new['worst'])} at most; an insert of a "
        f"row waits for {milliseconds(new['feed_longest'])} at most, {milliseconds(new['alone_longest'])} without",
        f"{changes['rate']:,.0f} changes/s under {changes['rows']:,.0f} rows/s for {SECONDS} s: an insert p99 "
        f"{milliseconds(changes['feed_p99'])}, {milliseconds(changes['feed_longest'])} at most; a change p50 "
        f"{milliseconds(changes['median'])}, p99 {milliseconds(changes['p99'])}",
        f"filling: {', '.join(f'{name} {seconds:.1f} s' for name, seconds in data['steps'].items())}",
    ]
    check = f"in {data['periods']:,} periods between changes, every room got what its filter then passed"
    return Row(TITLE, figures, check, data)


async def _measure(bench: Bench) -> dict[str, Any]:
    filters = kinds.draw(EQUAL, FILTERS)
    changed = int(CHANGES * SECONDS * 1.1)
    # Different from those, too.
    others = kinds.draw(EQUAL, FILTERS + NEW + changed)[FILTERS:]
    known = {each.clause: each for each in (*filters, *others)}
    async with filled(bench, filters, 1) as (connection, run, steps, url):
        bench.say(", ".join(f"{name} {seconds:.1f} s" for name, seconds in steps.items()))
        signatures, steps["tune"] = await filling.tune(connection)
        bench.say(f"tuned in {steps['tune']:.1f} s: {dict(signatures[0])}")
        await run.warm()
        cells = [await run.measure(size) for size in BATCHES]
        await filling.check_counts(connection, FEED, await asyncio.to_thread(expected, filters, run), TITLE)
        new = await _add(url, run, [(room, others[room]) for room in range(NEW)])
        bench.say(f"new filters: {new}")
        changes = await _change(
            url, run, [(NEW + place % (FILTERS - NEW), each) for place, each in enumerate(others[NEW:])]
        )
        bench.say(f"changes: {changes}")
        periods = await check_periods(connection, FEED, known, run)
    return {
        "cells": [asdict(cell) for cell in cells],
        "steps": steps,
        "new": new,
        "changes": changes,
        "periods": periods,
    }


async def _add(url: str, run: Run, changes: list[Change]) -> dict[str, float]:
    """New filters of a known signature, one after the other, while single rows are stored."""
    alone, _ = await _feed_during(run, BATCHES_A_SECOND, asyncio.sleep(ALONE_SECONDS))
    during, new = await _feed_during(
        run, BATCHES_A_SECOND, set_filters(url, FEED, changes, NEW_RATE, 2 * NEW / NEW_RATE)
    )
    return {
        "median": new.quantile(0.5),
        "worst": new.quantile(1),
        "feed_longest": during.quantile(1),
        "alone_longest": alone.quantile(1),
    }


async def _change(url: str, run: Run, changes: list[Change]) -> dict[str, float]:
    """Many changes over several connections, each of rooms of its own, while rows are stored in batches."""
    first, started = run.number, time.perf_counter()
    setters = [set_filters(url, FEED, changes[place::SETTERS], CHANGES / SETTERS, SECONDS) for place in range(SETTERS)]
    during, each = await _feed_during(run, RATE, asyncio.gather(*setters))
    took = time.perf_counter() - started
    new = Waits([seconds for waits in each for seconds in waits.seconds])
    return {
        "rate": len(new.seconds) / took,
        "rows": (run.number - first) / took,
        "median": new.quantile(0.5),
        "p99": new.quantile(0.99),
        "feed_p99": during.quantile(0.99),
        "feed_longest": during.quantile(1),
    }


async def _feed_during(run: Run, rate: float, doing: Awaitable[T]) -> tuple[Waits, T]:
    """Store rows at a rate until something is done: how long each batch took, and what came of it."""
    done = asyncio.Event()
    feeding = asyncio.create_task(feed(run, rate, BATCHES_A_SECOND, done))
    try:
        result = await doing
    finally:
        done.set()
    return await feeding, result
