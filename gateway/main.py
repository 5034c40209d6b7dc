"""The gateway's process."""

from typing import Any
from weakref import WeakSet

import asyncpg

from gateway.client.rights import RightsOf, nobody
from gateway.postgres import queries
from gateway.service import Service
from runtime.interface import require_same_interface
from runtime.primary import primary_of
from runtime.session import SESSION_SETTINGS
from runtime.settings import Settings

POOL_SIZE = 6
"""Connections besides the listening one: greetings, joins, leaves and comments run one call at a time each, filters two
(gateway/client/filters.py); what is read of the log, and rare calls, share the pool with them."""
CONNECT_TIMEOUT = 5.0
"""Seconds within which Postgres must take a connection; one that is frozen never does, and calls would wait for it."""
CALL_TIMEOUT = 15.0
"""Seconds after which a call counts as lost; a database that is frozen answers nothing."""


async def run(settings: Settings, shares_port: bool = False, rights_of: RightsOf = nobody) -> None:
    """Serve clients until cancelled.

    Raises what asyncpg or the socket raises without a server or the port, InterfaceError if the database is of another
    version, and PoolerError if notifications do not come.

    With `shares_port` others of this user may listen on the port too, and the kernel deals the connections out.
    `rights_of` says what a member may do beyond what all may.
    """
    connections: WeakSet[asyncpg.Connection] = WeakSet()

    async def remember(connection: asyncpg.Connection) -> None:
        connections.add(connection)

    async def connect(dsn: str | None = None, **options: Any) -> asyncpg.Connection:
        assert dsn is not None
        return await primary_of(dsn).connect(**options)

    async with asyncpg.create_pool(
        settings.database_url,
        connect=connect,
        init=remember,
        # No floor: keeping one would log a traceback for every try while Postgres is away.
        min_size=0,
        max_size=POOL_SIZE,
        timeout=CONNECT_TIMEOUT,
        command_timeout=CALL_TIMEOUT,
        server_settings={**SESSION_SETTINGS, "application_name": "edgechat gateway"},
    ) as pool:
        await require_same_interface(lambda: pool.fetchval(queries.INTERFACE_VERSION))
        try:
            await Service(settings, pool, connections, shares_port, rights_of).run()
        finally:
            # To close it would be to wait for calls and connections that a frozen Postgres never answers.
            pool.terminate()
