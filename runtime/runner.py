"""Runs one part in this process until it ends, fails, or is told to stop."""

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import uvloop

from runtime import report
from runtime.secret import hide

REPEAT_SECONDS = 60.0
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class Unrepeated:
    """Passes a line once a minute at most: what a fault makes happen again and again is said once."""

    def __init__(self) -> None:
        self._said: dict[str, float] = {}

    def __call__(self, record: logging.LogRecord) -> bool:
        """Whether the line is to be written."""
        text = record.getMessage()
        if record.created - self._said.get(text, -REPEAT_SECONDS) < REPEAT_SECONDS:
            return False
        self._said = {known: at for known, at in self._said.items() if record.created - at < REPEAT_SECONDS}
        self._said[text] = record.created
        return True


class Discreet(logging.Formatter):
    """Writes no password, not even one that a traceback has."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, and the traceback if there is one."""
        return hide(super().format(record))


def start_logging() -> None:
    """All parts log alike, to stderr; under `edgechat up` that is the part's log file."""
    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT, stream=sys.stderr)
    for handler in logging.getLogger().handlers:
        handler.addFilter(Unrepeated())
        handler.setFormatter(Discreet(LOG_FORMAT))
    for talkative in ("websockets", "yoyo"):  # They log every connection, and every step of a migration.
        logging.getLogger(talkative).setLevel(logging.WARNING)


def run_until_stopped(part: str, reports: Path, main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run `main` on uvloop. SIGTERM or SIGINT cancels it: it cleans up in its `finally`, and this returns.

    Meanwhile the part's report stands in the folder `reports`. Raises what `main` raises.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(part, reports, main))


async def _run(part: str, reports: Path, main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    reporting = asyncio.create_task(report.keep(reports, part))
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
        reporting.cancel()
        await asyncio.wait([reporting])
