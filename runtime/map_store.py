"""Keeps the map of servers in JetStream's key-value store: replicated as the feed's stream is, consistent, watched.

Whoever has read the map goes on by it while the store is away; only to change it, and to start, takes the store.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import nats
import nats.errors
import nats.js.errors
from nats.aio.client import Client
from nats.js.api import KeyValueConfig
from nats.js.kv import KeyValue

from runtime.outage import Outage
from runtime.server_map import MapChangedError, MapError, NoMapError, ServerMap
from runtime.settings import Settings

KEY = "map"
CONNECT_SECONDS = 5
LOOK_SECONDS = 2.0
"""Seconds between two looks at the map by who follows it, when nothing says that it has changed."""
LEAST_SECONDS = 0.1

logger = logging.getLogger("edgechat")
_ERRORS = (OSError, TimeoutError, nats.errors.Error, nats.js.errors.Error)


class MapStore:
    """The map in one bucket; made by `open_store`."""

    def __init__(self, client: Client, bucket: str, replicas: int | None) -> None:
        self._jetstream = client.jetstream(timeout=CONNECT_SECONDS)
        self._bucket = bucket
        self._replicas = replicas

    async def read(self) -> tuple[ServerMap, int]:
        """The map and its revision; raises NoMapError if there is none, MapError if the store is away."""
        try:
            entry = await (await self._jetstream.key_value(self._bucket)).get(KEY)
        except (nats.js.errors.BucketNotFoundError, nats.js.errors.KeyNotFoundError):
            raise NoMapError(
                f"there is no map of servers in {self._bucket!r}: make one with `edgechat server add NAME URL`, or "
                "unset SERVER_MAP if there is one server only"
            ) from None
        except _ERRORS as error:
            raise _away(error) from error
        assert entry.revision is not None
        return ServerMap.parse(entry.value or b""), entry.revision

    async def create(self, servers: ServerMap) -> None:
        """Keep the first map; raises MapError, MapChangedError if somebody else just did."""
        config = KeyValueConfig(bucket=self._bucket, history=64, replicas=self._replicas or 1)
        try:
            store: KeyValue = await self._jetstream.create_key_value(config)
            await store.create(KEY, servers.serialize().encode())
        except nats.js.errors.KeyWrongLastSequenceError:
            raise MapChangedError(
                "somebody else has just made the map of servers: look with `edgechat server list`"
            ) from None
        except _ERRORS as error:
            raise _away(error) from error

    async def write(self, servers: ServerMap, revision: int) -> int:
        """Replace the map that was read with this revision; the new one's. Raises MapError, MapChangedError if somebody
        else has changed it meanwhile."""
        try:
            store = await self._jetstream.key_value(self._bucket)
            return await store.update(KEY, servers.serialize().encode(), last=revision)
        except nats.js.errors.KeyWrongLastSequenceError:
            raise MapChangedError(
                "somebody else has just changed the map of servers: look at it, and try again"
            ) from None
        except _ERRORS as error:
            raise _away(error) from error


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[MapStore]:
    """The store that SERVER_MAP names, over a connection of its own; raises MapError."""
    assert settings.server_map is not None
    client = Client()
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await client.connect(
                servers=settings.nats_servers(),
                name="edgechat map",
                allow_reconnect=False,
                max_reconnect_attempts=1,
                connect_timeout=CONNECT_SECONDS,
                error_cb=_note,
            )
    except _ERRORS as error:
        with suppress(*_ERRORS):
            await client.close()
        raise _away(error) from error
    try:
        yield MapStore(client, settings.server_map, settings.feed_stream_replicas)
    finally:
        with suppress(*_ERRORS):
            await client.close()


async def read_map(settings: Settings) -> ServerMap:
    """The map as it is now, where SERVER_MAP names one; raises MapError."""
    async with open_store(settings) as store:
        return (await store.read())[0]


async def follow_map(
    settings: Settings, known: ServerMap, take: Callable[[ServerMap], Awaitable[None]], is_stale: asyncio.Event
) -> None:
    """Call `take` with each map that is newer than the one that is known, for ever; while the store is away, wait.

    It is looked at now and then, and soon after `is_stale` is set."""
    outage = Outage("the map of servers", logger)
    while True:
        try:
            async with open_store(settings) as store:
                while True:
                    found, _ = await store.read()
                    outage.end()
                    if found.version > known.version:
                        known = found
                        await take(found)
                    is_stale.clear()
                    await asyncio.sleep(LEAST_SECONDS)
                    with suppress(TimeoutError):
                        async with asyncio.timeout(LOOK_SECONDS):
                            await is_stale.wait()
        except MapError as error:
            await outage.wait(str(error))


def _away(error: Exception) -> MapError:
    return MapError(f"the map of servers, which NATS keeps, cannot be reached: {error or type(error).__name__}")


async def _note(error: Exception) -> None:
    logger.debug("nats: %s", error or type(error).__name__)
