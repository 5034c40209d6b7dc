"""Row 8: where the time goes at the highest rate: by process, by function in Postgres, by package in Python.

Postgres itself counts the time of its functions (track_functions) and how long commits wait for the disk. The Python
processes run a second time, at half the rate, under cProfile, which makes them about half as fast: their shares say
what costs most, not what it costs.
"""

import pstats
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from bench import queries
from bench.load import CheckedFeed, Load
from bench.row import Bench, Row, checked
from bench.system import System

TITLE = "Where the time goes at the highest rate"
ROOMS, SIZE = 5, 4
DEFAULT_RATE = 15_000.0
"""Used if the row `feed`, which finds the highest rate, did not run before."""
STATISTICS_SECONDS = 1.5
"""After this time, Postgres has published what its processes counted."""
LEAST_SHARE = 0.01
PACKAGES = ("nats", "asyncpg", "google", "websockets", "uvloop", "asyncio", "bridge", "gateway", "edgechat")

Shares = dict[str, float]


def run(bench: Bench) -> Row:
    """Raises BenchError."""
    feed = bench.rows.get("feed")
    rate = feed.data["sustained"] if feed and feed.data["sustained"] else DEFAULT_RATE
    load, functions = _measure_servers(bench, rate)
    bench.say_load(load)
    profiled, packages = _measure_packages(bench, rate / 2)
    figures = [f"at {load.rate:,.0f} messages/s, in shares of a processor:"]
    for name, modes in load.processors.items():
        figures.append(f"{name}: {modes['user']:.0%} and {modes['kernel']:.0%} in the kernel")
    figures.append("the bridge's connection to Postgres, in shares of the time: " + _told(functions))
    figures += [f"the {part}'s time in Python: {_told(shares)}" for part, shares in packages.items()]
    return Row(
        TITLE,
        figures,
        checked([load, profiled], ROOMS * SIZE),
        {"load": load.as_json(), "functions": functions, "packages": packages},
    )


def _measure_servers(bench: Bench, rate: float) -> tuple[Load, Shares]:
    """The load, and where the time of the bridge's statements went."""
    with System(bench.servers, ROOMS, SIZE, gateways=bench.options.gateways, track=True) as system:
        feed = _join(system)
        feed.run(rate, 1.0)
        before = _statistics(system)
        load = feed.run(rate, bench.options.seconds)
        after = _statistics(system)
    took = load.messages / load.throughput * 1000
    return load, _sorted({name: (spent - before.get(name, 0.0)) / took for name, spent in after.items()})


def _measure_packages(bench: Bench, rate: float) -> tuple[Load, dict[str, Shares]]:
    """The load, and for bridge and gateway the share of each package in the time of the process."""
    with tempfile.TemporaryDirectory(prefix="edgechat-profile-") as directory:
        with System(bench.servers, ROOMS, SIZE, profile=Path(directory)) as system:
            load = _join(system).run(rate, bench.options.seconds)
        return load, {part: _packages(Path(directory) / f"{part}.prof") for part in ("bridge", "gateway")}


def _join(system: System) -> CheckedFeed:
    users = [(f"u{room}-{place}", room) for room in range(ROOMS) for place in range(SIZE)]
    system.crowd.call("join", system.ports, users)
    system.crowd.call("watch", dict.fromkeys(range(ROOMS), "all"), 1, 47)
    return CheckedFeed(system, dict.fromkeys(range(ROOMS), SIZE))


def _statistics(system: System) -> Shares:
    """Milliseconds so far, by function without the functions that it calls, and in waiting for the disk."""
    time.sleep(STATISTICS_SECONDS)
    return dict(system.fetch(queries.FUNCTION_TIMES))


def _packages(profile: Path) -> Shares:
    """The share of each package, without waiting for events; a built-in function counts for its caller."""
    stats: dict[Any, Any] = pstats.Stats(str(profile)).stats  # type: ignore[attr-defined]
    spent: Shares = defaultdict(float)
    for (file, _, function), (_, _, own, _, callers) in stats.items():
        if file != "~":
            spent[_package(file)] += own
        elif "poll" not in function and "run_until_complete" not in function:
            for (caller, _, _), (_, _, part, _) in callers.items():
                spent[_package(caller)] += part
    total = sum(spent.values())
    return _sorted({name: seconds / total for name, seconds in spent.items()})


def _package(file: str) -> str:
    return next((part for part in reversed(Path(file).parts) if part in PACKAGES), "other")


def _sorted(shares: Shares) -> Shares:
    kept = {name: round(share, 4) for name, share in shares.items() if share >= LEAST_SHARE}
    return dict(sorted(kept.items(), key=lambda item: -item[1]))


def _told(shares: Shares) -> str:
    return ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
