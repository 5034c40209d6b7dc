"""Row 1: five rooms of four users, no filter, the feed ever faster."""

from bench.load import Feed, highest
from bench.row import Bench, Row, milliseconds
from bench.system import System

TITLE = "Feed, 5 rooms × 4 users"
ROOMS, SIZE = 5, 4
RATES = (500, 1000, 2000, 4000, 6000, 8000, 10000, 12000, 14000, 16000, 18000, 20000, 22500, 25000, 27500, 30000)
ORIGINAL, SOCKET_IO = 142, 1965
"""Feed messages a second of the systems that this one is compared with, at as many rooms and users."""


def run(bench: Bench) -> Row:
    """Raises BenchError."""
    with System(bench.servers, ROOMS, SIZE, gateways=bench.options.gateways) as system:
        users = [(f"u{room}-{place}", room) for room in range(ROOMS) for place in range(SIZE)]
        system.crowd.call("join", system.ports, users)
        system.crowd.call("watch", dict.fromkeys(range(ROOMS), "all"), True, 47)
        feed = Feed(system, dict.fromkeys(range(ROOMS), SIZE))
        loads, best = highest(lambda rate: feed.run(rate, bench.options.seconds), RATES, bench.say_load)
    rate = best.rate if best else 0.0
    return Row(
        TITLE,
        [
            f"{rate:,.0f} messages/s sustained" + (f", p50 {milliseconds(best.p50)}, p99 {milliseconds(best.p99)}" if best else ""),
            f"{rate / ORIGINAL:.0f} × the original, {rate / SOCKET_IO:.1f} × Socket.IO",
            f"overrun: {max(load.throughput for load in loads):,.0f} messages/s",
        ],
        f"{sum(load.messages for load in loads):,} published = stored = received by each of {ROOMS * SIZE} users, in order",
        {"sustained": rate, "loads": [load.as_json() for load in loads]},
    )
