"""Has each server know the rooms of the others: a ROOM_STATUS names all rooms and who is in them, where there are few.

Looked up anew before whatever has a server write such a status. So a user who came into a room of one server is in the
next status of another, as with one server. A server that does not answer at once is told of as it was.
"""

import asyncio
import time
from collections.abc import Mapping

from gateway.client.server import Server
from gateway.client.servers import Servers
from gateway.errors import GatewayError
from proto.chatmessage_pb2 import chatmessage, roomstatus
from proto.sizes import MAX_SENT_BYTES

MOST_NAMED_ROOMS = 64
"""Of more rooms a status names only its own (chat.write_statuses); PENDING names all."""
LOOK_SECONDS = 0.3
"""How long one server may take to tell of its rooms, while others wait for it."""
SILENT_SECONDS = 5.0
"""How long one that did not answer in time is not asked again."""


class Elsewhere:
    """Where there is one server, every call returns at once."""

    def __init__(self, servers: Servers, num_rooms: int) -> None:
        self._servers = servers
        self._num_rooms = num_rooms
        # Servers that did not answer in time, and until when, by the monotonic clock, nobody waits for them again.
        self._silent: dict[Server, float] = {}

    async def tell(self, server: Server) -> None:
        """Have a server know the others' rooms, before it writes a status; raises nothing."""
        if not self._servers.are_several or self._num_rooms > MOST_NAMED_ROOMS:
            return
        rooms = await self._look(server)
        if rooms:
            try:
                await server.rooms.note_elsewhere(rooms)
            except GatewayError:
                # Whatever it is, the call that this is for will say it.
                return

    async def complete(self, server: Server, greeting: bytes) -> bytes:
        """A PENDING of one server with the rooms of all, as many as fit in a frame."""
        if not self._servers.are_several or self._num_rooms <= MOST_NAMED_ROOMS:
            return greeting
        pieces = [greeting]
        left = MAX_SENT_BYTES - len(greeting)
        for _, status in sorted((await self._look(server)).items()):
            piece = chatmessage(rooms=[roomstatus.FromString(status)]).SerializePartialToString()
            left -= len(piece)
            if left < 0:
                break
            pieces.append(piece)
        return b"".join(pieces)

    async def _look(self, server: Server) -> dict[int, bytes]:
        others = [other for other in self._servers if other is not server and other.listener.is_up.is_set()]
        rooms: dict[int, bytes] = {}
        for told in await asyncio.gather(*(self._look_at(other) for other in others)):
            rooms.update(told)
        return rooms

    async def _look_at(self, other: Server) -> Mapping[int, bytes]:
        if self._silent.get(other, 0.0) > time.monotonic():
            return {}
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                return await other.rooms.tell()
        except (GatewayError, TimeoutError):
            self._silent[other] = time.monotonic() + SILENT_SECONDS
            return {}
