"""Ten thousand rooms of one user each, all with different filters that pass one message in a thousand."""

import time

from bench import queries
from bench.clauses import Title
from bench.errors import BenchError
from bench.load import CheckedFeed, highest, rising
from bench.row import Bench, Row, checked, latency
from bench.system import System

TITLE = "10,000 occupied rooms"
ROOMS = 10_000
ROOMS_AT_ONCE = 200
SAMPLE_EVERY = 1
RATES = (500, 1000, 2000, 4000, *rising(6000, 60_000))
WARM_RATE, WARM_SECONDS = 100, 3.0
"""Before the form that evaluates filters is chosen, there must be rows to choose it by."""
TUNE_SECONDS = 120.0


def run(bench: Bench) -> Row:
    """Raises BenchError."""
    filters = {room: Title(room) for room in range(ROOMS)}
    with System(bench.servers, ROOMS, 1, gateways=bench.options.gateways) as system:
        joined = system.crowd.call("join", system.ports, [(f"u{room}", room) for room in filters])
        bench.say(f"{ROOMS:,} members joined in {joined:.1f} s")
        took = _set_filters(system, filters)
        bench.say(f"{ROOMS:,} filters set in {took:.1f} s")
        system.crowd.call("watch", {room: str(room) for room in filters}, 0, SAMPLE_EVERY)
        feed = CheckedFeed(system, dict.fromkeys(filters, 1), filters)
        loads = [feed.run(WARM_RATE, WARM_SECONDS)]
        tuned = _await_tuning(system)
        bench.say(f"the form was chosen after {tuned:.1f} s")
        tried, best = highest(lambda rate: feed.run(rate, bench.options.seconds), RATES, bench.say_load)
    rate = best.rate if best else 0.0
    most = max(load.throughput for load in tried)
    return Row(
        TITLE,
        [
            f"all different, each passes 0.1 %: {rate:,.0f} messages/s sustained{latency(best)}; "
            f"overrun: {most:,.0f} messages/s; {ROOMS / joined:,.0f} joins/s"
        ],
        checked([*loads, *tried], ROOMS, "what its filter passes"),
        {"sustained": rate, "joined": joined, "filters_seconds": took, "loads": [load.as_json() for load in tried]},
    )


def _set_filters(system: System, filters: dict[int, Title]) -> float:
    """Put filters in force as members' FILTERs would, but for judging them; returns the seconds it took."""
    started = time.monotonic()
    rooms = list(filters)
    for first in range(0, len(rooms), ROOMS_AT_ONCE):
        some = rooms[first : first + ROOMS_AT_ONCE]
        names, clauses = [f"u{room}" for room in some], [filters[room].clause for room in some]
        canonicals = [filters[room].canonical for room in some]
        system.execute((queries.LOCK_LOG,), (queries.APPLY_FILTERS, some, names, clauses, canonicals))
    system.execute((queries.LOCK_LOG,), (queries.REFRESH_STALE_ROUTERS,))
    return time.monotonic() - started


def _await_tuning(system: System) -> float:
    """Wait until gateways have chosen how the filters are evaluated; returns the seconds it took."""
    started = time.monotonic()
    while not system.fetch(queries.IS_TUNED)[0][0]:
        if time.monotonic() - started > TUNE_SECONDS:
            raise BenchError(f"no form was chosen in {TUNE_SECONDS:.0f} s")
        time.sleep(0.2)
    return time.monotonic() - started
