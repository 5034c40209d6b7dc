"""The connection to Postgres that writes: it holds the lock, knows the position and stores batches exactly once.

Policy for failures of a batch:
- Postgres is away, or refuses for a reason that is not the data's (shutting down, disk full, rights, a deadlock): tried
  for ever (runtime/outage.py). Whether the last try was committed is read from the position: nothing is stored twice.
- Postgres refuses the data: the batch is halved until the message is found; that one goes to feed_reject with the
  server's words, and the others are stored in their order. The data is at fault if a value (class 22) or a constraint
  (23) is, or if an operator's own trigger on a feed's table refuses it with RAISE EXCEPTION (P0001). Other errors of
  PL/pgSQL (P0002 to P0004) are mistakes in a function, which would reject every message; they are tried again. Of our
  own codes (RM…) only RM301 comes from storing: the position moved.
- What a batch announces does not fit into Postgres's queue of notifications (54000): it is tried again when there is
  room, for ever, and halved if it does not fit then. One that never could is halved before: what did not fit stays in
  the queue, and nobody reads on there until something fits.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Any, Self

import asyncpg

from bridge import queries
from bridge.batch import MAX_BYTES, Batch, Reject, Row
from bridge.errors import PositionError, is_data_error
from bridge.feed import Feed, list_feeds
from bridge.moment import to_micros
from bridge.statement import Origin, Statement
from runtime.interface import InterfaceError, require_same_interface
from runtime.outage import Outage
from runtime.primary import primary_of
from runtime.remedy import describe
from runtime.session import SESSION_SETTINGS

CONNECT_TIMEOUT = 10.0
# A batch takes milliseconds. After SLOW_SECONDS the log says that one takes longer; after CALL_TIMEOUT the connection
# counts as dead. Not sooner: giving up cancels a batch that a lock or a slow disk only delays.
SLOW_SECONDS = 8.0
CALL_TIMEOUT = 60.0
STANDBY_INTERVAL = 1.0
TEND_INTERVAL = 1.0
"""Seconds between two looks whether the connection is still there while nothing is to be written."""
POSITION_MOVED = "RM301"
QUEUE_FULL = "54000"
QUEUE_SHARE = 4
"""Of the queue of notifications a batch may have one in so many: what it announces is longer than its messages."""
_AWAY = (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError)
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

logger = logging.getLogger("bridge")


@dataclass(frozen=True, slots=True)
class Position:
    """Up to where a stream was taken: the last sequence, and when the stream got it in microseconds since 1970.

    `micros` is None if that is not known.
    """

    last_seq: int
    micros: int | None


class Store:
    """Postgres, for the one bridge that may write; to be used in `async with`. All methods wait while it is away."""

    def __init__(self, database_url: str, subjects: Mapping[str, str]) -> None:
        # As Postgres lists them; set by __aenter__, and read again with each new connection.
        self.feeds: list[Feed] = []
        self._primary = primary_of(database_url)
        self._subjects = subjects
        self._outage = Outage("Postgres", logger)
        # Ends the connection when its host is the primary no more.
        self._watch: asyncio.Task[None] | None = None
        # It holds the bridge's lock, or waits for it; None after a loss.
        self._connection: asyncpg.Connection | None = None
        self._statement = Statement([])
        # Bytes of messages that are announced together.
        self._room = MAX_BYTES
        # As it was last read or moved here.
        self._position = 0
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Self:
        """Connect, wait for the lock and read the feeds; raises FeedError."""
        self._watch = asyncio.create_task(self._primary.watch())
        try:
            await self._connected()
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        self._outage.end()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._watch is not None:
            self._watch.cancel()
        await self._disconnect()

    async def open_position(self, origin: Origin) -> Position:
        """Up to where `origin` was taken."""
        async with self._turn:
            row = await self._persist(queries.OPEN_POSITION, origin.stream, origin.epoch)
        self._position = row["last_seq"]
        time: datetime | None = row["last_time"]
        return Position(row["last_seq"], None if time is None else to_micros(time))

    async def rewind_position(self, origin: Origin, last_seq: int) -> None:
        """Go back to `last_seq`, for a stream that lost its end."""
        async with self._turn:
            await self._persist(queries.REWIND_POSITION, origin.stream, origin.epoch, last_seq)
        self._position = last_seq

    async def tend(self, origin: Origin) -> None:
        """Replace a connection that is lost while nothing is to be written, for ever.

        Raises PositionError if the position moved meanwhile: another bridge, or a standby that lacks the last rows.
        """
        while True:
            await asyncio.sleep(TEND_INTERVAL)
            async with self._turn:
                if self._connection is None or self._connection.is_closed():
                    await self._replace_connection(origin)

    async def write(self, origin: Origin, batch: Batch) -> None:
        """Store a batch, rejects included; raises PositionError if somebody else took what it holds."""
        async with self._turn:
            await self._write(origin, batch)

    async def _replace_connection(self, origin: Origin) -> None:
        try:
            await self._disconnect()
            row = await self._persist(queries.OPEN_POSITION, origin.stream, origin.epoch)
            if row["last_seq"] != self._position:
                raise PositionError(f"it is {row['last_seq']}, and was {self._position} when Postgres was lost")
        except BaseException:
            # It may be without the lock still.
            await self._disconnect()
            raise

    async def _write(self, origin: Origin, batch: Batch) -> None:
        if batch.size > self._room and len(batch.items) > 1:
            for half in batch.halves():
                await self._write(origin, half)
            return
        try:
            await self._write_whole(origin, batch)
        except asyncpg.PostgresError as error:
            # Only data errors arrive here. Each half moves the position by itself, so order and count stay exact.
            if len(batch.items) > 1:
                for half in batch.halves():
                    await self._write(origin, half)
            else:
                await self._write_rejected(origin, batch, error)

    async def _write_rejected(self, origin: Origin, batch: Batch, error: asyncpg.PostgresError) -> None:
        item = batch.items[0]
        if not isinstance(item, Row):
            raise error
        words = f"refused by Postgres: {error} ({error.sqlstate})".replace("\0", "")
        reject = Reject(item.first_seq, item.last_seq, item.subject, item.message, words)
        await self._write_whole(origin, Batch([reject], micros=batch.micros))

    async def _write_whole(self, origin: Origin, batch: Batch) -> None:
        text, arguments = self._statement.build(origin, batch)
        had_room = False
        while True:
            try:
                connection = self._connection
                if connection is None:
                    connection = await self._connected()
                    if await self._is_taken(connection, origin, batch):
                        break
                await self._execute(connection, text, arguments)
            except asyncpg.PostgresError as error:
                if error.sqlstate == POSITION_MOVED:
                    raise PositionError(str(error)) from error
                if is_data_error(error):
                    raise
                if error.sqlstate == QUEUE_FULL and had_room and len(batch.items) > 1:
                    raise
                if error.sqlstate == QUEUE_FULL:
                    had_room = await self._has_room()
                else:
                    await self._lose(error)
            except _AWAY as error:
                await self._lose(error)
            else:
                break
        self._position = batch.last_seq
        self._outage.end()

    async def _has_room(self) -> bool:
        """Whether Postgres's queue of notifications is not nearly full; if it is, this waits a moment. Asking moves the
        queue's end, which nothing else does where nothing can be added."""
        try:
            connection = self._connection or await self._connected()
            complaint: str | None = await connection.fetchval(queries.COMPLAIN_OF_QUEUE, timeout=CALL_TIMEOUT)
        except (*_AWAY, asyncpg.PostgresError) as error:
            await self._lose(error)
            return False
        if complaint is not None:
            await self._outage.wait(complaint)
        return complaint is None

    async def _execute(self, connection: asyncpg.Connection, text: str, arguments: list[Any]) -> None:
        slow = asyncio.get_running_loop().call_later(SLOW_SECONDS, self._outage.note, "no answer")
        try:
            await connection.execute(text, *arguments, timeout=CALL_TIMEOUT)
        finally:
            slow.cancel()

    async def _is_taken(self, connection: asyncpg.Connection, origin: Origin, batch: Batch) -> bool:
        """After a new connection: whether the interrupted try had been committed; raises PositionError."""
        # This connection has the lock, so the session of the interrupted try has ended and can no longer commit.
        position = await connection.fetchval(queries.OPEN_POSITION, origin.stream, origin.epoch, timeout=CALL_TIMEOUT)
        if position == batch.last_seq:
            return True
        if position == batch.first_seq - 1:
            return False
        raise PositionError(f"the position moved to {position} while Postgres was away")

    async def _persist(self, query: str, *arguments: Any) -> asyncpg.Record:
        """The row of a query that does no harm when it runs twice."""
        while True:
            try:
                connection = self._connection or await self._connected()
                (row,) = await connection.fetch(query, *arguments, timeout=CALL_TIMEOUT)
            except (*_AWAY, asyncpg.PostgresError) as error:
                await self._lose(error)
            else:
                self._outage.end()
                return row

    async def _connected(self) -> asyncpg.Connection:
        """A new connection that holds the lock; waits for both."""
        while True:
            try:
                connection = await self._primary.connect(
                    timeout=CONNECT_TIMEOUT, server_settings=_SESSION, max_cached_statement_lifetime=0
                )
                self._connection = connection
                await require_same_interface(partial(connection.fetchval, queries.INTERFACE_VERSION))
                await self._wait_for_lock(connection)
                await self._read_feeds(connection)
                self._room = await connection.fetchval(queries.QUEUE_BYTES, timeout=CALL_TIMEOUT) // QUEUE_SHARE
            except (*_AWAY, asyncpg.PostgresError, InterfaceError) as error:
                await self._lose(error)
            else:
                return connection

    async def _read_feeds(self, connection: asyncpg.Connection) -> None:
        feeds = await list_feeds(connection, self._subjects)
        have_changed = bool(self.feeds) and feeds != self.feeds
        self.feeds = feeds
        self._statement = Statement(feeds)
        if have_changed:
            # What was decoded for the old feeds does not fit the new ones; it is still in the stream.
            raise PositionError("the feeds changed while Postgres was away")

    async def _wait_for_lock(self, connection: asyncpg.Connection) -> None:
        is_waiting = False
        while not await connection.fetchval(queries.TRY_LOCK, timeout=CALL_TIMEOUT):
            if not is_waiting:
                self._outage.end()
                logger.info("another bridge is at work; standing by")
                is_waiting = True
            await asyncio.sleep(STANDBY_INTERVAL)
        if is_waiting:
            logger.info("took over: the other bridge is gone")

    async def _lose(self, error: BaseException) -> None:
        """Drop a connection that failed, and pause. Its session may run on in the server and keep the lock."""
        await self._disconnect()
        await self._outage.wait(describe(error))

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            # Not close(): that waits for an answer, which a dead server does not give.
            connection.terminate()
