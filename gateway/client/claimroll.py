"""Compares what is claimed on a server with whom it is claimed for, and puts right what differs, as the roll call does.

A claim without a member comes of whatever died between the two. It is given up, and dropped when the room's server was
asked: another gateway's member may have the name. A member without a claim comes of a
home that took this gateway for dead, or lost its last moments: it is claimed anew, and if somebody else has the name by
now, the member's connection ends.
"""

import asyncio
from contextlib import suppress

from gateway.client.lobby import Lobby
from gateway.client.server import Member, Server
from gateway.closing import PLACE_GONE
from gateway.errors import GatewayError
from gateway.postgres.claims import Held

INTERVAL = 1.0
"""Seconds between two looks."""


class ClaimRoll:
    """That of one server, as the home of names."""

    def __init__(self, server: Server, lobby: Lobby) -> None:
        self._server = server
        self._lobby = lobby
        # What differed when last looked at: claims without a member, and words of members without a claim.
        self._ghosts: set[tuple[str, str]] = set()
        self._missing: set[Held] = set()

    async def run(self) -> None:
        """Compare for ever. If a server cannot be asked, others say so."""
        while True:
            await asyncio.sleep(INTERVAL)
            with suppress(GatewayError):
                await self._compare()
            with suppress(GatewayError):
                await self._lobby.names.drop_lost(self._server)

    async def _compare(self) -> None:
        members = self._members()
        claimed = await self._server.claims.list_own()
        wanted = {(held.word, held.name_key) for held in members}
        lobby = self._lobby
        ghosts = {(word, key) for word, key in claimed - wanted if not lobby.is_moving(key)}
        missing = {held for held in members if (held.word, held.name_key) not in claimed} & {*self._members()}
        for word, name_key in ghosts & self._ghosts:
            if not lobby.is_moving(name_key) and not lobby.has_member(name_key):
                await self._server.claims.disown(word, name_key)
        if renewed := list(missing & self._missing):
            for held in await self._server.claims.renew(renewed):
                lobby.spawn(members[held].end(PLACE_GONE))
        self._ghosts, self._missing = ghosts, missing

    def _members(self) -> dict[Held, Member]:
        """What is to be claimed on this server, and for whom."""
        deal, name = self._lobby.servers.deal, self._server.name
        assert deal is not None
        return {
            held: session
            for session in self._lobby.members()
            for held in session.held_words()
            if deal.slots[held.slot] == name
        }
