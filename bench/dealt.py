"""What a feed's row costs in Postgres with three thousand different filters on one server, and dealt over three."""

import asyncio
from typing import Any

from bench import kinds
from bench.kinds import Filter
from bench.row import Bench, Row
from bench.signatures import measure

TITLE = "3,000 different filters, on one server and on three"
FILTERS, SERVERS = 3000, 3


def run(bench: Bench) -> Row:
    """Raises BenchError."""
    filters = kinds.mix(FILTERS)
    # Rooms are dealt in turn.
    parts = [filters[server::SERVERS] for server in range(SERVERS)]
    one = _measure(bench, filters, "one server")
    three = [_measure(bench, part, f"server {server}") for server, part in enumerate(parts, 1)]
    alone, dealt = _per_row(one), [_per_row(each) for each in three]
    figures = []
    for place, size in enumerate(cell["batch"] for cell in one["cells"]):
        each = [costs[place] for costs in dealt]
        figures.append(
            f"batches of {size:,}: {alone[place]:.0f} µs a row on one, {max(each):.0f} µs on each of three at most "
            f"({alone[place] / max(each):.2f} times as much), {sum(each):.0f} µs on all three together"
        )
    rows = sum(each["rows"] for each in (one, *three))
    check = f"{rows:,} rows; every room's sequence rose by what its filter passes"
    return Row(TITLE, figures, check, {"one": one, "three": three})


def _measure(bench: Bench, filters: list[Filter], told: str) -> dict[str, Any]:
    bench.say(f"{told}: {len(filters):,} filters")
    return asyncio.run(measure(bench, filters, len(kinds.KINDS), told, is_compared=False))


def _per_row(measured: dict[str, Any]) -> list[float]:
    """Processor time of the bridge's session in microseconds, for each size of batch."""
    return [cell["processor"] / cell["batch"] * 1e6 for cell in measured["cells"]]
