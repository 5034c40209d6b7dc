"""How the time of a batch grows with the number of filters, by kind, up to a hundred thousand. Takes a while.

Of the form that evaluates filters one by one there are figures up to ten thousand, of slow kinds too.
"""

import asyncio
from typing import Any

from bench import kinds
from bench.row import Bench, Row
from bench.signatures import measure

TITLE = "How routing grows with filters"
COUNTS = (1, 10, 100, 1000, 10_000, 100_000)
MOST_DIRECT = 10_000
MOST_SLOW = 10_000
"""Of kinds where every filter passes much of each batch, or is looked for in texts."""
BATCH = 100
CHOSEN = (0, 1, 4, 6)
"""Kinds, of which the first alone goes up to a hundred thousand."""


def run(bench: Bench) -> Row:
    """Raises BenchError."""
    data: list[dict[str, Any]] = []
    figures: list[str] = []
    rows = 0
    for kind in (kinds.KINDS[place] for place in CHOSEN):
        points = []
        for count in COUNTS:
            if count > MOST_SLOW and kind is not kinds.EQUAL:
                continue
            filters = kinds.draw(kind, count)
            measured = asyncio.run(
                measure(bench, filters, 1, kind.name, sizes=(BATCH,), is_compared=count <= MOST_DIRECT)
            )
            rows += measured["rows"]
            points.append({"filters": count, **measured})
            bench.say(f"{kind.name}: {_describe(points[-1])}")
        data.append({"kind": kind.name, "points": points})
        figures.append(f"{kind.name}: {'; '.join(map(_describe, points))}")
    return Row(TITLE, figures, f"{rows:,} rows; every room's sequence rose by what its filter passes", {"kinds": data})


def _describe(point: dict[str, Any]) -> str:
    told = f"{point['filters']:,} filters {point['cells'][0]['seconds'] * 1e3:.2f} ms"
    return told + (f" (one by one {point['direct'][0]['seconds'] * 1e3:.2f} ms)" if point["direct"] else "")
