"""Batches stored one after the other with the bridge's own statement, and how long each took."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import asyncpg

from bench import queries
from bench.usage import run_time
from bridge.batch import Batch, Row
from bridge.statement import Origin
from bridge.store import Store

BATCHES = (1, 10, 100, 1000)
CELL_SECONDS = 0.4
LEAST_BATCHES = 3
ORIGIN = Origin("BENCH", "bench")


@dataclass(frozen=True, slots=True)
class Cell:
    """How long a batch took and the processor time of its session, medians in seconds, and rows per second."""

    batch: int
    seconds: float
    rate: float
    processor: float = 0.0


class Run:
    """Stores one batch after the other; `number` counts the messages that `make_row` makes of number and sequence.

    `first` is for the caller to note from which number on they count.
    """

    def __init__(self, store: Store, position: int, make_row: Callable[[int, int], Row], pid: int = 0) -> None:
        self._store = store
        self._position = position
        self._make_row = make_row
        self._pid = pid
        self.number = self.first = 0

    @classmethod
    async def begin(cls, store: Store, connection: asyncpg.Connection, make_row: Callable[[int, int], Row]) -> "Run":
        """At the store's position; its session's processor time is counted, too."""
        position = await store.open_position(ORIGIN)
        return cls(store, position.last_seq, make_row, await connection.fetchval(queries.BRIDGE_PID))

    async def warm(self) -> None:
        """Have everything planned and read that later batches need."""
        for size in (1, 1, 1, 1, 1, 10, 100):
            await self.write(size)

    async def measure(self, size: int) -> Cell:
        """Store batches of one size for a while; returns the medians."""
        times: list[float] = []
        processor: list[float] = []
        while len(times) < LEAST_BATCHES or sum(times) < CELL_SECONDS:
            before = run_time(self._pid)
            times.append(await self.write(size))
            processor.append(run_time(self._pid) - before)
        middle = len(times) // 2
        return Cell(size, sorted(times)[middle], size * len(times) / sum(times), sorted(processor)[middle])

    async def write(self, size: int) -> float:
        """Store a batch; returns the seconds it took."""
        batch = Batch(
            [self._make_row(number, self._position + 1 + number) for number in range(self.number, self.number + size)]
        )
        started = time.perf_counter()
        await self._store.write(ORIGIN, batch)
        self.number += size
        return time.perf_counter() - started
