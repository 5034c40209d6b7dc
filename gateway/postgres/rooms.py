"""What one server tells of its rooms, and is told of those of others (db/functions/servers)."""

from collections.abc import Mapping
from itertools import chain

import asyncpg

from gateway.postgres import queries
from gateway.postgres.batcher import Batcher
from gateway.postgres.database import Database


class Rooms:
    """The calls to one server. Each raises what Database.call raises."""

    def __init__(self, pool: asyncpg.Pool, database: Database) -> None:
        self._pool = pool
        self._database = database
        self._looks = Batcher(self._tell, gate=database.until_back)
        self._notes = Batcher(self._note, gate=database.until_back)

    async def tell(self) -> Mapping[int, bytes]:
        """Its open rooms as statuses name them, by number; looked up once for all who ask meanwhile."""
        return await self._database.call(lambda: self._looks.submit(None))

    async def note_elsewhere(self, rooms: Mapping[int, bytes]) -> None:
        """Have its statuses name rooms of other servers, too; of what is told meanwhile the newest."""
        await self._database.call(lambda: self._notes.submit(rooms))

    async def _note(self, told: list[Mapping[int, bytes]]) -> list[None]:
        rooms = dict(chain.from_iterable(each.items() for each in told))
        await self._pool.execute(queries.NOTE_ROOMS_ELSEWHERE, list(rooms), list(rooms.values()))
        return [None] * len(told)

    async def _tell(self, asked: list[None]) -> list[Mapping[int, bytes]]:
        rows = await self._pool.fetch(queries.TELL_ROOMS)
        return [{row["room_id"]: row["status"] for row in rows}] * len(asked)
