"""Tries clauses on stored rows for those who are yet to set them; judged as FilterSetter has them judged."""

import asyncio

import asyncpg

from gateway.client.filters import NOT_JUDGED, guard_arguments, prepare_guard
from gateway.errors import DatabaseFaultError
from gateway.postgres import queries
from gateway.postgres.database import Database
from proto import chatmessage_pb2 as pb


class Previewer:
    """Answers PREVIEW. As with filters, nothing reaches the parser that was not prepared first."""

    def __init__(self, pool: asyncpg.Pool, database: Database, turns: asyncio.Semaphore) -> None:
        """`turns` are those that setting filters takes, too: so many clauses are judged at the same time."""
        self._pool = pool
        self._database = database
        self._turns = turns

    async def preview(self, room_id: int, feed: str, clause: str) -> pb.chatmessage:
        """The answer, or the reason against the clause; raises what Questions raises, but DatabaseFaultError."""
        try:
            return await self._database.call(lambda: self._try(room_id, feed, clause))
        except DatabaseFaultError:
            return _refuse(NOT_JUDGED)

    async def _try(self, room_id: int, feed: str, clause: str) -> pb.chatmessage:
        prepared: list[str] = []
        async with self._turns, self._pool.acquire() as connection:
            # Asked more than twice only if the rules for filters changed in between.
            while True:
                row = await connection.fetchrow(queries.ANSWER_PREVIEW, room_id, feed, clause, prepared)
                assert row is not None
                if row["reason"] is not None:
                    return _refuse(row["reason"], row["reason_at"])
                if row["guard"] is None:
                    return _tell(row)
                error = await prepare_guard(connection, row["guard"])
                if error is not None:
                    arguments = guard_arguments(row["feed_id"], clause, error)
                    [(reason, place)] = await connection.fetch(queries.EXPLAIN_GUARD, *arguments)
                    return _refuse(reason, place)
                prepared.append(row["guard"])


def _refuse(reason: str, place: int | None = None) -> pb.chatmessage:
    return pb.chatmessage(mtype=pb.PREVIEW, reason=reason, reason_at=place)


def _tell(row: asyncpg.Record) -> pb.chatmessage:
    examples = zip(row["row_ids"] or (), row["rows"] or (), strict=True)
    result = pb.previewresult(
        examined=row["examined"],
        matching=row["matching"],
        per_minute=row["per_minute"],
        examples=[pb.feedrow(row_id=key, row=text) for key, text in examples],
        warning=row["warning"],
    )
    return pb.chatmessage(mtype=pb.PREVIEW, preview=result)
