"""The bridge's one session in Postgres: it holds the lock, shows that it is alive, and is replaced when it is lost."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import TracebackType
from typing import Any, Self

import asyncpg

from bridge import queries
from bridge.errors import PositionError
from bridge.lock import BridgeLock
from bridge.tally import TALLY
from runtime.interface import InterfaceError, require_same_interface
from runtime.outage import Outage
from runtime.primary import primary_of
from runtime.remedy import describe
from runtime.role import connect_as
from runtime.session import SESSION_SETTINGS

CONNECT_TIMEOUT = 10.0
# A batch takes milliseconds. After SLOW_SECONDS the log says that one takes longer; after CALL_TIMEOUT the connection
# counts as dead. Not sooner: giving up cancels a batch that a lock or a slow disk only delays.
SLOW_SECONDS = 8.0
CALL_TIMEOUT = 60.0
TEND_INTERVAL = 1.0
"""Seconds between two looks at what may have changed, which also prove that the session lives: others take one that has
said nothing for 15 s for one that hangs (chat.describe_bridge_lock)."""
AWAY = (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError)
# The server releases the lock of a bridge whose machine vanished after about 15 s. The time limit is for filters that
# take too long: such a filter is suspended and the batch is stored (match_filters_apart.sql). A batch that is delayed
# that long by anything else is tried again.
_SESSION = {
    **SESSION_SETTINGS,
    "application_name": "edgechat bridge",
    "statement_timeout": "20s",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "2",
    "jit": "off",
}

# Each feed has a statement of its own, and so have those that come together; of many together, which take longer to
# store than to prepare, nearly every batch has others.
_CACHE = {"statement_cache_size": 1000, "max_cacheable_statement_size": 2048, "max_cached_statement_lifetime": 0}

logger = logging.getLogger("bridge")


class Session:
    """To be used in `async with`. Who uses the connection has the turn, for as long as it takes, losses included."""

    def __init__(
        self,
        database_url: str,
        prepare: Callable[[asyncpg.Connection], Awaitable[None]],
        check: Callable[[], Awaitable[None]],
        refresh: Callable[[asyncpg.Connection], Awaitable[None]],
    ) -> None:
        """`prepare` reads what each new connection may have changed; `check` looks, over one that was replaced while
        nobody used it, whether anything is amiss. Both may raise PositionError. `refresh` looks for changes."""
        self.turn = asyncio.Lock()
        self.outage = Outage("Postgres", logger)
        # It holds the bridge's lock, or waits for it; None after a loss.
        self.connection: asyncpg.Connection | None = None
        self._primary = primary_of(database_url)
        self._prepare = prepare
        self._check = check
        self._refresh = refresh
        self._lock = BridgeLock()
        # Ends the connection when its host is the primary no more, and tends it.
        self._tasks: list[asyncio.Task[None]] = []
        # What was met in tending; whoever uses the session next must know.
        self._met: PositionError | None = None
        self._has_met = asyncio.Event()

    async def __aenter__(self) -> Self:
        """Connect, wait for the lock and prepare; raises what that does."""
        self._tasks.append(asyncio.create_task(self._primary.watch()))
        try:
            await self.connected()
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        self.outage.end()
        self._tasks.append(asyncio.create_task(self._tend()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await self.disconnect()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def connected(self) -> asyncpg.Connection:
        """The connection; if there is none, a new one that holds the lock. Waits for both."""
        if self.connection is not None:
            return self.connection
        while True:
            try:
                options = {"timeout": CONNECT_TIMEOUT, "server_settings": _SESSION, **_CACHE}
                self.connection = connection = await connect_as("bridge", self._primary, **options)
                await require_same_interface(partial(connection.fetchval, queries.INTERFACE_VERSION))
                await self._lock.obtain(connection, waiting=self._note_answer)
                await self._prepare(connection)
            except (*AWAY, asyncpg.PostgresError, InterfaceError) as error:
                await self.lose(error)
            else:
                TALLY.postgres_connections += 1
                # The outage is not over before something was done: a server that takes no writes is connected to, too.
                TALLY.answered_at = time.monotonic()
                return connection

    async def persist(self, query: str, *arguments: Any) -> asyncpg.Record:
        """The row of a query that does no harm when it runs twice."""
        while True:
            try:
                connection = await self.connected()
                with self.noting_slowness():
                    (row,) = await connection.fetch(query, *arguments, timeout=CALL_TIMEOUT)
            except (*AWAY, asyncpg.PostgresError) as error:
                await self.lose(error)
            else:
                self.outage.end()
                return row

    async def lose(self, error: BaseException) -> None:
        """Drop a connection that failed, and pause. Its session may run on in the server and keep the lock."""
        await self.disconnect()
        await self.outage.wait(describe(error))

    async def disconnect(self) -> None:
        """Let go of the connection, without a word to the server."""
        connection, self.connection = self.connection, None
        if connection is not None:
            # Not close(): that waits for an answer, which a dead server does not give.
            connection.terminate()

    async def watch(self) -> None:
        """Wait for what must be known though nothing is written, and raise it."""
        while True:
            await self._has_met.wait()
            self.raise_met()

    def raise_met(self) -> None:
        """Raise what was met in tending, once."""
        met, self._met = self._met, None
        self._has_met.clear()
        if met is not None:
            raise met

    async def _tend(self) -> None:
        """Replace a connection that is lost while nobody uses it, and refresh what is known: others see that this
        session lives, and this bridge sees whether it has one."""
        while True:
            await asyncio.sleep(TEND_INTERVAL)
            async with self.turn:
                try:
                    if self.connection is None or self.connection.is_closed():
                        await self._reconnect()
                    else:
                        await self._try(self._look(self.connection))
                except PositionError as error:
                    self._met = error
                    self._has_met.set()

    async def _look(self, connection: asyncpg.Connection) -> None:
        TALLY.is_read_only = await connection.fetchval(queries.IS_READ_ONLY, timeout=CALL_TIMEOUT)
        await self._refresh(connection)

    def _note_answer(self) -> None:
        TALLY.answered_at = time.monotonic()
        self.outage.end()

    async def _try(self, call: Awaitable[object]) -> None:
        try:
            with self.noting_slowness():
                await call
        except (*AWAY, asyncpg.PostgresError) as error:
            await self.lose(error)
        else:
            self.outage.end()

    async def _reconnect(self) -> None:
        try:
            await self.disconnect()
            await self.connected()
            self.outage.end()
            await self._check()
        except BaseException:
            # It may be without the lock still.
            await self.disconnect()
            raise

    @contextmanager
    def noting_slowness(self) -> Iterator[None]:
        """Say so if what is asked in the block takes long."""
        slow = asyncio.get_running_loop().call_later(SLOW_SECONDS, self.outage.note, "no answer")
        try:
            yield
            TALLY.answered_at = time.monotonic()
        finally:
            slow.cancel()
