"""What a gateway asks of Postgres, each a function call; requests of many sessions go together."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import TypeVar

import asyncpg

from gateway.errors import DATABASE_ERRORS, PlaceGoneError, translated
from gateway.postgres import queries
from gateway.postgres.batcher import Batcher
from gateway.postgres.records import FeedListing, Join, JoinRequest, Opening, Order, Request
from runtime.interface import require_same_interface

WAIT_SECONDS = 10.0
"""How long a request waits for Postgres to come back before it is refused."""
BACK_SECONDS = 3.0
"""How long what waited behind a call that was lost waits on: that a server is silent is noticed after seven seconds."""
TENDING_SECONDS = 3600.0
"""Longest that what nobody waits for may take; one step of keeping tables bounded may read a whole table."""

MOST_AT_ONCE = 200
"""Joins or leaves in a call, which holds the log's lock: the feeds' rows wait meanwhile."""
REST_SECONDS = 0.02
"""How long others are gathered, at most, where many come or go: each of these calls counts the members of rooms."""

Result = TypeVar("Result")


class Database:
    """The gateway's calls. Each raises DatabaseAwayError, and DatabaseFaultError where Postgres refuses to do it.

    While Postgres is away a call waits up to WAIT_SECONDS for it. A call that was under way when Postgres was lost is
    not made again: whether it was done is not known, and a comment must not be said twice.
    """

    def __init__(self, pool: asyncpg.Pool, connections: Collection[asyncpg.Connection], is_up: asyncio.Event) -> None:
        self.gateway_id = 0
        self._pool = pool
        self._connections = connections
        self._is_up = is_up
        self._greetings = Batcher(self._greet, rest=REST_SECONDS, gate=self.until_back)
        self._joins = Batcher(self._join, MOST_AT_ONCE, REST_SECONDS, self.until_back)
        self._leaves = Batcher(self._leave, MOST_AT_ONCE, REST_SECONDS, self.until_back)
        self._comments = Batcher(self._post, gate=self.until_back)
        self._openings = Batcher(self._open_histories, rest=REST_SECONDS, gate=self.until_back)

    def break_off(self) -> None:
        """End the pool's connections, and the calls on them: without an answer each would wait for its time limit, and
        as long again for its cancellation. The pool makes new connections when it needs them."""
        for connection in tuple(self._connections):
            connection.terminate()

    async def open(self) -> None:
        """Make sure that the database can be worked with; raises what asyncpg raises, and InterfaceError."""
        await require_same_interface(lambda: self._pool.fetchval(queries.INTERFACE_VERSION))

    async def configure_rooms(self, sizes: Sequence[int]) -> None:
        """Open as many rooms as there are sizes, for so many users each, in steps; what a gateway does first."""
        # A queue of notifications that was full takes nothing until somebody asks; what is wrong with it shows in time.
        await self._pool.fetchval(queries.COMPLAIN_OF_QUEUE)
        while await self._pool.fetchval(queries.CONFIGURE_ROOMS, sizes) > 0:
            pass

    async def run_chores(self) -> None:
        """Have the members of gateways that died leave, and rooms that were left long ago cost nothing."""
        await self.call(lambda: self._pool.execute(queries.RUN_CHORES))

    async def tune_matching(self) -> None:
        """Have Postgres evaluate filters in the way that is cheapest for as many as there are now."""
        await self.call(lambda: self._pool.execute(queries.TUNE_MATCHING, timeout=TENDING_SECONDS))

    async def keep_bounded(self) -> str | None:
        """Have Postgres do the next thing that keeps its tables bounded; what that was, None if nothing is to do."""
        done: str | None = await self.call(lambda: self._pool.fetchval(queries.KEEP_BOUNDED, timeout=TENDING_SECONDS))
        return done

    async def require_same_interface(self) -> None:
        """Raises InterfaceError too, if the database was brought up to date by another version."""
        await require_same_interface(lambda: self.call(lambda: self._pool.fetchval(queries.INTERFACE_VERSION)))

    async def complain_of_queue(self) -> str | None:
        """What is wrong with Postgres's queue of notifications and what to do; None if it is well. Asking keeps it so:
        Postgres moves the queue's end by itself only when something can be added."""
        complaint: str | None = await self.call(lambda: self._pool.fetchval(queries.COMPLAIN_OF_QUEUE))
        return complaint

    async def list_feeds(self) -> list[FeedListing]:
        """All feeds, in their order, those that were removed among them."""
        rows = await self.call(lambda: self._pool.fetch(queries.LIST_FEEDS))
        return [FeedListing(*row) for row in rows]

    async def feeds_channel(self) -> str:
        """On which channel Postgres tells that feeds changed."""
        channel: str = await self.call(lambda: self._pool.fetchval(queries.FEEDS_CHANNEL))
        return channel

    async def list_figures(self) -> list[tuple[str, list[str], float]]:
        """What is told as metrics of all gateways together: names, values of labels, values."""
        rows = await self.call(lambda: self._pool.fetch(queries.LIST_FIGURES))
        return [tuple(row) for row in rows]

    async def list_members(self) -> dict[int, str]:
        """The keys of the names of those who are members of this gateway in Postgres, by the membership's id."""
        rows = await self.call(lambda: self._pool.fetch(queries.LIST_MEMBERS, self.gateway_id))
        return {row["member_id"]: row["name_key"] for row in rows}

    async def greet(self) -> bytes:
        """The PENDING status for a new connection."""
        return await self.call(lambda: self._greetings.submit(None))

    async def join(self, request: JoinRequest) -> Join:
        """Ask for a place in a room."""
        return await self.call(lambda: self._joins.submit(request))

    async def deny_closed_room(self, request: Request) -> bytes | None:
        """The denial of a request to join a room that is not open; None if the room is open, and nothing was done."""
        denial: bytes | None = await self.call(
            lambda: self._pool.fetchval(queries.DENY_CLOSED_ROOM, request.username, request.room_id)
        )
        return denial

    async def leave(self, name_key: str, member_id: int | None) -> None:
        """Give up a membership, or whichever the name has here if it is not known."""
        await self.call(lambda: self._leaves.submit((name_key, member_id)))

    async def post(self, member_id: int, comment: str) -> bytes | None:
        """Send a comment to the member's room; the refusal if moderators have the member wait. Raises PlaceGoneError
        too."""
        if await self.call(lambda: self._comments.submit((member_id, comment))):
            return None
        held = await self.call(
            lambda: self._pool.fetchrow(queries.POST_HELD_COMMENT, self.gateway_id, member_id, comment)
        )
        assert held is not None
        refusal: bytes | None = held["refusal"]
        if refusal is None and not held["is_posted"]:
            raise PlaceGoneError("the comment was not posted")
        return refusal

    async def moderate(self, order: Order) -> str:
        """Do what a moderator wants done; what was done, in words. Raises RefusedError too."""
        done: str = await self.call(
            lambda: self._pool.fetchval(
                queries.MODERATE,
                order.action,
                order.room_id,
                order.username,
                order.seq,
                order.seconds,
                order.reason,
                order.moderator,
            )
        )
        return done

    async def refuse(self, userstatus: str, reason: str | None, request: Request) -> bytes:
        """Record a request that changes nothing here, or cannot be met; the status to answer with."""
        refusal: bytes = await self.call(
            lambda: self._pool.fetchval(
                queries.RECORD_REFUSAL,
                userstatus,
                reason,
                request.msgtype,
                request.username,
                request.room_id,
                request.comment,
                list(request.clauses),
                list(request.clauses.values()),
                request.filters,
            )
        )
        return refusal

    async def open_history(self, opening: Opening) -> tuple[int, bytes | None]:
        """After which sequence a new member's history starts, and what to tell them first if part of it is gone."""
        return await self.call(lambda: self._openings.submit(opening))

    async def call(self, make: Callable[[], Awaitable[Result]]) -> Result:
        """Wait for Postgres to be there, then make a call."""
        try:
            await self._until_up()
            return await make()
        except DATABASE_ERRORS as error:
            raise translated(error) from error

    async def until_up(self) -> None:
        """Wait for Postgres to be there, before something is begun elsewhere that this call would leave undone."""
        try:
            await self._until_up()
        except TimeoutError as error:
            raise translated(error) from error

    async def until_back(self) -> None:
        """The same for a moment, for what has waited behind a call that was lost; raises what asyncpg raises."""
        await self._until_up(BACK_SECONDS)

    async def _until_up(self, seconds: float = WAIT_SECONDS) -> None:
        # Looked at first: a limit costs a timer, even for what is there already.
        if not self._is_up.is_set():
            async with asyncio.timeout(seconds):
                await self._is_up.wait()

    async def _greet(self, items: list[None]) -> list[bytes]:
        return [bytes(await self._pool.fetchval(queries.RECORD_GREETING, len(items)))] * len(items)

    async def _join(self, requests: list[JoinRequest]) -> list[Join]:
        rows = await self._pool.fetch(
            queries.JOIN_ROOMS,
            self.gateway_id,
            [request.name.shown for request in requests],
            [request.room_id for request in requests],
            [request.new_token for request in requests],
            [request.resume_token for request in requests],
            [request.is_patient for request in requests],
            [request.name.key for request in requests],
            [request.name.look for request in requests],
        )
        return [Join(row["member_id"], row["seq"], row["welcome"], row["denial"]) for row in rows]

    async def _leave(self, items: list[tuple[str, int | None]]) -> list[None]:
        name_keys, member_ids = zip(*items, strict=True)
        await self._pool.execute(queries.LEAVE_ROOMS, self.gateway_id, name_keys, member_ids)
        return [None] * len(name_keys)

    async def _post(self, items: list[tuple[int, str]]) -> list[bool]:
        member_ids, comments = zip(*items, strict=True)
        posted: list[bool] = await self._pool.fetchval(queries.POST_COMMENTS, self.gateway_id, member_ids, comments)
        return posted

    async def _open_histories(self, openings: list[Opening]) -> list[tuple[int, bytes | None]]:
        rows = await self._pool.fetch(queries.OPEN_HISTORIES, *map(list, zip(*openings, strict=True)))
        return [(row["after_seq"], row["truncated"]) for row in rows]
