"""All servers of a gateway, and which of them has what. Nearly always there is one, which has everything."""

import zlib
from collections.abc import Iterator

from gateway.client.server import Server
from runtime.server_map import SLOTS, ServerMap


class Servers:
    """What belongs to a server by the map; without a map there is one server."""

    def __init__(self) -> None:
        self._all: dict[str | None, Server] = {}
        # The map that is gone by.
        self.deal: ServerMap | None = None

    def __iter__(self) -> Iterator[Server]:
        return iter(tuple(self._all.values()))

    @property
    def are_several(self) -> bool:
        """Whether what one server knows may not be all."""
        return self.deal is not None

    def any(self) -> Server:
        """The server for what is about no room: the first that is there, else the first."""
        servers = tuple(self._all.values())
        return next((server for server in servers if server.listener.is_up.is_set()), servers[0])

    def of_room(self, room_id: int) -> Server:
        """The server that has a room, or would have it if it were open."""
        return next(iter(self._all.values())) if self.deal is None else self._all[self.deal.server_of(room_id)]

    def home_of(self, word: str) -> Server:
        """The server on which a word is claimed (gateway/client/names.py)."""
        assert self.deal is not None
        return self._all[self.deal.slots[zlib.crc32(word.encode()) % SLOTS]]

    def add(self, server: Server) -> None:
        """One more server, to which nothing belongs before a map says so."""
        self._all[server.name] = server
