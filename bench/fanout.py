"""Row 3: one room of five hundred users, no filter."""

from bench.load import Feed, highest
from bench.row import Bench, Row, milliseconds
from bench.system import System

TITLE = "Fan-out, 1 room × 500 users"
SIZE = 500
RATES = (50, 100, 200, 400, 600, 800, 1000, 1200, 1400, 1600, 1800, 2000, 2250, 2500, 2750, 3000, 3500, 4000, 4500, 5000, 6000, 8000)
SOCKET_IO = 184_000
"""Deliveries a second of a Socket.IO server with its Postgres adapter, in as large a room."""


def run(bench: Bench) -> Row:
    """Raises BenchError."""
    with System(bench.servers, 1, SIZE, gateways=bench.options.gateways) as system:
        system.crowd.call("join", system.ports, [(f"u{place}", 0) for place in range(SIZE)])
        system.crowd.call("watch", {0: "all"}, True, 47)
        feed = Feed(system, {0: SIZE})
        loads, best = highest(lambda rate: feed.run(rate, bench.options.seconds), RATES, bench.say_load)
    rate = best.rate * SIZE if best else 0.0
    return Row(
        TITLE,
        [
            f"{rate:,.0f} deliveries/s sustained" + (f", p50 {milliseconds(best.p50)}, p99 {milliseconds(best.p99)}" if best else ""),
            f"{rate / SOCKET_IO:.1f} × Socket.IO",
            f"overrun: {max(load.deliveries_rate for load in loads):,.0f} deliveries/s",
        ],
        f"{sum(load.messages for load in loads):,} published = stored = received by each of {SIZE} users, in order",
        {"sustained": rate, "loads": [load.as_json() for load in loads]},
    )
