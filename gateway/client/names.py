"""Has a name belong to one user on all servers, where there are several.

Each server sees to it that no two of its members have names that are equal or look alike. For all of them a name is
claimed before the join: its key, and its look, each at its home, the server to which it belongs by its hash. A claim
outlives the membership: it is given up when the room's server knows that the member is gone. So whatever dies between
the two leaves a claim without a member, which is found and dropped (gateway/upkeep.py), and never two members.
"""

import asyncio
from collections import defaultdict
from functools import partial

from gateway.client.server import Server
from gateway.client.servers import Servers, slot_of_word
from gateway.errors import DatabaseAwayError
from gateway.names.name import Name
from gateway.postgres.claims import Claim, Held, Lost, Verdict
from gateway.postgres.records import JoinRequest

MOVING_TRIES = 50
MOVING_PAUSE = 0.2
"""Seconds between two tries while a name's home, or a room, is being moved."""


class Names:
    """The claims of a gateway; with one server there are none, and every call returns at once."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers

    async def claim(self, request: JoinRequest) -> Verdict | None:
        """Claim a name for who is about to join; None if that was done, else who has it. Raises what Database does."""
        if not self._servers.are_several:
            return None
        name = request.name
        for word in words(name.key, name.look):
            home, verdict = await self._claim(word, request)
            if not verdict.is_claimed and await self.drop_lost(home, word):
                home, verdict = await self._claim(word, request)
            if not verdict.is_claimed:
                if word.startswith("l:"):
                    await self.forgo(request)
                return verdict
        return None

    async def _claim(self, word: str, request: JoinRequest) -> tuple[Server, Verdict]:
        """Ask the word's home, and the next one if it has just been moved."""
        name = request.name
        assert request.room_id is not None
        slot = slot_of_word(word)
        claim = Claim(word, slot, name.key, name.shown, request.room_id, request.new_token, request.resume_token)
        for _ in range(MOVING_TRIES):
            home = self._servers.home_of(word)
            verdict = await home.claims.claim(claim)
            if verdict.is_home:
                return home, verdict
            self._servers.is_stale.set()
            await asyncio.sleep(MOVING_PAUSE)
        raise DatabaseAwayError("the name's home is being moved to another server")

    async def until_served(self, name: Name, server: Server) -> None:
        """Wait until a room's server and the homes of a name are there, so that nothing is begun in vain: a name whose
        join may have been done is nobody else's until the server is back. Raises DatabaseAwayError."""
        if self._servers.are_several:
            homes = {self._servers.home_of(word) for word in words(name.key, name.look)}
            await asyncio.gather(*(each.database.until_up() for each in homes | {server}))

    async def drop_lost(self, home: Server, word: str | None = None) -> bool:
        """Drop claims at a home that gateways left which are gone, of one word or of all, as far as the rooms' servers
        know that the members are gone, too; whether there were any. Raises what Database does."""
        by_server: dict[Server, list[Lost]] = defaultdict(list)
        for lost in await home.claims.list_lost(word):
            by_server[self._servers.of_room(lost.room_id)].append(lost)
        has_dropped = False
        for server, claims in by_server.items():
            present = await self._servers.soon(server, partial(server.claims.list_present, claims))
            # Of a server that does not answer it is not known; nobody's name waits for it but those of its rooms.
            if present is not None and (gone := [lost for lost in claims if lost.name_key not in present]):
                await home.claims.drop(gone)
                has_dropped = True
        return has_dropped

    async def release(self, name_key: str, look: str | None) -> None:
        """Give up a name whose member is gone, or never came to be; raises what Database does."""
        if self._servers.are_several:
            # Of what Postgres alone remembered the look is not known: such a claim is found later.
            for word in words(name_key, look) if look is not None else (f"k:{name_key}",):
                await self._servers.home_of(word).claims.release(word, name_key)

    async def forgo(self, request: JoinRequest) -> None:
        """Give up what was claimed for a join that was denied; raises what Database does."""
        await self.disown(request.name)

    async def disown(self, name: Name) -> None:
        """Give up a name that may be another gateway's member's; raises what Database does."""
        if self._servers.are_several:
            for word in words(name.key, name.look):
                home = self._servers.home_of(word)
                await home.claims.disown(word, name.key)
                await self.drop_lost(home, word)


def words(name_key: str, look: str) -> tuple[str, str]:
    """What is claimed for a name."""
    return f"k:{name_key}", f"l:{look}"


def held_words(name: Name, username: str, room_id: int, token: str) -> list[Held]:
    """The claims that a member has."""
    return [Held(word, slot_of_word(word), name.key, username, room_id, token) for word in words(name.key, name.look)]


def explain(verdict: Verdict, name: Name) -> str:
    """Why a name cannot be taken, as chat.explain_denial says it."""
    is_same = verdict.holder == name.shown
    how = "is" if is_same else f"is like '{verdict.holder}', which is"
    return f"the name '{name.shown}' {how} in use in room {verdict.holder_room_id}; choose another"
