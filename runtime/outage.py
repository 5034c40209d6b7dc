"""What a process logs while something is away, and how long it waits between tries.

The policy for everything that can be away (Postgres, the NATS server, the stream): try for ever, with pauses that grow
from a tenth of a second to three seconds; one log line when it is lost, one when it is back, none for each try, and no
line twice within a minute, however often it comes and goes. While it is away, the process's report says so.
"""

import asyncio
import logging
import time
from collections.abc import Callable

from runtime.logs import event
from runtime.repeats import REPEAT_SECONDS
from runtime.trouble import TROUBLES, Troubles

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 3.0
_MOST_REASONS = 5


class Outage:
    """Whether one thing is there, as far as this object was told."""

    def __init__(
        self,
        what: str,
        logger: logging.Logger,
        longest_pause: float = LONGEST_PAUSE,
        troubles: Troubles = TROUBLES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.what = what
        self._logger = logger
        # Seconds; the longest pause between tries.
        self._longest_pause = longest_pause
        self._troubles = troubles
        self._clock = clock
        # When it was lost; None while it is there.
        self._since: float | None = None
        # When each reason was last logged, and which was since the loss: then the end is logged too.
        self._said: dict[str, float] = {}
        self._told: str | None = None
        # Losses that were not logged since the last one that was.
        self._untold = 0
        # Seconds before the next try.
        self._pause = FIRST_PAUSE

    @property
    def is_present(self) -> bool:
        """Whether it is away now."""
        return self._since is not None

    async def wait(self, reason: str) -> None:
        """It is away because of `reason`: log that if it is news, and pause."""
        self.note(reason)
        pause, self._pause = self._pause, min(self._pause * 2, self._longest_pause)
        await asyncio.sleep(pause)

    def note(self, reason: str, *, is_partial: bool = False) -> None:
        """It is away because of `reason`: log that if it is news. `is_partial`: the rest of the work goes on."""
        now = self._clock()
        is_lost_now = self._since is None
        self._since = now if self._since is None else self._since
        self._troubles.begin(self.what, reason, is_partial=is_partial)
        self._said = {text: at for text, at in self._said.items() if now - at < REPEAT_SECONDS or not is_lost_now}
        # Another reason is news, unless reasons differ from try to try.
        if reason not in self._said and len(self._said) < _MOST_REASONS:
            self._said[reason] = now
            self._told = reason
            often = f" ({self._untold} more losses since the last line)" if self._untold else ""
            self._untold = 0
            named = event("outage_began", what=self.what, reason=reason)
            self._logger.warning("waiting for %s: %s%s", self.what, reason, often, extra=named)
        elif is_lost_now:
            self._untold += 1

    def end(self) -> None:
        """It is there."""
        if self._since is None:
            return
        if self._told is not None:
            now = self._clock()
            named = event("outage_ended", what=self.what, reason=self._told, seconds=round(now - self._since, 3))
            words = "%s is back after %.1f s; it was: %s"
            self._logger.info(words, self.what, now - self._since, self._told, extra=named)
            # From here on: the next end must not come within a minute either.
            self._said[self._told] = now
        self._since, self._told = None, None
        self._troubles.end(self.what)
        self._pause = FIRST_PAUSE
