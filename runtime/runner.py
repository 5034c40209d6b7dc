"""Runs one part in this process until it ends, fails, or is told to stop."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import uvloop

from runtime import reporting


def run_until_stopped(part: str, reports: Path, main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run `main` on uvloop. SIGTERM or SIGINT cancels it: it cleans up in its `finally`, and this returns.

    Meanwhile the part's report stands in the folder `reports`. Raises what `main` raises.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(part, reports, main))


async def _run(part: str, reports: Path, main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    writing = asyncio.create_task(reporting.keep(reports, part))
    task = asyncio.create_task(main())
    loop = asyncio.get_running_loop()
    stopped = False

    def stop() -> None:
        nonlocal stopped
        stopped = True
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        await task
    except asyncio.CancelledError:
        if not stopped:
            raise
    finally:
        writing.cancel()
        await asyncio.wait([writing])
