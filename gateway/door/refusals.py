"""What the log says of connections that were refused: a line for each kind now and then, however many there are."""

import logging
import time
from collections import Counter
from collections.abc import Callable
from http import HTTPStatus

from gateway.tally import TALLY
from runtime.logs import event

INTERVAL = 60.0
"""Seconds between two lines about the same kind of refusal."""

logger = logging.getLogger("gateway")


class Refusals:
    """Counts refusals by the HTTP status that answered them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.counts: Counter[HTTPStatus] = Counter()
        self._clock = clock
        # For each kind, when it was last logged, and how many there had been.
        self._logged: dict[HTTPStatus, tuple[float, int]] = {}

    def note(self, status: HTTPStatus, words: str) -> None:
        """One was refused, and why: logged if nothing of that kind was in the last minute."""
        self.counts[status] += 1
        TALLY.handshakes_refused[str(int(status))] += 1
        now = self._clock()
        at, count = self._logged.get(status, (now - INTERVAL, 0))
        if now - at < INTERVAL:
            return
        more = self.counts[status] - count - 1
        self._logged[status] = now, self.counts[status]
        named = event("handshake_refused", status=int(status), more=more)
        since = f" ({more} more since the last line)" if more else ""
        logger.warning("refused with %d: %s%s", status, words, since, extra=named)
