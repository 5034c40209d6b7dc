"""Whether a bridge can do its work: what /readyz answers."""

import time

from bridge.tally import TALLY
from runtime.trouble import STANDING_BY, TROUBLES

ANSWER_SECONDS = 6.0
"""Postgres is asked something every second, unless it stores a batch."""
STORE_SECONDS = 12.0
"""A batch takes milliseconds; one that waits for so long waits for something that is wrong."""
TURN_SECONDS = 3.0
"""Feeds that change, or another server of NATS, take less."""


def complaints() -> list[str]:
    """What is wrong; nothing if what arrives is stored, or, for a bridge that stands by, if it could take over.

    Looks at what others have found out, and asks nobody: the answer comes at once, whatever hangs.
    """
    now = time.monotonic()
    words = []
    is_storing = TALLY.storing_since is not None
    silent = now - (TALLY.storing_since or TALLY.answered_at)
    if silent > (STORE_SECONDS if is_storing else ANSWER_SECONDS):
        words.append(f"Postgres has not answered for {silent:.0f} s")
    if TALLY.is_read_only:
        words.append("Postgres takes no writes: it is read-only")
    if TROUBLES.doing.startswith(STANDING_BY):
        return words
    if TALLY.source is None and now - TALLY.turned_at > TURN_SECONDS:
        words.append(f"no feed has come from NATS for {now - TALLY.turned_at:.0f} s")
    return words
