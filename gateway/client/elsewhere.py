"""Has each server know the rooms of the others: a ROOM_STATUS names all rooms and who is in them, where there are few.

Looked up anew before whatever has a server write such a status. So a user who came into a room of one server is in the
next status of another, as with one server. A server that does not answer at once is told of as it was.
"""

import asyncio
from functools import partial

from gateway.client.server import Server
from gateway.client.servers import SOON_SECONDS, Servers
from gateway.frames import varint
from gateway.postgres.batcher import Batcher
from proto.chatmessage_pb2 import chatmessage
from proto.sizes import MAX_SENT_BYTES

MOST_NAMED_ROOMS = 64
"""Of more rooms a status names only its own (chat.write_statuses); PENDING names all."""
GREETING_SECONDS = 1.0
"""How long a server that may be away is waited for to greet, or to tell of ten thousand rooms, before others are."""
ROOMS_TAG = bytes((4 << 3 | 2,))
"""What a room's status begins with in a message."""


class Elsewhere:
    """Where there is one server, every call returns at once."""

    def __init__(self, servers: Servers, num_rooms: int) -> None:
        self._servers = servers
        self._num_rooms = num_rooms
        self._completions = Batcher(self._complete)

    async def tell(self, server: Server) -> None:
        """Have a server know the others' rooms, before it writes a status; raises what Database does if it is away
        itself."""
        if not self._servers.are_several or self._num_rooms > MOST_NAMED_ROOMS:
            return
        rooms = await self._look(server, SOON_SECONDS)
        if rooms:
            await server.rooms.note_elsewhere(rooms)

    async def greet(self) -> tuple[Server, bytes]:
        """A PENDING with the rooms of all servers, and the server which wrote it, any that answers. Raises what
        Database does."""
        home = self._servers.any()
        if not self._servers.are_several:
            return home, await home.database.greet()
        for _ in self._servers:
            greeting = await self._servers.soon(home, partial(self._greet, home), GREETING_SECONDS)
            if greeting is not None:
                break
            home = self._servers.any()
        else:
            greeting = await self._greet(home)
        if self._num_rooms > MOST_NAMED_ROOMS:
            greeting = await self._completions.submit((home, greeting))
        return home, greeting

    async def _greet(self, home: Server) -> bytes:
        await self.tell(home)
        return await home.database.greet()

    async def _complete(self, greetings: list[tuple[Server, bytes]]) -> list[bytes]:
        """PENDINGs with the rooms of all, as many as fit in a frame, in their order: one for all who wait meanwhile."""
        home, greeting = greetings[0]
        message = chatmessage.FromString(greeting)
        rooms = {room.roomid: room.SerializeToString() for room in message.rooms}
        rooms |= await self._look(home, GREETING_SECONDS)
        message.ClearField("rooms")
        pieces = [message.SerializePartialToString()]
        left = MAX_SENT_BYTES - len(pieces[0])
        for _, status in sorted(rooms.items()):
            pieces.append(ROOMS_TAG + varint(len(status)) + status)
            left -= len(pieces[-1])
            if left < 0:
                break
        return [b"".join(pieces[: None if left >= 0 else -1])] * len(greetings)

    async def _look(self, server: Server, seconds: float) -> dict[int, bytes]:
        """What the others tell of their rooms."""
        others = [other for other in self._servers if other is not server]
        looks = [self._servers.soon(other, other.rooms.tell, seconds) for other in others]
        return {room_id: status for told in await asyncio.gather(*looks) if told for room_id, status in told.items()}
