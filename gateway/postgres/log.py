"""Reads from Postgres what notifications did not carry: rooms' logs and messages too large for a payload."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import asyncpg

from gateway.errors import DATABASE_ERRORS, translated
from gateway.postgres import queries

PAGE_SIZE = 500
"""Messages read from a log at a time."""
END_OF_LOG = 2**62
PAGES_AT_ONCE = 2
"""Shared pages that are read at the same time; joins and comments need the pool's other connections."""


class Entry(NamedTuple):
    """A message of a room: with a feed it is to be wrapped, without one it is the room's own, whole.

    Behind the room's own the room is at this place in this group of rooms.
    """

    seq: int
    feed_id: int | None
    message: bytes
    group_id: int | None
    place: int | None


class Page:
    """Messages of a room, one right behind the other, with others behind them that were read for somebody else.

    What is made of all of them is in `made`, for all who read them.
    """

    def __init__(
        self, read: list[Entry], entries: list[Entry] | None = None, made: dict[Any, Any] | None = None
    ) -> None:
        self.read = read
        self.entries = read if entries is None else entries
        self.made: dict[Any, Any] = {} if made is None else made

    def up_to(self, last_seq: int) -> "Page":
        """The page without what is behind a sequence."""
        if not self.entries or self.entries[-1].seq <= last_seq:
            return self
        return Page(self.read, [entry for entry in self.read if entry.seq <= last_seq], self.made)


@dataclass(slots=True)
class Asked:
    """A page that somebody waits for, and up to which sequence it is wanted."""

    page: asyncio.Task[Page]
    last_seq: int = 0


class LogReader:
    """Reads over a pool. Every method raises DatabaseAwayError when Postgres cannot answer now, and can be asked again,
    and DatabaseFaultError when Postgres refuses to."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        # Shared pages that nobody has begun to read, by room and the sequence before them.
        self._asked: dict[tuple[int, int], Asked] = {}
        self._turns = asyncio.Semaphore(PAGES_AT_ONCE)

    async def read(self, room_id: int, after_seq: int, before_seq: int | None = None) -> AsyncIterator[Entry]:
        """What a room got after one sequence and before another; raises LookupError where something is not there."""
        async for page in self.read_pages(room_id, after_seq, before_seq, is_shared=False):
            for entry in page.entries:
                yield entry

    async def read_pages(
        self, room_id: int, after_seq: int, before_seq: int | None = None, is_shared: bool = True
    ) -> AsyncIterator[Page]:
        """The same in pages. Who asks for the same before it is read shares one: thousands may come back at once."""
        last_seq = END_OF_LOG if before_seq is None else before_seq - 1
        known_seq = 0
        while after_seq < last_seq:
            page = await self._page(room_id, after_seq, last_seq, is_shared)
            for place, entry in enumerate(page.entries):
                if entry.seq != after_seq + 1:
                    yield Page(page.entries[:place])
                    raise LookupError(f"after {after_seq} comes {entry.seq}")
                after_seq = entry.seq
            yield page
            if not page.entries:
                if after_seq < known_seq:
                    raise LookupError(f"after {after_seq} nothing is left up to {known_seq}")
                # What came since the look at the log is there when it is looked at again.
                [(newest_seq,)] = await self._fetch(queries.NEWEST_SEQ, room_id)
                if before_seq is None and newest_seq is not None and newest_seq < after_seq:
                    # A standby took over that lacks the last messages: others get their numbers.
                    raise LookupError(f"the room is at {newest_seq}, though it was at {after_seq}")
                known_seq = min(newest_seq or 0, last_seq)
                if known_seq <= after_seq:
                    return

    async def read_page(self, room_id: int, after_seq: int, up_to_seq: int) -> list[Entry]:
        """What there is between two sequences, the latter included; the caller sees to it that they are near."""
        rows = await self._fetch(queries.READ_ROOM_LOG, room_id, after_seq, up_to_seq, up_to_seq - after_seq)
        return [Entry(*row) for row in rows]

    async def read_message(self, room_id: int, seq: int) -> bytes:
        """One message of a room itself; raises LookupError if it is not there any more."""
        async for entry in self.read(room_id, seq - 1, seq + 1):
            return entry.message
        raise LookupError(f"message {seq} of room {room_id} is not in its log")

    async def find_group(self, room_id: int, seq: int) -> tuple[int, int]:
        """The group that a room was in behind a message, and what is added to a place in it to have the sequence.

        Raises LookupError if the log does not go back that far.
        """
        [(group_id, seq_offset)] = await self._fetch(queries.ROOM_GROUP_AT, room_id, seq)
        if group_id is None:
            raise LookupError(f"the log of room {room_id} does not go back to {seq}")
        return group_id, seq_offset

    async def read_feed_rows(self, feed_id: int, keys: list[int]) -> dict[int, bytes]:
        """Feed messages by key; those that are not there any more are left out."""
        rows = await self._fetch(queries.READ_FEED_ROWS, feed_id, keys)
        return {row["row_id"]: row["message"] for row in rows}

    async def _page(self, room_id: int, after_seq: int, last_seq: int, is_shared: bool) -> Page:
        if not is_shared:
            return await self._read_page(room_id, after_seq, last_seq)
        asked = self._asked.get((room_id, after_seq))
        if asked is None:
            asked = self._asked[room_id, after_seq] = Asked(asyncio.create_task(self._read_in_turn(room_id, after_seq)))
            # Nobody may wait any longer.
            asked.page.add_done_callback(lambda read: read.cancelled() or read.exception())
        asked.last_seq = max(asked.last_seq, last_seq)
        # One who does not wait any longer takes nothing from the others.
        return (await asyncio.shield(asked.page)).up_to(last_seq)

    async def _read_in_turn(self, room_id: int, after_seq: int) -> Page:
        async with self._turns:
            # Whoever asks from here on gets what is there then: what is removed meanwhile is not to be seen.
            asked = self._asked.pop((room_id, after_seq))
            return await self._read_page(room_id, after_seq, asked.last_seq)

    async def _read_page(self, room_id: int, after_seq: int, last_seq: int) -> Page:
        rows = await self._fetch(queries.READ_ROOM_LOG, room_id, after_seq, last_seq, PAGE_SIZE)
        return Page([Entry(*row) for row in rows])

    async def _fetch(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        try:
            rows: list[asyncpg.Record] = await self._pool.fetch(query, *arguments)
        except DATABASE_ERRORS as error:
            raise translated(error) from error
        return rows
