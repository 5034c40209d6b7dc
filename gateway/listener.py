"""The one connection that LISTENs, and is the gateway in Postgres's eyes: it holds the gateway's lock.

A lost connection loses its listeners and every notification meanwhile, and a peer that vanished without a word is not
noticed by the driver. So the connection is proved every few seconds by a notification to itself, replaced when that
does not come back, and after every replacement the logs are read for what was missed: LISTEN first, then read.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import asyncpg

from gateway import queries

PROBE_INTERVAL = 2.0
"""Seconds between two probes."""
PROBE_TIMEOUT = 5.0
"""Seconds after which a probe that did not come back means that the connection is dead."""
MAX_PAUSE = 2.0
"""Longest pause, in seconds, between two tries to connect; they start at a twentieth of it."""

logger = logging.getLogger("gateway")
Callback = Callable[[str], None]


class GatewayLostError(Exception):
    """The gateway was away for so long that the others took it for dead: its members have left their rooms."""


class Listener:
    """Keeps channels listened to over reconnects; `on_reconnect` is called when what was missed must be read."""

    def __init__(self, database_url: str, on_reconnect: Callable[[], None]) -> None:
        self.gateway_id = 0
        self._url = database_url
        self._on_reconnect = on_reconnect
        self._connection: asyncpg.Connection | None = None
        self._channels: dict[str, Callback] = {}
        self._connected = asyncio.Event()
        self._broken = asyncio.Event()
        self._probe_returned = asyncio.Event()

    async def open(self) -> None:
        """Connect and register the gateway. Raises what asyncpg raises if the database cannot be reached."""
        connection = await self._connect()
        self.gateway_id = await connection.fetchval(queries.OPEN_GATEWAY)
        self._channels[self._probe_channel] = lambda _: self._probe_returned.set()
        await self._start(connection)

    async def listen(self, channel: str, callback: Callback) -> None:
        """Have the callback called with every payload on a channel, in order, from when this returns."""
        if channel in self._channels and self._connected.is_set():
            return
        self._channels[channel] = callback
        while True:
            await self._connected.wait()
            try:
                assert self._connection is not None
                await self._connection.add_listener(channel, self._dispatch)
                return
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                # The connection is gone; the next one listens to all channels before it counts as connected.
                self._break()

    async def unlisten(self, channel: str) -> None:
        """Stop listening to a channel."""
        self._channels.pop(channel, None)
        if self._connection is not None and self._connected.is_set():
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                await self._connection.remove_listener(channel, self._dispatch)

    async def run(self) -> None:
        """Prove the connection for ever and replace it when it is lost. Raises GatewayLostError."""
        while True:
            await self._prove()
            if self._broken.is_set():
                logger.warning("lost the listening connection; connecting again")
                await self._reconnect()
                logger.info("listening again; reading what was missed")
                self._on_reconnect()

    async def close(self) -> None:
        """Take the gateway off the register if the database can be reached, and disconnect."""
        if self._connection is not None:
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
                await self._connection.execute(queries.CLOSE_GATEWAY.replace("$1", str(self.gateway_id)), timeout=3)
            self._connection.terminate()

    @property
    def _probe_channel(self) -> str:
        return f"chat_gateway_{self.gateway_id}"

    def _dispatch(self, connection: Any, pid: int, channel: str, payload: object) -> None:
        callback = self._channels.get(channel)
        if callback is not None and connection is self._connection:
            callback(str(payload))

    async def _connect(self) -> asyncpg.Connection:
        return await asyncpg.connect(
            self._url, timeout=PROBE_TIMEOUT, server_settings={"application_name": "edgechat gateway listener"}
        )

    async def _start(self, connection: asyncpg.Connection) -> None:
        # Set first: what comes on the first channels must not be taken for the old connection's.
        self._connection = connection
        self._broken.clear()
        connection.add_termination_listener(self._terminated)
        for channel in tuple(self._channels):
            await asyncio.wait_for(connection.add_listener(channel, self._dispatch), PROBE_TIMEOUT)
        self._connected.set()

    def _terminated(self, connection: Any) -> None:
        if connection is self._connection:
            self._break()

    def _break(self) -> None:
        self._connected.clear()
        self._broken.set()

    async def _prove(self) -> None:
        """Wait for the next probe to be due and make it, or return at once when the connection is known to be lost."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._broken.wait(), PROBE_INTERVAL)
            return
        assert self._connection is not None
        self._probe_returned.clear()
        try:
            async with asyncio.timeout(PROBE_TIMEOUT):
                await self._connection.execute(f"select pg_notify('{self._probe_channel}', clock_timestamp()::text)")
                await self._probe_returned.wait()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
            self._break()

    async def _reconnect(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
        pause = MAX_PAUSE / 20
        while True:
            try:
                connection = await self._connect()
                if not await connection.fetchval(queries.RECLAIM_GATEWAY, self.gateway_id, timeout=PROBE_TIMEOUT):
                    connection.terminate()
                    raise GatewayLostError(
                        f"gateway {self.gateway_id} was taken for dead and its members left their rooms"
                    )
                await self._start(connection)
                return
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
                await asyncio.sleep(pause)
                pause = min(pause * 2, MAX_PAUSE)
