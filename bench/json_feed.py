"""Row 1 for a feed that was added: JSON messages of 250 bytes and five columns, to rooms with the filter NONE on it."""

from bench import feed
from bench.load import rising
from bench.row import Bench, Row
from bench.system import System

TITLE = "JSON feed, 5 rooms of 4 users"
RATES = (500, 1000, 2000, 4000, 8000, *rising(10_000, 100_000))


def run(bench: Bench) -> Row:
    """Raises BenchError."""
    with System(bench.servers, feed.ROOMS, feed.SIZE, gateways=bench.options.gateways, added=1) as system:
        feed.join(system)
        (name,) = system.feeds
        system.crowd.call("set_filters", {room: {name: "NONE"} for room in range(feed.ROOMS)})
        loads, best = feed.climb(bench, system, RATES)
    return feed.row(TITLE, loads, best)
