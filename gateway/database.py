"""What a gateway asks of Postgres, each a function call; requests of many sessions go together."""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from gateway import queries
from gateway.batcher import Batcher


@dataclass(frozen=True, slots=True)
class Join:
    """The answer to a JOIN_REQ: the sequence of the USERJOINED, or the denial for the sender."""

    seq: int | None
    denial: bytes | None


@dataclass(frozen=True, slots=True)
class Request:
    """A client's request as it is recorded: what of it makes sense for its type, None for the rest."""

    msgtype: int
    username: str | None
    room_id: int | None
    comment: str | None = None
    sport_filter: str | None = None
    execution_filter: str | None = None


class Database:
    """The gateway's calls. `gateway_id` is set once the gateway is registered."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self.gateway_id = 0
        self._pool = pool
        self._greetings = Batcher(self._greet)
        self._joins = Batcher(self._join)
        self._leaves = Batcher(self._leave)
        self._comments = Batcher(self._post)

    async def configure_rooms(self, sizes: Sequence[int]) -> None:
        """Open as many rooms as there are sizes, each for so many users."""
        await self._pool.execute(queries.CONFIGURE_ROOMS, sizes)

    async def close_dead_gateways(self) -> int:
        """Have the members of gateways that died leave; how many gateways were given up."""
        return int(await self._pool.fetchval(queries.CLOSE_DEAD_GATEWAYS))

    async def greet(self) -> bytes:
        """The PENDING status for a new connection."""
        return await self._greetings.submit(None)

    async def join(self, username: str, room_id: int | None) -> Join:
        """Ask for a place in a room."""
        return await self._joins.submit((username, room_id))

    async def leave(self, username: str) -> None:
        """Give up a member's place."""
        await self._leaves.submit(username)

    async def post(self, username: str, comment: str) -> None:
        """Send a comment to the member's room."""
        await self._comments.submit((username, comment))

    async def refuse(self, userstatus: str, reason: str, request: Request) -> bytes:
        """Record a request that cannot be met; the status to answer with."""
        return bytes(
            await self._pool.fetchval(
                queries.REFUSE,
                userstatus,
                reason,
                request.msgtype,
                request.username,
                request.room_id,
                request.comment,
                request.sport_filter,
                request.execution_filter,
            )
        )

    async def open_history(
        self, username: str, room_id: int, seq: int, resume_after: int | None, history: int
    ) -> tuple[int, bytes | None]:
        """After which sequence a new member's history starts, and what to tell him first if part of it is gone."""
        row = await self._pool.fetchrow(queries.OPEN_HISTORY, username, room_id, seq, resume_after, history)
        assert row is not None
        return row["after_seq"], row["truncated"]

    async def _greet(self, items: list[None]) -> list[bytes]:
        return [bytes(await self._pool.fetchval(queries.GREET, len(items)))] * len(items)

    async def _join(self, items: list[tuple[str, int | None]]) -> list[Join]:
        usernames, room_ids = zip(*items, strict=True)
        rows = await self._pool.fetch(queries.JOIN_ROOMS, self.gateway_id, usernames, room_ids)
        return [Join(row["seq"], row["denial"]) for row in rows]

    async def _leave(self, usernames: list[str]) -> list[None]:
        await self._pool.execute(queries.LEAVE_ROOMS, self.gateway_id, usernames)
        return [None] * len(usernames)

    async def _post(self, items: list[tuple[str, str]]) -> list[None]:
        usernames, comments = zip(*items, strict=True)
        await self._pool.execute(queries.POST_COMMENTS, self.gateway_id, usernames, comments)
        return [None] * len(items)
