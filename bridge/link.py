"""One connection to NATS, for as long as it lasts, and the next one.

The library's own reconnecting is switched off: after a loss, everything that belonged to the connection (pull requests,
the consumer) must be made again in any case, and one way of starting is easier to get right than two.

Of several servers, one that was lost or did not answer is tried last: a server that hangs takes connections and says
nothing, and each try takes CONNECT_TIMEOUT.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from random import shuffle

import nats
import nats.errors
from nats.aio.client import Client

from bridge.client import TolerantClient
from bridge.errors import SourceError
from bridge.tally import TALLY

CONNECT_TIMEOUT = 5
# A silent server is given up after two pings without an answer.
PING_INTERVAL = 5
CLOSE_TIMEOUT = 2.0

logger = logging.getLogger("bridge")


class Link:
    """The servers of NATS, in the order in which they are tried."""

    def __init__(self, urls: Sequence[str]) -> None:
        self._urls = list(urls)
        shuffle(self._urls)

    @asynccontextmanager
    async def connected(self, lost: Callable[[Exception], None]) -> AsyncIterator[Client]:
        """A connection to one of the servers; `lost` is called when it ends by itself.

        Raises SourceError if none of them can be reached.
        """
        current: Client | None = None

        async def report(client: Client) -> None:
            if client is current:
                lost(SourceError("the connection was lost"))

        client = await self._connect(report)
        TALLY.nats_connections += 1
        current = client
        try:
            yield client
        except SourceError:
            # Whatever it was: another server may know better.
            self._urls.append(self._urls.pop(0))
            raise
        finally:
            current = None
            await _close(client)

    async def _connect(self, report: Callable[[Client], Awaitable[None]]) -> Client:
        """A connection to the first server that takes one."""
        reason = SourceError("no server there")
        for url in tuple(self._urls):
            client = TolerantClient()
            try:
                await _open(client, url, partial(report, client))
            except SourceError as error:
                reason = error
                self._urls.append(self._urls.pop(0))
                await _close(client)
            except asyncio.CancelledError:
                await _close(client)
                raise
            else:
                return client
        raise reason


async def _open(client: Client, url: str, report: Callable[[], Awaitable[None]]) -> None:
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT * 2):
            await client.connect(
                servers=[url],
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
