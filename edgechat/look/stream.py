"""Up to where the stream of the feeds goes, for whoever tells how much of it waits."""

import asyncio

import nats
import nats.errors
from nats.aio.client import Client

from bridge.errors import BridgeError
from bridge.jetstream import ask
from runtime.settings import Settings

CONNECT_SECONDS = 3
POSITION = "select last_seq from chat.feed_position where stream = $1 order by opened_at desc limit 1"
"""Up to where a bridge has carried it to a server."""
AWAY = (OSError, TimeoutError, nats.errors.Error, BridgeError)
"""What `connect` and `newest_seq` raise where there is no NATS, no JetStream or no stream."""


async def ask_newest_seq(settings: Settings) -> int | None:
    """The number of the stream's last message, over a connection of its own; None where that cannot be asked."""
    client = None
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            client = await connect(settings)
            return await newest_seq(client, settings.feed_stream)
    except AWAY:
        return None
    finally:
        if client is not None:
            await client.close()


async def connect(settings: Settings) -> Client:
    """A connection to NATS that tries once."""
    return await nats.connect(
        settings.nats_servers(), connect_timeout=CONNECT_SECONDS, allow_reconnect=False, error_cb=_say_nothing
    )


async def newest_seq(client: Client, stream: str) -> int:
    """The number of the stream's last message."""
    return int((await ask(client, f"STREAM.INFO.{stream}"))["state"]["last_seq"])


async def _say_nothing(_error: Exception) -> None:
    """That NATS is away is seen by what is missing."""
