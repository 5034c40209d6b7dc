"""Ten thousand rooms of one user each, all with different filters that pass one message in a thousand."""

import time

from bench import queries
from bench.clauses import Title
from bench.load import CheckedFeed, highest, rising
from bench.row import Bench, Row, checked, latency
from bench.system import System
from bench.tuning import warm

TITLE = "10,000 occupied rooms"
ROOMS = 10_000
ROOMS_AT_ONCE = 200
SAMPLE_EVERY = 1
RATES = (500, 1000, 2000, 4000, *rising(6000, 60_000))


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
        loads = [warm(bench, system, feed)]
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
