"""The lock that lets one bridge write. The others stand by, and say who has it.

Whoever has it shows that it is alive every few seconds (Store), so a bridge that hangs, or a session that is no
bridge, is told apart from one that has nothing to do: chat.describe_bridge_lock judges.
"""

import asyncio
import logging
from collections.abc import Callable

import asyncpg

from bridge import queries
from runtime.logs import event
from runtime.outage import Outage
from runtime.trouble import RUNNING, STANDING_BY, TROUBLES

STANDBY_INTERVAL = 1.0
ANSWER_TIMEOUT = 60.0

logger = logging.getLogger("bridge")


class BridgeLock:
    """Over all connections of one bridge: which of them holds it is up to the server."""

    def __init__(self) -> None:
        self._outage = Outage("the other bridge", logger)
        # Whether the log says that this bridge stands by.
        self._stands_by = False

    async def obtain(self, connection: asyncpg.Connection, waiting: Callable[[], None]) -> None:
        """Wait until this session holds it; calls `waiting` as long as it does not. Raises what asyncpg raises."""
        try:
            while not await connection.fetchval(queries.TRY_LOCK, timeout=ANSWER_TIMEOUT):
                waiting()
                ((holder, complaint),) = await connection.fetch(queries.DESCRIBE_LOCK, timeout=ANSWER_TIMEOUT)
                if holder is not None:
                    self._stand_by(holder, complaint)
                await asyncio.sleep(STANDBY_INTERVAL)
        finally:
            TROUBLES.doing = RUNNING
        self._outage.end()
        if self._stands_by:
            logger.info("took over: the other bridge is gone", extra=event("took_over"))
            self._stands_by = False

    def _stand_by(self, holder: str, complaint: str | None) -> None:
        TROUBLES.doing = f"{STANDING_BY}: {holder} has the lock"
        if not self._stands_by:
            words = "another bridge is at work; standing by: %s has the lock"
            logger.info(words, holder, extra=event("standing_by", holder=holder))
            self._stands_by = True
        if complaint is None:
            self._outage.end()
        else:
            self._outage.note(complaint)
