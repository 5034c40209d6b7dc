"""Sets a room's filters: Postgres judges them, but for the guard, which only a client of Postgres can be."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

import asyncpg

from gateway.errors import (
    CONNECTION_ERRORS,
    DATABASE_ERRORS,
    DatabaseFaultError,
    PlaceGoneError,
    ViewBusyError,
    is_away,
)
from gateway.postgres import queries
from gateway.postgres.batcher import Batcher
from gateway.postgres.database import Database
from gateway.postgres.records import Request

LOCK_TRIES = 10
"""How often it is tried while somebody reads the room's view; each try waits 200 ms (replace_room_views)."""
LOCK_PAUSE = 0.2
"""Seconds between two tries."""
CALLS_AT_ONCE = 2
"""Filters and previews judged at the same time; more would only take time from the feeds."""
MOST_AT_ONCE = 8
"""FILTERs in a call, which holds the log's lock: the feeds' rows wait meanwhile."""
NOT_JUDGED = "the database could not look at the filter to its end; try again, or a simpler one"


class Answer(NamedTuple):
    """What Postgres made of a FILTER: the sequence from which on its filters hold, or the refusal for the sender, or
    the guards to prepare first. None of them of one that was left, to be asked alone, and of who is no member.
    """

    seq: int | None = None
    refusal: bytes | None = None
    guards: list[str | None] | None = None


class FilterSetter:
    """Takes FILTER requests of joined users.

    One call does it if Postgres knows all clauses or refuses the words of one: such requests go together in the next
    call while one runs. Otherwise that call returns the guards to prepare, and a second one, of the request alone,
    judges and applies. So do those that others would have to wait for.
    """

    def __init__(self, pool: asyncpg.Pool, database: Database, turns: asyncio.Semaphore) -> None:
        """`turns` are as many as clauses may be judged at the same time."""
        self._pool = pool
        self._database = database
        self._turns = turns
        self._known = Batcher(self._set_known, MOST_AT_ONCE, gate=database.until_back)

    async def set(self, request: Request) -> bytes | None:
        """The refusal to send back, or None: the room, with the sender in it, is told by its FILTERAPPLIED.

        Raises DatabaseAwayError, DatabaseFaultError, PlaceGoneError, and ViewBusyError if the view is read all along.
        """
        answer = await self._database.call(lambda: self._known.submit(request))
        if answer.seq is not None or answer.refusal is not None:
            return answer.refusal
        # Guards that were prepared stay so for the next try.
        prepared: list[str] = []
        for tries_left in reversed(range(LOCK_TRIES)):
            try:
                return await self._database.call(lambda: self._try(request, answer.guards, prepared))
            except ViewBusyError:
                if not tries_left:
                    raise
                # Others may set theirs meanwhile.
                await asyncio.sleep(LOCK_PAUSE)
            except DatabaseFaultError:
                break
        return await self._database.refuse("REJECTED_BADFILTER", NOT_JUDGED, request)

    async def _set_known(self, requests: list[Request]) -> list[Answer]:
        """Apply what can be at once; the rest is left."""
        async with self._turns, self._pool.acquire() as connection:
            try:
                return await self._call(connection, requests, [], may_wait=False)
            except (*DATABASE_ERRORS, ViewBusyError) as error:
                if isinstance(error, CONNECTION_ERRORS):
                    raise
                # Nothing was done. Which of them it was, or if Postgres cannot at all, shows when each is asked alone.
                return [Answer()] * len(requests)

    async def _try(self, request: Request, guards: Sequence[str | None] | None, prepared: list[str]) -> bytes | None:
        async with self._turns, self._pool.acquire() as connection:
            # Asked more than once only if the rules for filters changed in between.
            while True:
                for (feed_id, clause), guard in zip(request.clauses.items(), guards or (), strict=guards is not None):
                    if guard is None or guard in prepared:
                        continue
                    if (error := await prepare_guard(connection, guard)) is not None:
                        return await _refuse(connection, request, feed_id, clause, error)
                    prepared.append(guard)
                (answer,) = await self._call(connection, [request], prepared, may_wait=True)
                if answer == Answer():
                    raise PlaceGoneError("the filters were not set")
                if answer.guards is None:
                    return answer.refusal
                guards = answer.guards

    async def _call(
        self,
        connection: asyncpg.pool.PoolConnectionProxy,
        requests: Sequence[Request],
        prepared: list[str],
        *,
        may_wait: bool,
    ) -> list[Answer]:
        clauses = [(number, *each) for number, request in enumerate(requests, 1) for each in request.clauses.items()]
        numbers, feed_ids, texts = map(list, zip(*clauses, strict=True)) if clauses else ([], [], [])
        try:
            rows = await connection.fetch(
                queries.SET_ROOM_FILTERS,
                self._database.gateway_id,
                [request.username for request in requests],
                numbers,
                feed_ids,
                texts,
                prepared,
                may_wait,
            )
        except asyncpg.LockNotAvailableError as error:
            raise ViewBusyError(str(error)) from error
        return [Answer(*row) for row in rows]


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
