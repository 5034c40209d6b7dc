"""Connections to a nats-server whose every wait is limited: the library would wait for ever for one that is dead."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import nats
import nats.errors
import nats.js.errors
from nats.aio.client import Client

from harness.waiting import until
from servers.nats import ask_servers

CONNECT_SECONDS = 30.0
CLOSE_SECONDS = 5.0
PROBE_SECONDS = 0.5


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Client]:
    """A connection that comes back for as long as the block runs, and says nothing about it."""
    async with asyncio.timeout(CONNECT_SECONDS):
        client = await nats.connect(
            await servers_of(url), max_reconnect_attempts=-1, reconnect_time_wait=0.1, error_cb=ignore, ping_interval=5
        )
    try:
        yield client
    finally:
        with suppress(OSError, TimeoutError, nats.errors.Error):
            async with asyncio.timeout(CLOSE_SECONDS):
                await client.close()


async def servers_of(url: str) -> list[str]:
    """The servers in a NATS_URL; of several those that answer: the library leaks the connection to one that hangs."""
    urls = url.split(",")
    if len(urls) == 1:
        return urls
    answers = await asyncio.to_thread(ask_servers, urls, PROBE_SECONDS)
    return [url for url in urls if not isinstance(answers[url], str)] or urls


async def delete_streams(url: str) -> None:
    """Delete all streams: one server serves many tests, and each bridge would take what the one before left."""

    async def are_deleted() -> bool:
        # A cluster has no leader for some moments.
        with suppress(OSError, TimeoutError, nats.errors.Error, nats.js.errors.Error):
            for stream in await client.jsm().streams_info():
                await client.jsm().delete_stream(stream.config.name or "")
            return True
        return False

    async with connected(url) as client:
        await until(are_deleted, "the streams to be deleted")


async def ignore(error: Exception) -> None:
    """Not to be told of each try to connect to a server that a test has killed."""
