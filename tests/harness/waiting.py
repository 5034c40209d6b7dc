"""Waiting for what other tasks and processes do: asked again and again, within a limit."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable

WAIT_SECONDS = 30.0
PAUSE_SECONDS = 0.02


async def until(is_so: Callable[[], object | Awaitable[object]], what: str, seconds: float = WAIT_SECONDS) -> float:
    """Wait until something is so; how long it took. Raises AssertionError, with what was waited for, if it never is."""
    started = time.monotonic()
    try:
        async with asyncio.timeout(seconds):
            while not await _answer(is_so):
                await asyncio.sleep(PAUSE_SECONDS)
    except TimeoutError:
        raise AssertionError(f"waited {seconds:.0f} s in vain for {what}") from None
    return time.monotonic() - started


async def _answer(is_so: Callable[[], object | Awaitable[object]]) -> object:
    answer = is_so()
    return await answer if inspect.isawaitable(answer) else answer
