"""Waiting for what other tasks and processes do: asked again and again, within a limit."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

WAIT_SECONDS = 30.0
PAUSE_SECONDS = 0.02
LONGEST_PAUSE_SECONDS = 0.5

Answer = TypeVar("Answer")


@overload
async def until(ask: Callable[[], Awaitable[Answer]], what: str, seconds: float = ...) -> Answer: ...


@overload
async def until(ask: Callable[[], Answer], what: str, seconds: float = ...) -> Answer: ...


async def until(ask: Callable[[], Any], what: str, seconds: float = WAIT_SECONDS) -> Any:
    """Ask until the answer is something, and return it. Raises AssertionError, with what was waited for, if none is."""
    try:
        async with asyncio.timeout(seconds):
            while True:
                asked = time.monotonic()
                if answer := await _settled(ask()):
                    break
                # Some questions start a process: where they take long, two thirds of the time is left to those asked.
                await asyncio.sleep(min(max(PAUSE_SECONDS, 2 * (time.monotonic() - asked)), LONGEST_PAUSE_SECONDS))
    except TimeoutError:
        raise AssertionError(f"waited {seconds:.0f} s in vain for {what}") from None
    return answer


async def _settled(answer: Any) -> Any:
    return await answer if inspect.isawaitable(answer) else answer
