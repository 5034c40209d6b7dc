"""What a client does about the end of a connection (docs/protocol.md, "Close codes")."""

import random
import re

from websockets.exceptions import ConnectionClosed

from edgechat.client.errors import ClosedError, ReplacedError

GOING_AWAY = 1001
LOST = 1006
"""The connection ended without a goodbye."""
MEND_CODES = frozenset({1003, 1007, 1008})
"""The program sends what it must not: if it came back, it would be closed again."""
MODERATED_CODES = frozenset({4002, 4003})
"""Moderators removed the member, or closed the room: who comes back all the same asks for it."""
REPLACED = (1012, "resumed on another connection")

_HINT = re.compile(r"resume in (\d{1,2}(?:\.\d{1,3})?) s$")
"""What a gateway that stops tells each client (code 1001): so not all return at once, and none later than need be."""

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 30.0
"""Seconds before a return: up to the first one, doubled with each try in vain, and never more than the longest."""


def closing_of(error: ConnectionClosed) -> tuple[int, str]:
    """The code and reason by which the service closed."""
    return (error.rcvd.code, error.rcvd.reason) if error.rcvd else (LOST, "")


def final_error(code: int, reason: str) -> ClosedError | None:
    """Why it is in vain to come back; None if it is not."""
    if (code, reason) == REPLACED:
        return ReplacedError(code, reason)
    return ClosedError(code, reason) if code in MEND_CODES | MODERATED_CODES else None


def hinted_pause(code: int, reason: str) -> float | None:
    """Seconds after which a gateway that stops has asked to come back; None if it has not."""
    hint = _HINT.search(reason) if code == GOING_AWAY else None
    return float(hint[1]) if hint else None


def pause(failures: int) -> float:
    """Seconds to wait after so many tries in vain: at random, so that not all clients of a gateway return at once."""
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(failures, 20))
    return random.uniform(longest / 2, longest)
