"""Databases that are servers of one service: who is where on them, and which names are claimed."""

from collections.abc import Iterable, Sequence

import asyncpg

from harness.waiting import until

MEMBERS = "select username from chat.member where room_id = $1 order by username"
CLAIMS = "select word, slot, username, room_id, gateway_id from chat.name_claim order by word"
LOSE = "delete from chat.name_claim where name_key = $1 returning word"
CLAIM = "select bool_and(is_claimed) from chat.claim_names($1, $2, $3, $4, $4, $5, $6, $7)"


class Databases:
    """All servers, in the order of their names: s1, s2, …"""

    def __init__(self, connections: Sequence[asyncpg.Connection]) -> None:
        self.connections = connections

    async def names(self) -> list[str | None]:
        """What each says that it is."""
        return [await each.fetchval("select name from chat.server") for each in self.connections]

    async def members(self, room: int) -> list[list[str]]:
        """Who is in a room, by each server."""
        return [[row[0] for row in await each.fetch(MEMBERS, room)] for each in self.connections]

    async def claims(self) -> list[asyncpg.Record]:
        """All claims of names, on all servers."""
        return [row for each in self.connections for row in await each.fetch(CLAIMS)]

    async def until_claimed(self, words: Iterable[str], seconds: float = 30.0) -> None:
        """Wait until these words are claimed, and no others."""
        wanted = sorted(words)

        async def are_claimed() -> bool:
            return sorted(row["word"] for row in await self.claims()) == wanted

        try:
            await until(are_claimed, f"the claims {wanted}", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}; there are {await self.claims()}") from None

    async def lose_claims(self, name_key: str) -> int:
        """Take a name's claims away; how many there were."""
        return sum([len(await each.fetch(LOSE, name_key)) for each in self.connections])

    async def claim_again(self, name: str, room: int, new_token: str, resume_token: str) -> None:
        """What a gateway that dies at once claims for somebody who comes back."""
        for each in self.connections:
            own = [row for row in await each.fetch(CLAIMS) if row["username"] == name]
            if own:
                words, slots, count = [row["word"] for row in own], [row["slot"] for row in own], len(own)
                arguments = (words, slots, [name] * count, [room] * count, [new_token] * count, [resume_token] * count)
                assert await each.fetchval(CLAIM, 0, *arguments)


def words_of(*names: str) -> list[str]:
    """What is claimed for names that are their own keys and looks, as `bob` is."""
    return [f"{kind}:{name}" for name in names for kind in "kl"]
