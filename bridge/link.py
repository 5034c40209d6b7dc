"""One connection to the NATS server, for as long as it lasts.

The library's own reconnecting is switched off: after a loss, everything that belonged to the connection (pull requests,
the consumer) must be made again in any case, and one way of starting is easier to get right than two.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import nats
import nats.errors
from nats.aio.client import Client

from bridge.errors import SourceError

CONNECT_TIMEOUT = 5
# A silent server is given up after two pings without an answer.
PING_INTERVAL = 5
CLOSE_TIMEOUT = 2.0

logger = logging.getLogger("bridge")


@asynccontextmanager
async def connected(url: str, lost: Callable[[Exception], None]) -> AsyncIterator[Client]:
    """A connection to one of the servers of `url` (several: with commas); `lost` is called when it ends by itself.

    Raises SourceError if none of them can be reached.
    """
    client = Client()
    is_closing = False

    async def report() -> None:
        if not is_closing:
            lost(SourceError("the connection was lost"))

    try:
        await _connect(client, url, report)
        yield client
    finally:
        is_closing = True
        await _close(client)


async def _connect(client: Client, url: str, report: Callable[[], Awaitable[None]]) -> None:
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT * 2):
            await client.connect(
                servers=[part.strip() for part in url.split(",")],
                name="edgechat bridge",
                allow_reconnect=False,
                max_reconnect_attempts=1,
                reconnect_time_wait=0,
                connect_timeout=CONNECT_TIMEOUT,
                ping_interval=PING_INTERVAL,
                error_cb=_note,
                disconnected_cb=report,
                closed_cb=report,
            )
    except nats.errors.NoServersError:
        raise SourceError("no server there") from None
    except TimeoutError:
        raise SourceError("no answer") from None
    except (OSError, nats.errors.Error) as error:
        raise SourceError(str(error) or type(error).__name__) from error


async def _note(error: Exception) -> None:
    logger.debug("nats: %s", error or type(error).__name__)


async def _close(client: Client) -> None:
    try:
        async with asyncio.timeout(CLOSE_TIMEOUT):
            await client.close()
    except (OSError, TimeoutError, nats.errors.Error) as error:
        logger.debug("closing the connection to NATS: %r", error)
