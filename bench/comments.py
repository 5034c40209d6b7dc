"""Row 5: comments of two hundred users in ten rooms, at rising rates."""

import time

from bench import queries
from bench.errors import BenchError
from bench.load import DRAIN_SECONDS, POLL_SECONDS, Load, await_delivery, highest, quantiles, rising
from bench.row import Bench, Row, latency
from bench.system import System

TITLE = "Comments, 10 rooms of 20 users"
ROOMS, SIZE = 10, 20
RATES = (100, 1000, *rising(3000, 60_000))
SAMPLE_EVERY = 7


def run(bench: Bench) -> Row:
    """Raises BenchError."""
    with System(bench.servers, ROOMS, SIZE, gateways=bench.options.gateways, feed=False) as system:
        users = [(f"u{room}-{place}", room) for place in range(SIZE) for room in range(ROOMS)]
        system.crowd.call("join", system.ports, users)
        system.crowd.call("watch", {room: str(room) for room in range(ROOMS)}, 1, SAMPLE_EVERY)
        talk = Talk(system)
        loads, best = highest(lambda rate: talk.run(rate, bench.options.seconds), RATES, bench.say_load)
    rate = best.rate if best else 0.0
    said = sum(load.messages for load in loads)
    return Row(
        TITLE,
        [
            f"{rate:,.0f} comments/s in, {rate * SIZE:,.0f} deliveries/s out{latency(best)}",
            f"overrun: {max(load.throughput for load in loads):,.0f} comments/s",
        ],
        f"{said:,} said = recorded; each of {ROOMS * SIZE} users got those of their room, in order, none missing",
        {"sustained": rate, "loads": [load.as_json() for load in loads]},
    )


class Talk:
    """Makes the crowd comment; every run checks that each comment was recorded and delivered to its whole room."""

    def __init__(self, system: System) -> None:
        self._system = system
        # Comments of all runs together.
        self._said = 0

    def run(self, rate: float, seconds: float) -> Load:
        """Raises BenchError if a comment is missing, doubled or out of order."""
        system = self._system
        seqs, usage = dict(system.fetch(queries.ROOM_SEQS)), system.usage()
        system.crowd.call("take_latencies")
        started = time.time_ns()
        count = system.crowd.call("comment", rate, seconds)
        ended = time.time_ns()
        processors = system.usage().shares_since(usage)
        self._said += count
        self._drain()
        latencies, last = system.crowd.call("take_latencies")
        risen = sum(dict(system.fetch(queries.ROOM_SEQS)).values()) - sum(seqs.values())
        if risen != count:
            raise BenchError(f"the rooms got {risen} messages of {count} comments")
        took = (max(last, ended) - started) / 1e9
        return Load(
            rate,
            count / (ended - started) * 1e9,
            count,
            count * SIZE,
            count * SIZE / took,
            count / took,
            max(0, last - ended) / 1e9,
            *quantiles(latencies),
            processors,
        )

    def _drain(self) -> None:
        deadline = time.monotonic() + DRAIN_SECONDS
        while (recorded := self._system.fetch(queries.COUNT_COMMENTS)[0][0]) != self._said:
            if time.monotonic() > deadline:
                raise BenchError(f"{recorded} of {self._said} comments are recorded, and no more come")
            time.sleep(POLL_SECONDS)
        await_delivery(self._system, range(ROOMS))
