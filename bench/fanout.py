"""Row 3: one room of five hundred users, no filter."""

from bench.load import CheckedFeed, Load, highest, rising
from bench.row import Bench, Row, checked, latency
from bench.system import System

TITLE = "Fan-out, 1 room of 500 users"
SIZE = 500
RATES = (50, 100, 200, 400, 800, *rising(1200, 40_000))
SOCKET_IO = 184_000
"""Deliveries per second of a Socket.IO server with its Postgres adapter, in a room of the same size."""


def measure(bench: Bench, *, in_json: bool = False) -> tuple[list[Load], Load | None]:
    """All loads, and the highest sustained one, of members who speak protobuf or JSON; raises BenchError."""
    with System(bench.servers, 1, SIZE, gateways=bench.options.gateways) as system:
        system.crowd.call("join", system.ports, [(f"u{place}", 0) for place in range(SIZE)], in_json)
        system.crowd.call("watch", {0: "all"}, 1, 47)
        feed = CheckedFeed(system, {0: SIZE})
        return highest(lambda rate: feed.run(rate, bench.options.seconds), RATES, bench.say_load)


def run(bench: Bench) -> Row:
    """Raises BenchError."""
    loads, best = measure(bench)
    rate = best.rate * SIZE if best else 0.0
    return Row(
        TITLE,
        [
            f"{rate:,.0f} deliveries/s sustained{latency(best)}",
            f"{rate / SOCKET_IO:.1f} times Socket.IO",
            f"overrun: {max(load.deliveries_rate for load in loads):,.0f} deliveries/s",
        ],
        checked(loads, SIZE),
        {"sustained": rate, "loads": [load.as_json() for load in loads]},
    )
