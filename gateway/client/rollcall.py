"""Compares who is a member here with who is one in a Postgres, and puts right what differs.

Each join and leave is done in both, but what can go wrong between the two is endless: an answer that is lost, a
notification that is missed, an operator's hand, a standby that lacks the last moments. What is found twice in a row is
no longer under way.
"""

from gateway.client.lobby import Lobby
from gateway.client.server import Server
from gateway.closing import PLACE_GONE


class RollCall:
    """That of one server; to be taken every few seconds."""

    def __init__(self, server: Server, lobby: Lobby) -> None:
        self._server = server
        self._lobby = lobby
        # What differed when last looked at: members that only Postgres had, and those that only we had.
        self._ghosts: set[int] = set()
        self._strangers: set[int] = set()

    async def take(self) -> None:
        """Have ghosts leave and end the connections of those who are no members; raises GatewayError."""
        lobby, members = self._lobby, self._server.members
        known = {*members}
        names = await self._server.database.list_members()
        ghosts = {
            member_id
            for member_id, name_key in names.items()
            if member_id not in members and not lobby.is_moving(name_key)
        }
        # Who came or went during the question is left alone.
        strangers = (known & {*members}) - {*names}
        for member_id in ghosts & self._ghosts:
            lobby.release(self._server, names[member_id], None, member_id)
        for member_id in strangers & self._strangers:
            lobby.spawn(members[member_id].end(PLACE_GONE))
        self._ghosts, self._strangers = ghosts, strangers
