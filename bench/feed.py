"""Row 1: five rooms of four users, no filter, a feed at rising rates."""

from collections.abc import Iterable

from bench.load import CheckedFeed, Load, highest, rising
from bench.row import Bench, Row, checked, latency
from bench.system import System

TITLE = "Feed, 5 rooms of 4 users"
ROOMS, SIZE = 5, 4
RATES = (500, 1000, 2000, 4000, 8000, *rising(12_000, 200_000))
SAMPLE_EVERY = 47
ORIGINAL, SOCKET_IO = 142, 1965
"""Feed messages per second of the systems that this one is compared with, for as many rooms and users."""


def run(bench: Bench) -> Row:
    """Raises BenchError."""
    with System(bench.servers, ROOMS, SIZE, gateways=bench.options.gateways) as system:
        join(system)
        loads, best = climb(bench, system, RATES)
    rate = best.rate if best else 0.0
    compared = f"{rate / ORIGINAL:.0f} times the original, {rate / SOCKET_IO:.1f} times Socket.IO"
    return row(TITLE, loads, best, [compared])


def join(system: System) -> None:
    """Bring the users into the rooms."""
    system.crowd.call(
        "join", system.ports, [(f"u{room}-{place}", room) for room in range(ROOMS) for place in range(SIZE)]
    )


def climb(bench: Bench, system: System, rates: Iterable[float]) -> tuple[list[Load], Load | None]:
    """The loads at these rates, up to the first one that is not sustained, and the highest one that is."""
    system.crowd.call("watch", dict.fromkeys(range(ROOMS), "all"), 1, SAMPLE_EVERY)
    feed = CheckedFeed(system, dict.fromkeys(range(ROOMS), SIZE))
    return highest(lambda rate: feed.run(rate, bench.options.seconds), rates, bench.say_load)


def row(title: str, loads: list[Load], best: Load | None, figures: Iterable[str] = ()) -> Row:
    """What came of `climb`."""
    rate = best.rate if best else 0.0
    return Row(
        title,
        [
            f"{rate:,.0f} messages/s sustained{latency(best)}",
            *figures,
            f"overrun: {max(load.throughput for load in loads):,.0f} messages/s",
        ],
        checked(loads, ROOMS * SIZE),
        {"sustained": rate, "loads": [load.as_json() for load in loads]},
    )
