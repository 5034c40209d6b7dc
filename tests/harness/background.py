"""What goes on beside a test, and ends with it."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

PATIENCE_SECONDS = 1.0


@asynccontextmanager
async def background(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run something for the time of the block; raises what it raised."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        await end(task)
    if not task.cancelled():
        task.result()


async def end(task: asyncio.Task[None]) -> None:
    """Cancel a task until it has ended.

    Once is not enough: up to Python 3.11 `asyncio.wait_for` swallows a cancellation that comes with the result, and a
    loop that publishes would go on for ever.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=PATIENCE_SECONDS)
