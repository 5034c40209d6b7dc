"""Measures loads: what there was to do, and what each part spent on it."""

import statistics
import time
from dataclasses import dataclass

from bench import queries
from bench.clauses import TitleRange
from bench.form import TITLES
from bench.load import CheckedFeed, Load
from bench.row import Bench
from bench.scale.constants import Observation
from bench.scale.work import DOES, Rooms, Work
from bench.system import System
from bench.tuning import warm

SAMPLE_EVERY = 47
COMMITS = 50
LEAST_TUNED = 32
"""Below so many filters nothing is to be chosen."""
SETTLE_SECONDS = 1.0
"""For the parts to be done with what comes after a load: a gateway's ticks, a writer of Postgres."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A load at a rate, and what was spent on it."""

    rate: float
    load: Load
    observation: Observation
    # Seconds for which a commit waits, for the most part for the disk.
    commit: float


def measure(bench: Bench, rooms: Rooms, loads: list[tuple[float, float]], servers: int = 1) -> list[Measured]:
    """Have a system take the feed at each of these rates for so many seconds; raises BenchError."""
    filters = {room: TitleRange(room, rooms.width) for room in range(rooms.count)}
    members = [(f"u{room}-{place}", room) for place in range(rooms.members) for room in filters]
    with System(bench.servers, rooms.count, max(rooms.members, 1), gateways=2, dealt=servers) as system:
        system.crowd.call("join", system.ports[:1], members)
        system.crowd.call("set_filters", {room: {"sport_event": each.clause} for room, each in filters.items()})
        system.crowd.call("watch", {room: str(room) for room in filters}, 0, SAMPLE_EVERY)
        feed = CheckedFeed(system, dict.fromkeys(filters, rooms.members), filters)
        if rooms.count >= LEAST_TUNED:
            warm(bench, system, feed)
        return [_measure(system, feed, rooms, rate, seconds) for rate, seconds in loads]


def _measure(system: System, feed: CheckedFeed, rooms: Rooms, rate: float, seconds: float) -> Measured:
    usage, before, started = system.usage(), _counts(system), time.monotonic()
    load = feed.run(rate, seconds)
    time.sleep(SETTLE_SECONDS)
    ended = system.usage()
    spent = {part: ended.spent_since(usage, (part,)) for part in DOES}
    spent["bystander"] = ended.spent_since(usage, ("gateway 2",))
    spent["gateway"] -= spent["bystander"]
    spent["postgres: others"] = ended.spent_since(usage, ("postgres: ",)) - spent["postgres: bridge"]
    batches, touched = (now - then for now, then in zip(_counts(system), before, strict=True))
    work = Work(
        time.monotonic() - started,
        load.messages,
        batches,
        batches * rooms.count,
        load.messages * rooms.count,
        touched,
        load.messages * rooms.passed,
        load.deliveries,
    )
    return Measured(rate, load, Observation(work, spent), _commit_seconds(system))


def _commit_seconds(system: System) -> float:
    """The middle one of some commits that have next to nothing to write."""
    took = []
    for _ in range(COMMITS):
        started = time.perf_counter()
        system.execute((queries.COMMIT_LITTLE,))
        took.append(time.perf_counter() - started)
    return statistics.median(took)


def _counts(system: System) -> tuple[int, int]:
    """Batches and what groups got of them, so far, of all servers."""
    counted = system.fetch(queries.COUNT_BATCHES)
    return sum(batches for batches, _ in counted), sum(touched for _, touched in counted)


def rooms_of(count: int, width: int, members: int) -> Rooms:
    """Rooms that get of the benchmark's feed."""
    return Rooms(count, width, members, TITLES)
