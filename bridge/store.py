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

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import asyncpg

from bridge import queries
from bridge.batch import MAX_BYTES, Batch, Reject, Row, Shared
from bridge.errors import PositionError, is_data_error
from bridge.feed import Feed, list_feeds
from bridge.moment import to_micros
from bridge.session import AWAY, CALL_TIMEOUT, Session
from bridge.statement import Origin, Statement
from bridge.tally import TALLY

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
        # Those that batches are of; set by __aenter__, and read again with each new connection.
        self.feeds: list[Feed] = []
        # As they are since then, for `take_up`; the event is set while that is not None.
        self._news: list[Feed] | None = None
        self._have_changed = asyncio.Event()
        # Its name if it is one of several, as it was when the feeds were listed.
        self.server: str | None = None
        # Of what was listed last.
        self._version: str | None = None
        self._subjects = subjects
        self._session = Session(database_url, self._prepare, self._check, self._refresh)
        self._statement = Statement([])
        # Bytes of messages that are announced together.
        self._room = MAX_BYTES
        # As it was last read or moved here.
        self._position: tuple[Origin, int] | None = None

    async def __aenter__(self) -> Self:
        """Connect, wait for the lock and read the feeds."""
        await self._session.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.__aexit__(kind, error, trace)

    async def changed(self) -> None:
        """Wait until the feeds are no longer those that batches are of; what was decoded can still be stored."""
        await self._have_changed.wait()

    def take_up(self) -> list[Feed]:
        """The feeds as they are now. Batches are of these from here on."""
        self._use(self._news or self.feeds)
        return self.feeds

    async def announce(self, words: Sequence[str]) -> None:
        """Tell whoever waits for a feed that its messages are kept from now on, or why not; in a text for each feed."""
        async with self._session.turn:
            await self._session.persist(queries.ANNOUNCE_FEEDS, words)

    async def open_position(self, origin: Origin) -> Position:
        """Up to where `origin` was taken."""
        async with self._session.turn:
            row = await self._session.persist(queries.OPEN_POSITION, origin.stream, origin.epoch)
            self._position = (origin, row["last_seq"])
        taken_at: datetime | None = row["last_time"]
        return Position(row["last_seq"], None if taken_at is None else to_micros(taken_at))

    async def rewind_position(self, origin: Origin, last_seq: int) -> None:
        """Go back to `last_seq`, for a stream that lost its end. Raises PositionError if Postgres was lost since the
        position was read: another bridge may have moved it, which only a new look at the stream would tell."""
        async with self._session.turn:
            self._session.raise_met()
            connection = self._session.connection
            if connection is None:
                raise PositionError("Postgres was lost before it could be set back")
            try:
                await connection.execute(
                    queries.REWIND_POSITION, origin.stream, origin.epoch, last_seq, timeout=CALL_TIMEOUT
                )
            except (*AWAY, asyncpg.PostgresError) as error:
                await self._session.lose(error)
                raise PositionError("Postgres was lost while it was set back") from error
            self._position = (origin, last_seq)

    async def write(self, origin: Origin, batch: Batch) -> None:
        """Store a batch, rejects included; raises what `watch` does."""
        async with self._session.turn:
            self._session.raise_met()
            await self._write(origin, batch)

    async def watch(self) -> None:
        """Wait for what must be known though nothing is written.

        Raises PositionError if the position moved: somebody else took what follows it, or a standby took over that
        lacks the last rows.
        """
        await self._session.watch()

    async def _write(self, origin: Origin, batch: Batch) -> None:
        if batch.size > self._room and len(batch.items) > 1:
            for half in batch.halves():
                await self._write(origin, half)
            return
        try:
            await self._write_whole(origin, batch)
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            # Only data errors arrive here. Each half moves the position by itself, so order and count stay exact.
            if len(batch.items) > 1:
                for half in batch.halves():
                    await self._write(origin, half)
            else:
                await self._write_rejected(origin, batch, error)

    async def _write_rejected(self, origin: Origin, batch: Batch, error: Exception) -> None:
        (item,) = batch.items
        if isinstance(item, Reject):
            raise error
        instead = _refused(item, error) if isinstance(item, Row) else await self._without_refused(origin, item, error)
        await self._write_whole(origin, Batch([instead], micros=batch.micros))

    async def _without_refused(self, origin: Origin, item: Shared, error: Exception) -> Shared:
        """A message of several feeds, with rejects for those of which Postgres does not take the row.

        Each is tried alone; if it takes each alone but not all together, all are rejected.
        """
        rows = [part for part in item.parts if isinstance(part, Row)]
        errors: dict[int, Exception] = {}
        for row in rows:
            try:
                await self._write_whole(origin, Batch([row]), is_trial=True)
            except (asyncpg.PostgresError, asyncpg.InterfaceError) as refusal:
                errors[row.feed] = refusal
        errors = errors or dict.fromkeys((row.feed for row in rows), error)
        parts = [
            _refused(part, errors[part.feed], f"feed {self.feeds[part.feed].name}: ")
            if isinstance(part, Row) and part.feed in errors
            else part
            for part in item.parts
        ]
        return item._replace(parts=tuple(parts))

    async def _write_whole(self, origin: Origin, batch: Batch, is_trial: bool = False) -> None:
        """Store a batch; nothing of it is kept if that is only a trial. Raises data errors and PositionError."""
        text, arguments = self._statement.build(origin, batch)
        had_room = False
        while True:
            try:
                connection = self._session.connection
                if connection is None:
                    connection = await self._session.connected()
                    if await self._is_taken(connection, origin, batch):
                        break
                await self._execute(connection, text, arguments, is_trial)
            except (asyncpg.PostgresError, *AWAY) as error:
                if is_data_error(error):
                    raise
                if not isinstance(error, asyncpg.PostgresError):
                    await self._session.lose(error)
                    continue
                if error.sqlstate == POSITION_MOVED:
                    raise PositionError(str(error)) from error
                if error.sqlstate == QUEUE_FULL and had_room and len(batch.items) > 1:
                    raise
                if error.sqlstate == QUEUE_FULL:
                    had_room = await self._has_room()
                else:
                    await self._session.lose(error)
            else:
                break
        if not is_trial:
            self._position = (origin, batch.last_seq)
            TALLY.store(self.feeds, batch)
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

    async def _execute(self, connection: asyncpg.Connection, text: str, arguments: list[Any], is_trial: bool) -> None:
        with self._session.noting_slowness():
            if not is_trial:
                began = time.monotonic()
                await connection.execute(text, *arguments, timeout=CALL_TIMEOUT)
                TALLY.store_seconds.observe(time.monotonic() - began)
                return
            async with asyncio.timeout(CALL_TIMEOUT):
                transaction = connection.transaction()
                await transaction.start()
                try:
                    await connection.execute(text, *arguments)
                finally:
                    await transaction.rollback()

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
        # Before the feeds are read: what changes meanwhile is seen at the next look.
        self._version = await connection.fetchval(queries.FEEDS_VERSION, timeout=CALL_TIMEOUT)
        feeds = await self._list(connection)
        have_changed = bool(self.feeds) and feeds != self.feeds
        self._use(feeds)
        if have_changed:
            # What was decoded for the old feeds does not fit the new ones; it is still in the stream.
            raise PositionError("the feeds changed while Postgres was away")

    async def _refresh(self, connection: asyncpg.Connection) -> None:
        """Look whether the feeds have changed.

        Not by LISTEN: a session that listens holds up the queue of notifications for all while it is in a transaction,
        and a bridge nearly always is.
        """
        version = await connection.fetchval(queries.FEEDS_VERSION, timeout=CALL_TIMEOUT)
        if version == self._version:
            return
        former, feeds = self.server, await self._list(connection)
        self._version = version
        self._news = feeds if (feeds, self.server) != (self.feeds, former) else None
        if self._news is not None:
            self._have_changed.set()

    async def _list(self, connection: asyncpg.Connection) -> list[Feed]:
        self.server = TALLY.server = await connection.fetchval(queries.SERVER_NAME, timeout=CALL_TIMEOUT)
        return await list_feeds(connection, self._subjects)

    def _use(self, feeds: list[Feed]) -> None:
        self.feeds = feeds
        self._statement = Statement(feeds)
        self._news = None
        self._have_changed.clear()

    async def _check(self) -> None:
        if self._position is None:
            return
        origin, known = self._position
        row = await self._session.persist(queries.OPEN_POSITION, origin.stream, origin.epoch)
        if row["last_seq"] != known:
            raise PositionError(f"it is {row['last_seq']}, and was {known} when Postgres was lost")


def _refused(row: Row, error: Exception, prefix: str = "") -> Reject:
    state = getattr(error, "sqlstate", None)
    words = (
        f"{prefix}refused by Postgres: {error} ({state})" if state else f"{prefix}cannot be sent to Postgres: {error}"
    )
    return Reject(row.first_seq, row.last_seq, row.subject, row.message, words.replace("\0", ""))
