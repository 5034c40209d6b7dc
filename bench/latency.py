"""Row 2: single messages, a hundred per second."""

from bench.load import CheckedFeed
from bench.row import Bench, Row, checked, milliseconds
from bench.system import System

TITLE = "Latency at 100 messages/s"
ROOMS, SIZE, RATE = 5, 4, 100
WARM_SECONDS, LEAST_SECONDS = 2.0, 20.0


def run(bench: Bench) -> Row:
    """Raises BenchError."""
    with System(bench.servers, ROOMS, SIZE, gateways=bench.options.gateways) as system:
        users = [(f"u{room}-{place}", room) for room in range(ROOMS) for place in range(SIZE)]
        system.crowd.call("join", system.ports, users)
        system.crowd.call("watch", dict.fromkeys(range(ROOMS), "all"), 1, 1)
        feed = CheckedFeed(system, dict.fromkeys(range(ROOMS), SIZE))
        feed.run(RATE, WARM_SECONDS)
        # Long enough that one stall of the machine does not decide the p99.
        load = feed.run(RATE, max(LEAST_SECONDS, 2 * bench.options.seconds))
    return Row(
        TITLE,
        [f"p50 {milliseconds(load.p50)}, p99 {milliseconds(load.p99)}, longest {milliseconds(load.longest)}"],
        checked([load], ROOMS * SIZE),
        {"load": load.as_json()},
    )
