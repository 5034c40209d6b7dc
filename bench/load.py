"""One measurement: the feed runs at a rate for some seconds, until everybody has everything."""

import time
from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bench import queries
from bench.clauses import Title, TitleRange, Turn
from bench.errors import BenchError, CutOffError
from bench.system import System

SUSTAINED_SECONDS = 0.25
"""A rate is sustained if 99 % of the messages reach the clients within this time, none is missing …"""
LEAST_SHARE = 0.98
"""… and the publisher sent at least this share of what it was to send."""
DRAIN_SECONDS = 60.0
POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Load:
    """The results. Latencies are in seconds, from publishing to the client's check; rates are per second."""

    wanted_rate: float
    rate: float
    messages: int
    deliveries: int
    deliveries_rate: float
    throughput: float
    """Messages per second from the first publication to the last delivery: the system's own rate if it was overrun."""
    drain: float
    p50: float
    p99: float
    longest: float
    samples: int
    processors: dict[str, dict[str, float]]

    @property
    def is_sustained(self) -> bool:
        """Whether the system kept up."""
        return self.p99 < SUSTAINED_SECONDS and self.rate >= LEAST_SHARE * self.wanted_rate

    def as_json(self) -> dict[str, Any]:
        """All figures, for the results."""
        return asdict(self) | {"is_sustained": self.is_sustained}


class CheckedFeed:
    """Publishes to a system; `members` says how many members each room has, `filters` what each gets, if not all.

    `published` is how many messages were published before.

    Every run checks that as many rows are stored as were published, that every room's sequence rose by the number of
    those that pass its filter, and that every member got each of them, in order, without a gap.
    """

    def __init__(
        self,
        system: System,
        members: dict[int, int],
        filters: Mapping[int, Title | TitleRange | Turn] | None = None,
        published: int = 0,
    ) -> None:
        self._system = system
        self._members = members
        self._filters = filters or {}
        self._count = queries.count_rows(system.feeds)
        self.published = published

    def run(self, rate: float, seconds: float, meanwhile: Callable[[], None] = lambda: None, own: int = 0) -> Load:
        """Publish, and do something else meanwhile; raises BenchError if anything is missing, doubled or out of order.

        `own` is how many other messages each room gets meanwhile.
        """
        system = self._system
        seqs, usage = self._seqs(), system.usage()
        system.crowd.call("take_latencies")
        system.publisher.ask("publish", rate, seconds)
        meanwhile()
        messages, started, ended = system.publisher.answer()
        processors = system.usage().shares_since(usage)
        first, self.published = self.published, self.published + messages
        self._drain()
        latencies, last = system.crowd.call("take_latencies")
        risen = {room: seq - seqs[room] - own for room, seq in self._seqs().items()}
        for room, count in risen.items():
            passed = self._filters[room].passed(first, messages) if self._filters else messages
            if count != passed:
                raise BenchError(f"room {room} got {count} messages, not {passed}")
        deliveries = sum(count * self._members[room] for room, count in risen.items())
        return Load(
            rate,
            messages / (ended - started) * 1e9,
            messages,
            deliveries,
            deliveries / (max(last, ended) - started) * 1e9,
            messages / (max(last, ended) - started) * 1e9,
            max(0, last - ended) / 1e9,
            *quantiles(latencies),
            processors,
        )

    def _seqs(self) -> dict[int, int]:
        return {room: seq for room, seq in self._system.fetch(queries.ROOM_SEQS) if room in self._members}

    def _stored(self) -> list[int]:
        """How many rows each server has."""
        return [count for (count,) in self._system.fetch(self._count)]

    def _drain(self) -> None:
        """Wait until everything published is stored, and everything logged has reached every member."""
        deadline = time.monotonic() + DRAIN_SECONDS
        while min(stored := self._stored()) < self.published:
            if time.monotonic() > deadline:
                raise BenchError(f"{min(stored)} of {self.published} messages are stored, and no more come")
            time.sleep(POLL_SECONDS)
        if max(stored) != self.published:
            raise BenchError(f"{max(stored)} rows are stored of {self.published} messages")
        await_delivery(self._system, self._members)


def await_delivery(system: System, rooms: Iterable[int]) -> None:
    """Wait until every member has what their room's log has; raises BenchError."""
    wanted = dict(system.fetch(queries.ROOM_SEQS))
    if gone := [room for room in rooms if room not in wanted]:
        raise BenchError(f"nobody is left in {len(gone)} rooms, as room {gone[0]}: too slow to read, they were cut off")
    deadline = time.monotonic() + DRAIN_SECONDS
    while True:
        seqs = system.crowd.call("seqs")
        behind = [room for room in rooms if seqs[room] != wanted[room]]
        if not behind:
            return
        if time.monotonic() > deadline:
            raise BenchError(f"{len(behind)} rooms did not get everything; room {behind[0]} not {wanted[behind[0]]}")
        time.sleep(POLL_SECONDS)


def quantiles(packed: bytes) -> tuple[float, float, float, int]:
    """p50, p99 and maximum of packed nanoseconds, in seconds, and how many values there are."""
    values = array("q")
    values.frombytes(packed)
    if not values:
        return float("nan"), float("nan"), float("nan"), 0
    ordered = sorted(values)
    last = len(ordered) - 1
    return ordered[last // 2] / 1e9, ordered[round(last * 0.99)] / 1e9, ordered[last] / 1e9, len(ordered)


def rising(first: float, last: float, factor: float = 1.2) -> list[float]:
    """Round rates from `first` to at most `last`, each higher than the one before by `factor`."""
    rates = [first]
    while rates[-1] * factor <= last:
        rates.append(float(f"{rates[-1] * factor:.2g}"))
    return rates


def highest(
    run: Callable[[float], Load], rates: Iterable[float], say: Callable[[Load], None]
) -> tuple[list[Load], Load | None]:
    """Try rates from the lowest until one is not sustained twice; returns all loads, and the highest sustained one.

    A rate at which clients were cut off as too slow is not sustained either.
    """
    loads: list[Load] = []
    best: Load | None = None
    for rate in rates:
        try:
            load = run(rate)
            if not load.is_sustained:
                # The machine may have been busy with something else.
                load = run(rate)
        except CutOffError:
            # That has ended the crowd.
            break
        loads.append(load)
        say(load)
        if not load.is_sustained:
            break
        best = load
    return loads, best
