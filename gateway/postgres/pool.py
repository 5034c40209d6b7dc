"""The connections to one server, but for the one that listens."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakSet

import asyncpg

from runtime.primary import primary_of
from runtime.role import connect_as
from runtime.session import SESSION_SETTINGS

POOL_SIZE = 6
"""Connections besides the listening one: greetings, joins, leaves and comments run one call at a time each, filters two
(gateway/client/filters.py); what is read of the log, and rare calls, share the pool with them."""
CONNECT_TIMEOUT = 5.0
"""Seconds within which Postgres must take a connection; one that is frozen never does, and calls would wait for it."""
CALL_TIMEOUT = 15.0
"""Seconds after which a call counts as lost; a database that is frozen answers nothing."""


@asynccontextmanager
async def opened_pool(database_url: str) -> AsyncIterator[tuple[asyncpg.Pool, Collection[asyncpg.Connection]]]:
    """A pool that connects when it is used, and its connections as they are at any moment."""
    connections: WeakSet[asyncpg.Connection] = WeakSet()

    async def remember(connection: asyncpg.Connection) -> None:
        connections.add(connection)

    async def connect(dsn: str | None = None, **options: Any) -> asyncpg.Connection:
        assert dsn is not None
        return await connect_as("gateway", primary_of(dsn), **options)

    async with asyncpg.create_pool(
        database_url,
        connect=connect,
        init=remember,
        reset=_leave_as_it_is,
        # No floor: keeping one would log a traceback for every try while Postgres is away.
        min_size=0,
        max_size=POOL_SIZE,
        timeout=CONNECT_TIMEOUT,
        command_timeout=CALL_TIMEOUT,
        server_settings={**SESSION_SETTINGS, "application_name": "edgechat gateway"},
    ) as pool:
        try:
            yield pool, connections
        finally:
            # To close it would be to wait for calls and connections that a frozen Postgres never answers.
            pool.terminate()


async def _leave_as_it_is(connection: asyncpg.Connection) -> None:
    """No call leaves anything behind in its session, and asyncpg's own statement costs as much as a call."""
