"""Whether a client's computer is still there: it must answer pings, as WebSocket libraries do by themselves.

The library's own pings would do, but for their close code: it says that the service failed.
"""

import asyncio
import time

from websockets.exceptions import ConnectionClosed

from gateway.closing import NO_PULSE
from gateway.door.paced import PacedConnection

PING_INTERVAL = 20.0
"""Seconds between an answer and the next ping."""
PONG_TIMEOUT = 20.0
"""Seconds within which a ping must be answered."""


async def watch(connection: PacedConnection) -> None:
    """Ping a client until it does not answer, and close the connection then; or until the connection has ended."""
    try:
        while True:
            await asyncio.sleep(PING_INTERVAL)
            asked_at = time.monotonic()
            answer = await connection.ping()
            try:
                async with asyncio.timeout(PONG_TIMEOUT):
                    await answer
            except TimeoutError:
                # The answer may be behind much that the client has sent, and that is looked at no faster than allowed,
                # or not at all while its session is busy, as it is for long with a database that is away.
                if connection.heard_at > asked_at or connection.is_unread:
                    continue
                return await connection.close(*NO_PULSE)
    except (ConnectionClosed, ConnectionError):
        pass
