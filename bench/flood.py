"""Row 12: one client sends a thousand frames a second of all kinds. It is limited, and the others must not notice."""

from functools import partial
from statistics import median

from bench import flooder
from bench.errors import BenchError
from bench.load import CheckedFeed, Load
from bench.row import Bench, Row, checked, milliseconds
from bench.system import System
from bench.worker import Worker

TITLE = "One client sends 1,000 frames a second"
ROOMS, SIZE, RATE = 5, 4, 100
FLOOD_RATE = 1000
PAIRS = 5
LEAST_SECONDS = 8.0
WARM_SECONDS = 2.0


def run(bench: Bench) -> Row:
    """Raises BenchError, also if the flooder was not limited."""
    seconds = max(LEAST_SECONDS, bench.options.seconds)
    calm: list[Load] = []
    flooded: list[Load] = []
    sent = seen = 0
    with System(bench.servers, ROOMS + 1, SIZE) as system:
        users = [(f"u{room}-{place}", room) for room in range(ROOMS) for place in range(SIZE)]
        system.crowd.call("join", system.ports, users)
        system.crowd.call("watch", dict.fromkeys(range(ROOMS), "all"), 1, 1)
        feed = CheckedFeed(system, dict.fromkeys(range(ROOMS), SIZE))
        feed.run(RATE, WARM_SECONDS)
        for _ in range(PAIRS):
            calm.append(feed.run(RATE, seconds))
            bench.say_load(calm[-1])
            # A new one each time: what the last one sent, and nobody has read yet, goes with its connection.
            worker = Worker("flooder", flooder.serve, system.ports[0], ROOMS)
            try:
                worker.answer()
                flooded.append(feed.run(RATE, seconds, partial(worker.ask, "flood", FLOOD_RATE, seconds)))
                counts = worker.answer()
            finally:
                worker.stop()
            bench.say_load(flooded[-1])
            sent, seen = sent + counts[0], seen + counts[1]
    return _row(calm, flooded, sent, seen)


def _row(calm: list[Load], flooded: list[Load], sent: int, seen: int) -> Row:
    if seen > sent / 2:
        raise BenchError(f"{seen} of {sent} frames of the flooder were looked at: it was not limited")
    before, during = (median(load.p99 for load in loads) for loads in (calm, flooded))
    ratio = median(one.p99 / other.p99 for one, other in zip(flooded, calm, strict=True))
    return Row(
        TITLE,
        [
            f"p99 of the others {milliseconds(before)} without it, {milliseconds(during)} meanwhile; "
            f"ratio {ratio:.2f} (median of {PAIRS} pairs)",
            f"of {sent:,} frames {seen:,} were looked at before it left",
        ],
        checked([*calm, *flooded], ROOMS * SIZE),
        {
            "ratio": ratio,
            "calm": [load.as_json() for load in calm],
            "flooded": [load.as_json() for load in flooded],
            "sent": sent,
            "looked_at": seen,
        },
    )
