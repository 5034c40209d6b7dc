"""Row 6: thousands of members who get nothing, and their price: memory, time to join, the latency of others."""

import resource
from functools import partial
from statistics import median

import psutil

from bench import queries
from bench.errors import BenchError
from bench.load import CheckedFeed
from bench.row import Bench, Row, checked, milliseconds
from bench.system import System

TITLE = "Idle connections"
ROOMS, SIZE, RATE = 5, 4, 100
IDLE_SIZE = 50
"""Users per room, in rooms whose filter is ALL."""
SLICE = 1000
SLICE_SECONDS = 1.5
"""How long the feed runs beside the joins of one slice."""
OTHER_FILES = 200


def run(bench: Bench) -> Row:
    """Raises BenchError."""
    count = bench.options.connections
    allow_files(count)
    rooms = range(ROOMS, ROOMS + -(-count // IDLE_SIZE))
    idle = [(f"idle{place}", rooms[place // IDLE_SIZE]) for place in range(count)]
    watching = [(f"u{room}-{place}", room) for room in range(ROOMS) for place in range(SIZE)]
    with System(bench.servers, rooms.stop, IDLE_SIZE, gateways=bench.options.gateways) as system:
        system.crowd.call("join", system.ports, watching + idle[::IDLE_SIZE])
        system.crowd.call("set_filters", {room: {"sport_event": "ALL"} for room in rooms})
        system.crowd.call("watch", dict.fromkeys(range(ROOMS), "all"), 1, 1)
        feed = CheckedFeed(system, dict.fromkeys(range(ROOMS), SIZE))
        loads = [feed.run(RATE, bench.options.seconds)]
        bench.say_load(loads[0])
        joining = [user for place, user in enumerate(idle) if place % IDLE_SIZE]
        empty, seconds = _memory(system), 0.0

        def join(users: list[tuple[str, int]]) -> None:
            nonlocal seconds
            seconds += system.crowd.call("join", system.ports, users)

        for start in range(0, len(joining), SLICE):
            users = joining[start : start + SLICE]
            loads.append(feed.run(RATE, SLICE_SECONDS, partial(join, users)))
            bench.say_load(loads[-1])
        each = (_memory(system) - empty) / len(joining)
        loads.append(feed.run(RATE, bench.options.seconds))
        bench.say_load(loads[-1])
        members = system.fetch(queries.COUNT_MEMBERS)[0][0]
        if members != count + len(watching):
            raise BenchError(f"{members} members instead of {count + len(watching)}")
    alone, *meanwhile, after = loads
    p50, p99 = median(load.p50 for load in meanwhile), max(load.p99 for load in meanwhile)
    return Row(
        TITLE,
        [
            f"{count:,} connections: {each / 1000:.1f} kB each in the gateway, {len(joining) / seconds:,.0f} joins/s",
            f"latency at {RATE} messages/s: p50 {milliseconds(alone.p50)}, p99 {milliseconds(alone.p99)} without them; "
            f"p50 {milliseconds(p50)}, p99 {milliseconds(p99)} while they join; "
            f"p50 {milliseconds(after.p50)}, p99 {milliseconds(after.p99)} when they are in",
        ],
        f"{members:,} members in the database; {checked(loads, len(watching))}",
        {
            "connections": count,
            "bytes_each": each,
            "joins_rate": len(joining) / seconds,
            "loads": [load.as_json() for load in loads],
        },
    )


def _memory(system: System) -> int:
    """Bytes of memory that the gateways share with no other process."""
    pids = [system.pid(name) for name in system.parts("gateway")]
    return sum(psutil.Process(pid).memory_full_info().uss for pid in pids)


def allow_files(connections: int) -> None:
    """Let processes started from now on have that many sockets; raises BenchError."""
    wanted = connections + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and wanted > hard:
        raise BenchError(f"{connections} connections are more than the limit of open files, {hard}, allows")
    if soft != resource.RLIM_INFINITY and wanted > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
