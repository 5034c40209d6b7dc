"""What is counted and logged of connections that were refused: a line a minute for each kind, however many come."""

import logging
import time
from collections.abc import Callable
from http import HTTPStatus

from gateway.tally import TALLY
from runtime.logs import event
from runtime.repeats import Repeats

logger = logging.getLogger("gateway")


class Refusals:
    """Of all who ask at one door, by the HTTP status that answered them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._repeats = Repeats(clock)

    def note(self, status: HTTPStatus, words: str) -> None:
        """One was refused, and why: logged if nothing of that kind was in the last minute."""
        kind = str(int(status))
        TALLY.handshakes_refused[kind] += 1
        often = self._repeats.meet(kind)
        if often is not None:
            named = event("handshake_refused", status=int(status), times=TALLY.handshakes_refused[kind])
            logger.warning("refused with %s: %s%s", kind, words, often, extra=named)
