"""Claims of names on the server that is their home, where there are several servers (db/functions/servers)."""

from typing import NamedTuple

import asyncpg

from gateway.postgres import queries
from gateway.postgres.batcher import Batcher
from gateway.postgres.database import Database


class Claim(NamedTuple):
    """A user's wish for a word, which is a name or a look, while they join a room; tokens as in a JoinRequest."""

    word: str
    slot: int
    name_key: str
    username: str
    room_id: int
    new_token: str
    resume_token: str | None


class Verdict(NamedTuple):
    """Whether the word is claimed now; else who has it, in which room, and whether that is the same name at another
    gateway, which may be about to give it up. If this is not the word's home, nothing was looked at."""

    is_home: bool
    is_claimed: bool
    holder: str | None
    holder_room_id: int | None
    is_elsewhere: bool


class Held(NamedTuple):
    """A word that a member of this gateway has, the token that takes the member's place back, and the slot whose server
    is the word's home."""

    word: str
    slot: int
    name_key: str
    username: str
    room_id: int
    token: str


class Lost(NamedTuple):
    """A claim whose gateway is gone; the member may be gone, too, which the room's server knows."""

    word: str
    name_key: str
    room_id: int
    gateway_id: int | None


class Claims:
    """The calls to one server. Each raises what Database.call raises."""

    def __init__(self, pool: asyncpg.Pool, database: Database) -> None:
        self._pool = pool
        self._database = database
        self._claims = Batcher(self._claim, gate=database.until_back)
        self._releases = Batcher(self._release, gate=database.until_back)

    async def claim(self, claim: Claim) -> Verdict:
        """Claim a word for somebody who is about to join."""
        return await self._database.call(lambda: self._claims.submit(claim))

    async def release(self, word: str, name_key: str) -> None:
        """Give a word up, if it is this gateway's."""
        await self._database.call(lambda: self._releases.submit((word, name_key)))

    async def disown(self, word: str, name_key: str) -> None:
        """Have a word that is this gateway's be nobody's: somebody else may have it."""
        await self._database.call(
            lambda: self._pool.execute(queries.DISOWN_NAMES, self._database.gateway_id, [word], [name_key])
        )

    async def renew(self, held: list[Held]) -> set[Held]:
        """Have this gateway's claims be what its members have; those that others have meanwhile."""
        arguments = [list(column) for column in zip(*held, strict=True)] or [[] for _ in Held._fields]
        lost = await self._database.call(
            lambda: self._pool.fetchval(queries.RENEW_CLAIMS, self._database.gateway_id, *arguments)
        )
        return {held[place - 1] for place in lost}

    async def list_own(self) -> set[tuple[str, str]]:
        """The words that this gateway has claimed here, each with the name's key."""
        rows = await self._database.call(lambda: self._pool.fetch(queries.LIST_CLAIMS, self._database.gateway_id))
        return {(row["word"], row["name_key"]) for row in rows}

    async def list_lost(self, word: str | None = None) -> list[Lost]:
        """Claims of gateways that are gone, of one word or of all."""
        rows = await self._database.call(lambda: self._pool.fetch(queries.LIST_LOST_CLAIMS, word))
        return [Lost(*row) for row in rows]

    async def list_present(self, lost: list[Lost]) -> set[str]:
        """The keys of those names whose members may be there still, as far as this server knows."""
        arguments = [[each.name_key for each in lost], [each.room_id for each in lost]]
        rows = await self._database.call(lambda: self._pool.fetch(queries.LIST_PRESENT, *arguments))
        return {row["name_key"] for row in rows}

    async def drop(self, lost: list[Lost]) -> None:
        """Drop claims of names whose members are gone."""
        arguments = [[each.word for each in lost], [each.name_key for each in lost], [each.gateway_id for each in lost]]
        await self._database.call(lambda: self._pool.execute(queries.DROP_CLAIMS, *arguments))

    async def _claim(self, claims: list[Claim]) -> list[Verdict]:
        columns = [list(column) for column in zip(*claims, strict=True)]
        rows = await self._pool.fetch(queries.CLAIM_NAMES, self._database.gateway_id, *columns)
        return [Verdict(*row) for row in rows]

    async def _release(self, words: list[tuple[str, str]]) -> list[None]:
        columns = [list(column) for column in zip(*words, strict=True)]
        await self._pool.execute(queries.RELEASE_NAMES, self._database.gateway_id, *columns)
        return [None] * len(words)
