"""Waits until the gateways have had Postgres choose how a row's filters are evaluated."""

import time

from bench import queries
from bench.errors import BenchError
from bench.load import CheckedFeed, Load
from bench.row import Bench
from bench.system import System

WARM_RATE, WARM_SECONDS = 100, 3.0
"""Before the form that evaluates filters is chosen, there must be rows to choose it by."""
TUNE_SECONDS = 120.0


def warm(bench: Bench, system: System, feed: CheckedFeed) -> Load:
    """Publish some messages, and wait until the filters are evaluated as they are from then on; raises BenchError."""
    load = feed.run(WARM_RATE, WARM_SECONDS)
    tuned = _await_tuning(system)
    bench.say(f"the form was chosen {tuned:.1f} s later; until then p99 {load.p99 * 1000:,.1f} ms")
    return load


def _await_tuning(system: System) -> float:
    started = time.monotonic()
    while not all(is_tuned for (is_tuned,) in system.fetch(queries.IS_TUNED)):
        if time.monotonic() - started > TUNE_SECONDS:
            raise BenchError(f"no form was chosen in {TUNE_SECONDS:.0f} s")
        time.sleep(0.2)
    return time.monotonic() - started
