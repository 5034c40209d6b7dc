"""Row 3, beside it: the same room of users who speak JSON, and in the same run of users who speak protobuf."""

from bench.errors import BenchError
from bench.fanout import SIZE, measure
from bench.load import Load
from bench.row import Bench, Row, checked, latency

TITLE = "Fan-out, 1 room of 500 users in JSON"


def run(bench: Bench) -> Row:
    """Raises BenchError."""
    plain, best_plain = measure(bench)
    loads, best = measure(bench, in_json=True)
    if best is None or best_plain is None:
        raise BenchError("not even the lowest rate was sustained")
    sustained, overrun = best.rate / best_plain.rate, _most(loads) / _most(plain)
    return Row(
        TITLE,
        [
            f"{best.rate * SIZE:,.0f} deliveries/s sustained{latency(best)}",
            f"{sustained:.0%} of those in protobuf, {best_plain.rate * SIZE:,.0f} in this run",
            f"overrun: {_most(loads):,.0f} deliveries/s, {overrun:.0%} of those in protobuf",
        ],
        checked([*plain, *loads], SIZE),
        {
            "sustained": best.rate * SIZE,
            "ratio": sustained,
            "overrun_ratio": overrun,
            "loads": [load.as_json() for load in loads],
            "protobuf": [load.as_json() for load in plain],
        },
    )


def _most(loads: list[Load]) -> float:
    return max(load.deliveries_rate for load in loads)
