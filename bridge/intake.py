"""Where messages that have arrived wait for Postgres.

Messages are decoded as they arrive, into the newest batch, while Postgres works on the one before. So a batch holds
one message when the bridge is idle and grows by itself under load; nothing waits for a timer.
"""

import asyncio
from collections import deque

from bridge.batch import Batch, Item


class Intake:
    """Batches in the order of their arrival, and how much they hold in all."""

    def __init__(self) -> None:
        # Totals of all batches that wait here.
        self.messages = 0
        self.bytes = 0
        # The oldest first; the last one still grows.
        self._batches: deque[Batch] = deque()
        # Set when there is something new for `take`: an item, or the end.
        self._stirred = asyncio.Event()
        # The reason given to `close`; None while open.
        self._end: Exception | None = None

    def add(self, item: Item, size: int = 0, micros: int | None = None) -> None:
        """Append an item of `size` bytes; `micros` is when the stream got it, if it is a message of a stream."""
        if not self._batches or not self._batches[-1].has_room(size):
            self._batches.append(Batch([]))
        batch = self._batches[-1]
        batch.add(item, size)
        if micros is not None:
            batch.micros = micros
        self.messages += 1
        self.bytes += size
        self._stirred.set()

    def close(self, reason: Exception) -> None:
        """Nothing more will come. `take` hands out what is here, then raises the first reason that was given."""
        self._end = self._end or reason
        self._stirred.set()

    @property
    def is_closed(self) -> bool:
        """True once `close` was called."""
        return self._end is not None

    async def take(self) -> Batch:
        """Wait for a batch and return the oldest; raises the reason given to `close`."""
        while not self._batches:
            if self._end is not None:
                raise self._end
            self._stirred.clear()
            await self._stirred.wait()
        batch = self._batches.popleft()
        self.messages -= len(batch.items)
        self.bytes -= batch.size
        return batch
