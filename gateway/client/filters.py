"""Sets a room's filters: Postgres judges them, but for the guard, which only a client of Postgres can be."""

import asyncio

import asyncpg

from gateway.errors import DATABASE_ERRORS, DatabaseFaultError, PlaceGoneError, ViewBusyError, is_away
from gateway.postgres import queries
from gateway.postgres.database import Database
from gateway.postgres.records import Request

LOCK_TRIES = 10
"""How often it is tried while somebody reads the room's view; each try waits 200 ms (replace_room_view)."""
LOCK_PAUSE = 0.2
"""Seconds between two tries."""
CALLS_AT_ONCE = 2
"""Filters and previews judged at the same time; more would only take time from the feeds."""
NOT_JUDGED = "the database could not look at the filter to its end; try again, or a simpler one"


class FilterSetter:
    """Takes FILTER requests of joined users.

    One call does it if Postgres knows all clauses or refuses the words of one. Otherwise that call returns the guards
    to prepare, and a second one judges and applies.
    """

    def __init__(self, pool: asyncpg.Pool, database: Database, turns: asyncio.Semaphore) -> None:
        """`turns` are as many as clauses may be judged at the same time."""
        self._pool = pool
        self._database = database
        self._turns = turns

    async def set(self, request: Request) -> bytes | None:
        """The refusal to send back, or None: the room, with the sender in it, is told by its FILTERAPPLIED.

        Raises DatabaseAwayError, DatabaseFaultError, PlaceGoneError, and ViewBusyError if the view is read all along.
        """
        # Guards that were prepared stay so for the next try.
        prepared: list[str] = []
        for tries_left in reversed(range(LOCK_TRIES)):
            try:
                return await self._database.call(lambda: self._try(request, prepared))
            except ViewBusyError:
                if not tries_left:
                    raise
                # Others may set theirs meanwhile.
                await asyncio.sleep(LOCK_PAUSE)
            except DatabaseFaultError:
                break
        return await self._database.refuse("REJECTED_BADFILTER", NOT_JUDGED, request)

    async def _try(self, request: Request, prepared: list[str]) -> bytes | None:
        async with self._turns, self._pool.acquire() as connection:
            # Asked more than twice only if the rules for filters changed in between.
            while True:
                refusal, guards = await self._call(connection, request, prepared)
                if guards is None:
                    return refusal
                for (feed_id, clause), guard in zip(request.clauses.items(), guards, strict=True):
                    error = await prepare_guard(connection, guard) if guard is not None else None
                    if error is not None:
                        return await _refuse(connection, request, feed_id, clause, error)
                prepared += [guard for guard in guards if guard is not None]

    async def _call(
        self, connection: asyncpg.pool.PoolConnectionProxy, request: Request, prepared: list[str]
    ) -> tuple[bytes | None, list[str | None] | None]:
        try:
            row = await connection.fetchrow(
                queries.SET_ROOM_FILTERS,
                self._database.gateway_id,
                request.username,
                list(request.clauses),
                list(request.clauses.values()),
                prepared,
            )
        except asyncpg.LockNotAvailableError as error:
            raise ViewBusyError(str(error)) from error
        assert row is not None
        if not any(row):
            raise PlaceGoneError("the filters were not set")
        return row["refusal"], row["guards"]


async def prepare_guard(
    connection: asyncpg.Connection | asyncpg.pool.PoolConnectionProxy, guard: str
) -> asyncpg.PostgresError | None:
    """Have Postgres prepare a guard, which never takes a second statement; its error if that is about the guard.

    Raises what asyncpg raises where Postgres cannot tell.
    """
    try:
        # Without a name: the next statement takes its place, and nothing has to be closed.
        await connection.prepare(guard, name="")
    except DATABASE_ERRORS as error:
        if isinstance(error, asyncpg.PostgresError) and not is_away(error):
            return error
        raise
    return None


def guard_arguments(feed_id: int, clause: str, error: asyncpg.PostgresError) -> tuple[int, str, str, str, int | None]:
    """What chat.explain_guard_error takes of a guard that was not prepared."""
    return feed_id, clause, error.sqlstate, error.message, int(error.position) if error.position else None


async def _refuse(
    connection: asyncpg.pool.PoolConnectionProxy,
    request: Request,
    feed_id: int,
    clause: str,
    error: asyncpg.PostgresError,
) -> bytes:
    return bytes(
        await connection.fetchval(
            queries.REFUSE_GUARDED,
            *guard_arguments(feed_id, clause, error),
            request.msgtype,
            request.username,
            request.room_id,
            list(request.clauses),
            list(request.clauses.values()),
        )
    )
