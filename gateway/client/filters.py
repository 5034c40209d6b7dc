"""Sets a room's filters: the gateway's own guard first, then the four gates in Postgres."""

import asyncio

import asyncpg

from gateway.errors import CONNECTION_ERRORS, DatabaseFaultError, ViewBusyError
from gateway.postgres import queries
from gateway.postgres.database import Database, Request

LOCK_TRIES = 10
"""How often it is tried while somebody reads the room's view; each try waits 200 ms (replace_room_view)."""
LOCK_PAUSE = 0.2
"""Seconds between two tries."""
CALLS_AT_ONCE = 2
"""Filters validated at the same time; more would only take time from the feeds."""
NOT_JUDGED = "the database could not look at the filter to its end; try again, or a simpler one"
READ_TOO_LONG = "somebody has been reading the room's view in an open transaction for seconds; try again later"


class FilterSetter:
    """Takes FILTER requests of joined users."""

    def __init__(self, pool: asyncpg.Pool, database: Database) -> None:
        self._pool = pool
        self._database = database
        self._calls = asyncio.Semaphore(CALLS_AT_ONCE)

    async def set(self, request: Request) -> bytes | None:
        """The refusal to send back, or None: the room, with the sender in it, is told by its FILTERAPPLIED.

        Raises DatabaseAwayError.
        """
        async with self._calls:
            reason = await self._database.call(lambda: self._guard(request))
            if reason is not None:
                return await self._database.refuse("REJECTED_BADFILTER", reason, request)
            for _ in range(LOCK_TRIES):
                try:
                    return await self._database.call(lambda: self._apply(request))
                except ViewBusyError:
                    await asyncio.sleep(LOCK_PAUSE)
                except DatabaseFaultError:
                    return await self._database.refuse("REJECTED_BADFILTER", NOT_JUDGED, request)
        return await self._database.refuse("REJECTED_BADFILTER", READ_TOO_LONG, request)

    async def _guard(self, request: Request) -> str | None:
        async with self._pool.acquire() as connection:
            for feed_id, clause in request.clauses.items():
                reason = await guard_clause(connection, feed_id, clause)
                if reason is not None:
                    return reason
        return None

    async def _apply(self, request: Request) -> bytes | None:
        try:
            refusal: bytes | None = await self._pool.fetchval(
                queries.SET_ROOM_FILTERS,
                self._database.gateway_id,
                request.username,
                *request.clauses.values(),
            )
        except asyncpg.LockNotAvailableError as error:
            raise ViewBusyError(str(error)) from error
        return refusal


async def guard_clause(
    connection: asyncpg.Connection | asyncpg.pool.PoolConnectionProxy, feed_id: int, clause: str
) -> str | None:
    """Have Postgres prepare a clause, which never takes a second statement; why it does not, None if it does.

    A clause that the first gate refuses is not prepared; setting it gives the reason.
    """
    guard = await connection.fetchval(queries.GUARD_FILTER, feed_id, clause)
    if guard is None:
        return None
    try:
        await connection.prepare(guard)
    except CONNECTION_ERRORS:
        raise
    except asyncpg.PostgresError as error:
        position = int(error.position) if error.position else None
        return str(
            await connection.fetchval(
                queries.EXPLAIN_GUARD_ERROR, feed_id, clause, error.sqlstate, error.message, position
            )
        )
    return None
