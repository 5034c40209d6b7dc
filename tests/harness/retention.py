"""Time that passes for what is kept, and what rooms got while it does."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

KEEP_BOUNDED = "select chat.keep_bounded($1)"
# What was inserted is counted when a session has time for that; here days pass in a moment.
FLUSH = "select pg_stat_force_next_flush()"
KEPT_FROM = "select coalesce((select kept_from from chat.room_kept where room_id = $1), 1)"
LOG = "select seq, feed_id, message from chat.read_room_log($1, $2, 9000000000000000000, 10000000)"
WAITS = "select count(*) from chat.bounded_table where waits_since is not null"
PATIENCE_SECONDS = 60.0
MOST_STEPS = 500
"""More than that at one moment is a step that is never done."""


class Keeper:
    """Has tables kept bounded at a time of its own, which only moves when it is told to."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.now = datetime.now(UTC)
        self._connection = connection

    async def run(self, later: timedelta = timedelta(), is_patient: bool = True) -> list[str]:
        """Let time pass, then do what there is to do, and wait for whoever is in the way; what was done."""
        self.now += later
        await self._connection.fetchval(FLUSH)
        done: list[str] = []
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                step = await self._connection.fetchval(KEEP_BOUNDED, self.now)
                if step is not None:
                    done.append(step)
                    assert len(done) < MOST_STEPS, done[-10:]
                elif not is_patient or not await self._connection.fetchval(WAITS):
                    return done
                else:
                    # Autovacuum is at a partition.
                    await asyncio.sleep(0.1)


class Witness:
    """Writes down what a room got while all of it is there, and compares what is read later."""

    def __init__(self, connection: asyncpg.Connection, room_id: int) -> None:
        self._connection = connection
        self._room_id = room_id
        self._seen: dict[int, tuple[int | None, bytes]] = {}

    async def look(self) -> tuple[int, int]:
        """The first and last seq that are there now. Fails if one between is not, or is not what it was."""
        kept_from = int(await self._connection.fetchval(KEPT_FROM, self._room_id))
        rows: list[Any] = await self._connection.fetch(LOG, self._room_id, kept_from - 1)
        newest = int(await self._connection.fetchval("select chat.newest_seq($1)", self._room_id))
        seqs = [row["seq"] for row in rows]
        missing = sorted({*range(kept_from, newest + 1)} ^ {*seqs})
        assert not missing, (kept_from, newest, missing[:5], missing[-5:], len(missing))
        assert seqs == sorted(seqs)
        for row in rows:
            seen = self._seen.setdefault(row["seq"], (row["feed_id"], row["message"]))
            assert seen == (row["feed_id"], row["message"]), (self._room_id, row["seq"])
        return kept_from, newest
