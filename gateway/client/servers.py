"""All servers of a gateway, and which of them has what. Nearly always there is one, which has everything."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

from gateway.client.server import Server
from gateway.errors import GatewayError
from runtime.server_map import SLOTS, ServerMap

SOON_SECONDS = 0.3
"""How long one server may keep those waiting who are not about its rooms."""

Result = TypeVar("Result")


class Servers:
    """What belongs to a server by the map; without a map there is one server."""

    def __init__(self) -> None:
        self._all: dict[str | None, Server] = {}
        # The map that is gone by.
        self.deal: ServerMap | None = None
        # Set when a server said that it has not what the map says: the map is to be read at once.
        self.is_stale = asyncio.Event()
        # What servers were asked by `soon` and have not answered in time.
        self._overdue: dict[Server, asyncio.Future[Any]] = {}

    def __iter__(self) -> Iterator[Server]:
        return iter(tuple(self._all.values()))

    @property
    def are_several(self) -> bool:
        """Whether what one server knows may not be all."""
        return self.deal is not None

    def any(self) -> Server:
        """The server for what is about no room: the first that answers, else the first that is there."""
        return min(self._all.values(), key=lambda server: (not server.listener.is_up.is_set(), server in self._overdue))

    def of_room(self, room_id: int) -> Server:
        """The server that has a room, or would have it if it were open."""
        return next(iter(self._all.values())) if self.deal is None else self._all[self.deal.server_of(room_id)]

    def home_of(self, word: str) -> Server:
        """The server on which a word is claimed (gateway/client/names.py)."""
        assert self.deal is not None
        return self._all[self.deal.slots[slot_of_word(word)]]

    def add(self, server: Server) -> None:
        """One more server, to which nothing belongs before a map says so."""
        self._all[server.name] = server

    def remove(self, server: Server) -> None:
        """One server less, unless another one has its name by now."""
        if self._all[server.name] is server:
            del self._all[server.name]

    async def soon(
        self, server: Server, ask: Callable[[], Awaitable[Result]], seconds: float = SOON_SECONDS
    ) -> Result | None:
        """What a server answers if it is there and takes no longer than this; else None, and until it has answered
        nobody else waits for it here."""
        if server in self._overdue or not server.listener.is_up.is_set():
            return None
        asked = asyncio.ensure_future(ask())
        done, _ = await asyncio.wait((asked,), timeout=seconds)
        if not done:
            self._overdue[server] = asked
            asked.add_done_callback(lambda asked: self._answered(server, asked))
            return None
        try:
            return asked.result()
        except GatewayError:
            return None

    def _answered(self, server: Server, asked: asyncio.Future[Result]) -> None:
        if self._overdue.get(server) is asked:
            del self._overdue[server]
        # Looked at, so that nobody misses it: others have said what is wrong with the server.
        asked.cancelled() or asked.exception()


def slot_of_word(word: str) -> int:
    """The slot that a word belongs to, by its hash."""
    return zlib.crc32(word.encode()) % SLOTS
