"""Work beside what a session is doing."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from gateway.errors import note_fault


class Spawner:
    """Starts work that nobody waits for; an error in it is logged."""

    def __init__(self) -> None:
        # Held so that they are not collected while they run.
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run it beside everything else."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            note_fault("a bug beside serving a client", error)
