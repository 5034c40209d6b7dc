"""What members ask of Postgres for a person's sake: each one call that changes nothing."""

import asyncio
from typing import NamedTuple

import asyncpg

from gateway.postgres import queries
from gateway.postgres.batcher import Batcher
from gateway.postgres.database import Database

QUESTIONS_AT_ONCE = 2
"""Answered at the same time; comments and joins need the pool's other connections."""


class Section(NamedTuple):
    """Messages of a room after one sequence, up to another; and the last that is gone of what was asked for, if any."""

    after_seq: int
    up_to_seq: int
    gone_seq: int | None


class Questions:
    """The calls. Each raises RefusedError where what it is about is not there, and what Database.call raises."""

    def __init__(self, pool: asyncpg.Pool, database: Database) -> None:
        self._pool = pool
        self._database = database
        self._turns = asyncio.Semaphore(QUESTIONS_AT_ONCE)
        self._users = Batcher(self._list_users)

    async def values(self, feed: str, column: str, prefix: str) -> list[asyncpg.Record]:
        """`literal` and `count` of what the column held lately, the most frequent first."""
        return await self._fetch(queries.ANSWER_VALUES, feed, column, prefix)

    async def explanation(self, room_id: int, feed: str, row_id: int, seq: int | None) -> asyncpg.Record:
        """Why a room got a row or not: `feed`, `row_id`, `row`, `seq`, and `items` with their `values`."""
        return (await self._fetch(queries.ANSWER_EXPLANATION, room_id, feed, row_id, seq))[0]

    async def history(self, room_id: int, before: int | None, resume_after: int | None, count: int) -> Section:
        """Which of a room's messages answer for its past."""
        return Section(*(await self._fetch(queries.ANSWER_HISTORY, room_id, before, resume_after, count))[0])

    async def filters(self, room_id: int, count: int) -> list[asyncpg.Record]:
        """`feed`, `clause`, `set_by`, `set_at`, `state` and `reason` of a room's filters, the newest first."""
        return await self._fetch(queries.ANSWER_FILTERS, room_id, count)

    async def rates(self) -> list[asyncpg.Record]:
        """`feed` and `rows`: how many there were so far."""
        return await self._fetch(queries.ANSWER_RATES)

    async def users(self, room_id: int) -> asyncpg.Record:
        """`max_users`, `seq` and `users` of a room; looked up once for all who ask while another look is under way."""
        return await self._users.submit(room_id)

    async def _list_users(self, room_ids: list[int]) -> list[asyncpg.Record]:
        rows = await self._fetch(queries.ANSWER_USERS, list(set(room_ids)))
        by_room = {row["room_id"]: row for row in rows}
        return [by_room[room_id] for room_id in room_ids]

    async def _fetch(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        return await self._database.call(lambda: self._ask(query, *arguments))

    async def _ask(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        # Not around the call: whoever waits for Postgres to come back has no turn.
        async with self._turns:
            rows: list[asyncpg.Record] = await self._pool.fetch(query, *arguments)
            return rows
