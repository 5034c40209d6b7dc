"""What Postgres notifies, for those who LISTEN as a gateway or another program does."""

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from gateway.postgres.payloads import room_channel

FEED_CHANNEL = "select chat.feed_channel(1)"
FLUSH = "select pg_notify('flushed', '')"

Heard = dict[str, list[str]]


@asynccontextmanager
async def hearing(database: str, count: int) -> AsyncIterator[Heard]:
    """What is notified on the first feed's and `count` rooms' channels inside the block, by channel."""
    heard: Heard = defaultdict(list)
    listener = await asyncpg.connect(database)
    try:
        for channel in [await listener.fetchval(FEED_CHANNEL), *(room_channel(room) for room in range(count))]:
            await listener.add_listener(channel, lambda _, pid, channel, payload: heard[channel].append(payload))
        yield heard
        # A notification to itself comes after all that were committed before.
        await listener.execute(FLUSH)
        await listener.fetchval("select 1")
    finally:
        await listener.close()
