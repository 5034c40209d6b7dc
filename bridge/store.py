"""What is written to Postgres: batches, exactly once, and the position up to which a stream was taken.

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

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import asyncpg

from bridge import queries
from bridge.batch import MAX_BYTES, Batch, Reject, Row
from bridge.errors import PositionError, is_data_error
from bridge.feed import Feed, list_feeds
from bridge.moment import to_micros
from bridge.session import AWAY, CALL_TIMEOUT, Session
from bridge.statement import Origin, Statement

POSITION_MOVED = "RM301"
QUEUE_FULL = "54000"
QUEUE_SHARE = 4
"""Of the queue of notifications a batch may have one in so many: what it announces is longer than its messages."""


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
        self._subjects = subjects
        self._session = Session(database_url, self._prepare, self._check)
        self._statement = Statement([])
        # Bytes of messages that are announced together.
        self._room = MAX_BYTES
        # As it was last read or moved here.
        self._position: tuple[Origin, int] | None = None

    async def __aenter__(self) -> Self:
        """Connect, wait for the lock and read the feeds; raises FeedError."""
        await self._session.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.__aexit__(kind, error, trace)

    async def open_position(self, origin: Origin) -> Position:
        """Up to where `origin` was taken."""
        async with self._session.turn:
            row = await self._session.persist(queries.OPEN_POSITION, origin.stream, origin.epoch)
            self._position = (origin, row["last_seq"])
        taken_at: datetime | None = row["last_time"]
        return Position(row["last_seq"], None if taken_at is None else to_micros(taken_at))

    async def rewind_position(self, origin: Origin, last_seq: int) -> None:
        """Go back to `last_seq`, for a stream that lost its end."""
        async with self._session.turn:
            await self._session.persist(queries.REWIND_POSITION, origin.stream, origin.epoch, last_seq)
            self._position = (origin, last_seq)

    async def write(self, origin: Origin, batch: Batch) -> None:
        """Store a batch, rejects included; raises what `watch` does."""
        async with self._session.turn:
            self._session.raise_met()
            await self._write(origin, batch)

    async def watch(self) -> None:
        """Wait for what must be known though nothing is written.

        Raises PositionError if the position moved: somebody else took what follows it, or a standby took over that
        lacks the last rows. Raises FeedError as __aenter__ does.
        """
        await self._session.watch()

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
                connection = self._session.connection
                if connection is None:
                    connection = await self._session.connected()
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
                    await self._session.lose(error)
            except AWAY as error:
                await self._session.lose(error)
            else:
                break
        self._position = (origin, batch.last_seq)
        self._session.outage.end()

    async def _has_room(self) -> bool:
        """Whether Postgres's queue of notifications is not nearly full; if it is, this waits a moment. Asking moves the
        queue's end, which nothing else does where nothing can be added."""
        try:
            connection = await self._session.connected()
            complaint: str | None = await connection.fetchval(queries.COMPLAIN_OF_QUEUE, timeout=CALL_TIMEOUT)
        except (*AWAY, asyncpg.PostgresError) as error:
            await self._session.lose(error)
            return False
        if complaint is not None:
            await self._session.outage.wait(complaint)
        return complaint is None

    async def _execute(self, connection: asyncpg.Connection, text: str, arguments: list[Any]) -> None:
        with self._session.noting_slowness():
            await connection.execute(text, *arguments, timeout=CALL_TIMEOUT)

    async def _is_taken(self, connection: asyncpg.Connection, origin: Origin, batch: Batch) -> bool:
        """After a new connection: whether the interrupted try had been committed; raises PositionError."""
        # This connection has the lock, so the session of the interrupted try has ended and can no longer commit.
        position = await connection.fetchval(queries.OPEN_POSITION, origin.stream, origin.epoch, timeout=CALL_TIMEOUT)
        if position == batch.last_seq:
            return True
        if position == batch.first_seq - 1:
            return False
        raise PositionError(f"the position moved to {position} while Postgres was away")

    async def _prepare(self, connection: asyncpg.Connection) -> None:
        self._room = await connection.fetchval(queries.QUEUE_BYTES, timeout=CALL_TIMEOUT) // QUEUE_SHARE
        await self._read_feeds(connection)

    async def _check(self) -> None:
        if self._position is None:
            return
        origin, known = self._position
        row = await self._session.persist(queries.OPEN_POSITION, origin.stream, origin.epoch)
        if row["last_seq"] != known:
            raise PositionError(f"it is {row['last_seq']}, and was {known} when Postgres was lost")

    async def _read_feeds(self, connection: asyncpg.Connection) -> None:
        feeds = await list_feeds(connection, self._subjects)
        have_changed = bool(self.feeds) and feeds != self.feeds
        self.feeds = feeds
        self._statement = Statement(feeds)
        if have_changed:
            # What was decoded for the old feeds does not fit the new ones; it is still in the stream.
            raise PositionError("the feeds changed while Postgres was away")
