"""The gateway's process."""

import gc
from typing import Any
from weakref import WeakSet

import asyncpg

from gateway.postgres import queries
from gateway.service import Service
from runtime.interface import require_same_interface
from runtime.primary import primary_of
from runtime.role import connect_as
from runtime.session import SESSION_SETTINGS
from runtime.settings import Settings

POOL_SIZE = 6
"""Connections besides the listening one: greetings, joins, leaves and comments run one call at a time each, filters two
(gateway/client/filters.py); what is read of the log, and rare calls, share the pool with them."""
CONNECT_TIMEOUT = 5.0
"""Seconds within which Postgres must take a connection; one that is frozen never does, and calls would wait for it."""
CALL_TIMEOUT = 15.0
"""Seconds after which a call counts as lost; a database that is frozen answers nothing."""

GARBAGE_THRESHOLDS = (20_000, 5, 25)
"""When Python looks for cycles of garbage. A look at everything takes 0.2 s with 10,000 connections, in which nobody is
served, and by default one comes with each quarter that they grow: this has one for 2.5 million new objects, which are
some 25,000 connections."""


async def run(settings: Settings, worker: int | None = None) -> None:
    """Serve clients until cancelled.

    Raises what asyncpg or the socket raises without a server or the port, InterfaceError if the database is of another
    version, and PoolerError if notifications do not come.

    A `worker`, by its number from 1 on, shares the port with others of this user: the kernel deals connections out.
    """
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    # What was imported stays.
    gc.freeze()
    connections: WeakSet[asyncpg.Connection] = WeakSet()

    async def remember(connection: asyncpg.Connection) -> None:
        connections.add(connection)

    async def connect(dsn: str | None = None, **options: Any) -> asyncpg.Connection:
        assert dsn is not None
        return await connect_as("gateway", primary_of(dsn), **options)

    async with asyncpg.create_pool(
        settings.database_url,
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
        await require_same_interface(lambda: pool.fetchval(queries.INTERFACE_VERSION))
        try:
            await Service(settings, pool, connections, worker).run()
        finally:
            # To close it would be to wait for calls and connections that a frozen Postgres never answers.
            pool.terminate()


async def _leave_as_it_is(connection: asyncpg.Connection) -> None:
    """No call leaves anything behind in its session, and asyncpg's own statement costs as much as a call."""
