"""Row 9: twenty of five hundred users in a room stop reading. They are cut off, and the others must not notice."""

import time

import psutil

from bench import queries
from bench.errors import BenchError
from bench.load import CheckedFeed, Load
from bench.reference import CLOSE_SLOW
from bench.row import Bench, Row, checked, milliseconds
from bench.system import System

TITLE = "Slow clients, 20 of 500 stop reading"
SIZE, SLOW = 500, 20
RATE = 2000
LEAST_SECONDS = 14.0
"""Longer than the ten seconds after which a client that takes nothing is cut off."""
POLL_SECONDS = 0.2
MOST_GROWTH = 150 * 2**20


def run(bench: Bench) -> Row:
    """Raises BenchError if one was not cut off as it should be, or if the gateway's memory grew without bounds."""
    seconds = max(LEAST_SECONDS, 4 * bench.options.seconds)
    with System(bench.servers, 1, SIZE) as system:
        system.crowd.call("join", system.ports, [(f"u{place}", 0) for place in range(SIZE)])
        system.crowd.call("watch", {0: "all"}, 1, 47)
        feed = CheckedFeed(system, {0: SIZE})
        feed.run(RATE, 2.0)
        before = feed.run(RATE, seconds)
        bench.say_load(before)
        watch = Watch(system)
        system.crowd.call("pause", SLOW)
        # The room also gets a USEREXITED for each of them.
        during = CheckedFeed(system, {0: SIZE - SLOW}, published=feed.published).run(
            RATE, seconds, watch.until_cut, own=SLOW
        )
        bench.say_load(during)
        closes = system.crowd.call("resume")
    if closes != [CLOSE_SLOW] * SLOW:
        raise BenchError(f"{SLOW} users stopped reading and were closed with {closes}, not {CLOSE_SLOW}")
    if watch.growth > MOST_GROWTH:
        raise BenchError(f"the gateway's memory grew by {watch.growth / 2**20:.0f} MiB")
    return _row(before, during, watch)


class Watch:
    """Watches the gateway while the slow users are being cut off."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._gateway = psutil.Process(system.pid("gateway"))
        self._before = self._gateway.memory_info().rss
        self._started = time.monotonic()
        # The most bytes by which its memory grew, and how many seconds it took.
        self.growth = 0
        self.seconds = 0.0

    def until_cut(self) -> None:
        """Wait until they have left the room; raises BenchError if that takes too long."""
        while self._system.fetch(queries.COUNT_MEMBERS)[0][0] > SIZE - SLOW:
            self.growth = max(self.growth, self._gateway.memory_info().rss - self._before)
            self.seconds = time.monotonic() - self._started
            if self.seconds > 2 * LEAST_SECONDS:
                raise BenchError(f"not all slow users were cut off in {self.seconds:.0f} s")
            time.sleep(POLL_SECONDS)


def _row(before: Load, during: Load, watch: Watch) -> Row:
    change = during.p99 / before.p99 - 1
    latencies = f"p99 {milliseconds(before.p99)} before, {milliseconds(during.p99)} for the others meanwhile"
    return Row(
        TITLE,
        [
            f"{latencies} ({change:+.0%})",
            f"all {SLOW} cut off with {CLOSE_SLOW} after {watch.seconds:.1f} s; "
            f"the gateway's memory grew by {watch.growth / 2**20:.0f} MiB at most",
        ],
        f"{checked([before, during], SIZE - SLOW)}; each slow one read on to its last message and the close",
        {
            "before": before.as_json(),
            "during": during.as_json(),
            "change": change,
            "seconds": watch.seconds,
            "growth": watch.growth,
        },
    )
