"""Gathers requests while a call runs and sends them together in the next: alone when idle, in hundreds under load."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

import asyncpg

Item = TypeVar("Item")
Result = TypeVar("Result")


class Batcher(Generic[Item, Result]):
    """Turns single requests into calls for many.

    `call` gets the items in the order in which they came and returns a result for each. One call runs at a time. What
    it raises, every one of its requests gets; the next call starts afresh. Too much for one call is done in halves.

    Where a call costs much however few items it has, the next one is put off for up to `rest` seconds while others
    gather, but for no longer than the last one took. A request that meets no other is never put off.

    `gate` is passed before each call: what waited behind one that was lost may not be done either. What it raises, the
    requests get.
    """

    def __init__(
        self,
        call: Callable[[list[Item]], Awaitable[Sequence[Result]]],
        max_items: int = 500,
        rest: float = 0.0,
        gate: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._call = call
        self._max_items = max_items
        self._rest = rest
        self._gate = gate
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._task: asyncio.Task[None] | None = None

    async def submit(self, item: Item) -> Result:
        """Wait for the result of one request."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        try:
            while self._waiting:
                started = time.monotonic()
                batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._max_items))]
                await self._run_batch(batch)
                if self._rest and 0 < len(self._waiting) < self._max_items:
                    await asyncio.sleep(min(self._rest, time.monotonic() - started))
        finally:
            self._task = None

    async def _run_batch(self, batch: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            if self._gate is not None:
                await self._gate()
            results = await self._call([item for item, _ in batch])
            if len(results) != len(batch):
                raise ValueError(f"{len(results)} results for {len(batch)} requests")
        except asyncpg.ProgramLimitExceededError as error:
            # What they announce does not fit into the queue of notifications together, and none was done.
            if len(batch) == 1:
                return _fail(batch, error)
            middle = len(batch) // 2
            await self._run_batch(batch[:middle])
            await self._run_batch(batch[middle:])
        except Exception as error:
            _fail(batch, error)
        else:
            for (_, future), result in zip(batch, results, strict=True):
                with suppress(asyncio.InvalidStateError):
                    future.set_result(result)


def _fail(batch: list[tuple[Item, asyncio.Future[Result]]], error: Exception) -> None:
    for _, future in batch:
        # A request whose waiter is gone is done already.
        with suppress(asyncio.InvalidStateError):
            future.set_exception(error)
