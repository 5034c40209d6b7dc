"""One look at what Postgres and the stream have counted so far."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import asyncpg
from nats.aio.client import Client

from edgechat.look.stream import AWAY, CONNECT_SECONDS, POSITION, connect, newest_seq
from runtime.settings import Settings

FEEDS = "select * from chat.feed_activity"
ROOMS = "select * from chat.room_activity"
COST = "select feed, sum(us_per_row)::double precision as cost from chat.filter_cost group by feed"
DEAREST = "select feed, canonical, rooms, us_per_row::double precision from chat.filter_cost limit $1"
CALL_SECONDS = 10.0
DEAREST_FILTERS = 5


@dataclass(frozen=True, slots=True)
class Cost:
    """What filters cost, in microseconds per row: all of each feed, and the dearest ones."""

    by_feed: dict[str, float]
    dearest: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Sample:
    """What there was at one moment.

    `at` is in seconds of a clock that only goes forward. `waiting` is how many messages of the stream the bridge has
    not stored yet; None where there is no JetStream or it does not answer.
    """

    at: float
    feeds: list[dict[str, Any]]
    rooms: list[dict[str, Any]]
    waiting: int | None


class Sampler:
    """Takes samples over one connection to Postgres and one to NATS, which may be away."""

    def __init__(self, settings: Settings, connection: asyncpg.Connection) -> None:
        self._settings = settings
        self._connection = connection
        self._client: Client | None = None

    async def sample(self) -> Sample:
        """What there is now. Raises what asyncpg does."""
        feeds = await self._connection.fetch(FEEDS, timeout=CALL_SECONDS)
        rooms = await self._connection.fetch(ROOMS, timeout=CALL_SECONDS)
        at = time.monotonic()
        return Sample(at, [dict(row) for row in feeds], [dict(row) for row in rooms], await self._waiting())

    async def cost(self) -> Cost:
        """Measured now, on each feed's newest rows; the time grows with the filters."""
        costs = await self._connection.fetch(COST, timeout=CALL_SECONDS)
        dearest = await self._connection.fetch(DEAREST, DEAREST_FILTERS, timeout=CALL_SECONDS)
        return Cost({row["feed"]: row["cost"] for row in costs}, [dict(row) for row in dearest])

    async def close(self) -> None:
        """Let both connections go."""
        self._connection.terminate()
        if self._client is not None:
            await self._client.close()

    async def _waiting(self) -> int | None:
        stored = await self._connection.fetchval(POSITION, self._settings.feed_stream, timeout=CALL_SECONDS)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                if self._client is None:
                    self._client = await connect(self._settings)
                newest = await newest_seq(self._client, self._settings.feed_stream)
        except AWAY:
            if self._client is not None:
                await self._client.close()
            self._client = None
            return None
        return max(0, newest - (stored or 0))
