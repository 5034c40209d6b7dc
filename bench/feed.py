"""Row 1: five rooms of four users, no filter, a feed at rising rates."""

from bench.load import CheckedFeed, highest, rising
from bench.row import Bench, Row, checked, latency
from bench.system import System

TITLE = "Feed, 5 rooms of 4 users"
ROOMS, SIZE = 5, 4
RATES = (500, 1000, 2000, 4000, 8000, *rising(12_000, 200_000))
ORIGINAL, SOCKET_IO = 142, 1965
"""Feed messages per second of the systems that this one is compared with, for as many rooms and users."""


def run(bench: Bench) -> Row:
    """Raises BenchError."""
    with System(bench.servers, ROOMS, SIZE, gateways=bench.options.gateways) as system:
        users = [(f"u{room}-{place}", room) for room in range(ROOMS) for place in range(SIZE)]
        system.crowd.call("join", system.ports, users)
        system.crowd.call("watch", dict.fromkeys(range(ROOMS), "all"), True, 47)
        feed = CheckedFeed(system, dict.fromkeys(range(ROOMS), SIZE))
        loads, best = highest(lambda rate: feed.run(rate, bench.options.seconds), RATES, bench.say_load)
    rate = best.rate if best else 0.0
    return Row(
        TITLE,
        [
            f"{rate:,.0f} messages/s sustained{latency(best)}",
            f"{rate / ORIGINAL:.0f} times the original, {rate / SOCKET_IO:.1f} times Socket.IO",
            f"overrun: {max(load.throughput for load in loads):,.0f} messages/s",
        ],
        checked(loads, ROOMS * SIZE),
        {"sustained": rate, "loads": [load.as_json() for load in loads]},
    )
