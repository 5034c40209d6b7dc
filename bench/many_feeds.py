"""A hundred feeds of ten rooms each, and what a message costs, compared with one feed of ten rooms.

The rate of all together is the same, their messages take turns, and each message reaches ten rooms of one user, whose
filter is NONE on one feed. So what differs is that there are more feeds, and more rooms of which each gets less.
"""

from dataclasses import dataclass

from bench.clauses import Turn
from bench.load import CheckedFeed, Load
from bench.row import Bench, Row, checked, milliseconds
from bench.system import System

TITLE = "100 feeds, 10 rooms each"
FEEDS, REACHED = 100, 10
RATES = (100.0, 1000.0, 4000.0)
SAMPLE_EVERY = 7
WARM_SECONDS, LEAST_SECONDS = 1.0, 5.0
PARTS = ("bridge", "postgres", "gateway")


@dataclass(frozen=True, slots=True)
class Cost:
    """A load, and the processor time that bridge, Postgres and gateways took for a message, in seconds."""

    load: Load
    seconds: float


def run(bench: Bench) -> Row:
    """Raises BenchError."""
    costs = {feeds: _measure(bench, feeds) for feeds in (1, FEEDS)}
    figures = []
    for feeds, measured in costs.items():
        told = [
            f"{_microseconds(cost)} at {cost.load.wanted_rate:,.0f} messages/s "
            f"({cost.seconds / one.seconds - 1:+.0%}, p99 {milliseconds(cost.load.p99)})"
            for cost, one in zip(measured, costs[1], strict=True)
        ]
        figures.append(f"{feeds} feed{'s' * (feeds > 1)}, a message costs {', '.join(told)}")
    return Row(
        TITLE,
        figures,
        checked([cost.load for each in costs.values() for cost in each], FEEDS * REACHED, "all of their feed"),
        {
            str(feeds): [{"seconds": cost.seconds, "load": cost.load.as_json()} for cost in measured]
            for feeds, measured in costs.items()
        },
    )


def _measure(bench: Bench, feeds: int) -> list[Cost]:
    turns = {room: Turn(room // REACHED, feeds) for room in range(feeds * REACHED)}
    with System(bench.servers, len(turns), 1, gateways=bench.options.gateways, added=feeds) as system:
        system.crowd.call("join", system.ports, [(f"u{room}", room) for room in turns])
        system.crowd.call("set_filters", {room: {system.feeds[turn.first]: "NONE"} for room, turn in turns.items()})
        system.crowd.call("watch", {room: str(turn.first) for room, turn in turns.items()}, feeds, SAMPLE_EVERY)
        feed = CheckedFeed(system, dict.fromkeys(turns, 1), turns)
        feed.run(RATES[-1], WARM_SECONDS)
        return [_cost(bench, system, feed, rate) for rate in RATES]


def _cost(bench: Bench, system: System, feed: CheckedFeed, rate: float) -> Cost:
    before = system.usage()
    load = feed.run(rate, max(LEAST_SECONDS, bench.options.seconds))
    bench.say_load(load)
    return Cost(load, system.usage().spent_since(before, PARTS) / load.messages)


def _microseconds(cost: Cost) -> str:
    return f"{cost.seconds * 1e6:.0f} µs"
