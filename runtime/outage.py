"""What a process logs while something is away, and how long it waits between tries.

The policy for everything that can be away (Postgres, the NATS server, the stream): try for ever, with pauses that grow
from a tenth of a second to three seconds; one log line when it is lost, one when it is back, none for each try.
"""

import asyncio
import logging
import time

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 3.0
_MOST_REASONS = 5


class Outage:
    """Whether one thing is there, as far as this object was told."""

    def __init__(self, what: str, logger: logging.Logger, longest_pause: float = LONGEST_PAUSE) -> None:
        self.what = what
        self._logger = logger
        # Seconds; the longest pause between tries.
        self._longest_pause = longest_pause
        # When it was lost, by the monotonic clock.
        self._since = 0.0
        # Reasons that were logged since then; empty while it is there.
        self._said: set[str] = set()
        # Seconds before the next try.
        self._pause = FIRST_PAUSE

    async def wait(self, reason: str) -> None:
        """It is away because of `reason`: log that if it is news, and pause."""
        self.note(reason)
        pause, self._pause = self._pause, min(self._pause * 2, self._longest_pause)
        await asyncio.sleep(pause)

    def note(self, reason: str) -> None:
        """It is away because of `reason`: log that if it is news."""
        if not self._said:
            self._since = time.monotonic()
        # Another reason is news, unless reasons differ from try to try.
        if reason not in self._said and len(self._said) < _MOST_REASONS:
            self._said.add(reason)
            self._logger.warning("waiting for %s: %s", self.what, reason)

    def end(self) -> None:
        """It is there."""
        if self._said:
            self._logger.info("%s is back after %.1f s", self.what, time.monotonic() - self._since)
        self._said.clear()
        self._pause = FIRST_PAUSE
