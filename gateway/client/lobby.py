"""What the sessions of a gateway share: the servers of the rooms, and which names are moving."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from itertools import chain

from gateway.access.gate import Gate
from gateway.client.elsewhere import Elsewhere
from gateway.client.names import Names
from gateway.client.server import Member, Server
from gateway.client.servers import Servers
from gateway.errors import DatabaseAwayError, GatewayError
from gateway.names.name import Name
from gateway.postgres.database import WAIT_SECONDS
from gateway.spawning import Spawner

SWEPT_AT_ONCE = 200
"""Members that are looked at before others are served again."""
LEAVE_PAUSE = 1.0
"""Seconds between two tries to have a member leave."""


class Lobby:
    """Handed to every session."""

    def __init__(self, servers: Servers, num_rooms: int, gate: Gate, spawner: Spawner) -> None:
        """`num_rooms` is how many rooms this gateway opened."""
        self.servers = servers
        self.names = Names(servers)
        self.elsewhere = Elsewhere(servers, num_rooms)
        self.gate = gate
        self.spawn = spawner.spawn
        # Keys of names that a session here asks for right now, or asked for without an answer: it may have got a place.
        self.joining_names: set[str] = set()
        # Keys of names whose member has gone, while Postgres is yet to be told, or does not answer; set when it knows.
        self._leaving: dict[str, asyncio.Event] = {}
        # How many sessions are members under a name's key; more than one only while a place is taken back.
        self._name_keys: Counter[str] = Counter()
        # When the gateway stops, members keep their places for the grace.
        self.is_stopping = False
        self._num_rooms = num_rooms

    def server_of(self, room_id: int | None) -> Server:
        """The server of a room, or of what is about none."""
        return self.servers.any() if room_id is None else self.servers.of_room(room_id)

    def members(self) -> Iterator[Member]:
        """The sessions that are members, as they are now."""
        return chain.from_iterable(tuple(server.members.values()) for server in self.servers)

    def opened(self, room_id: int | None) -> bool:
        """Whether this gateway opened the room. Others may have opened more: only Postgres knows all that are open."""
        return room_id is not None and 0 <= room_id < self._num_rooms

    def has_member(self, name_key: str) -> bool:
        """Whether a session here is a member under a name."""
        return self._name_keys[name_key] > 0

    def is_moving(self, name_key: str) -> bool:
        """Whether somebody joins or leaves under a name right now, so that Postgres may say otherwise than we do."""
        return name_key in self.joining_names or name_key in self._leaving

    async def sweep(self) -> None:
        """End what does not end by itself, of all members; to be called every second or so."""
        now = time.monotonic()
        for place, session in enumerate(self.members()):
            session.sweep(now)
            if place % SWEPT_AT_ONCE == 0:
                await asyncio.sleep(0)

    def enter(self, server: Server, name_key: str, member_id: int, session: Member) -> None:
        """A session is a member now."""
        server.members[member_id] = session
        self._name_keys[name_key] += 1

    def exit(self, server: Server, name_key: str, member_id: int) -> None:
        """A session is no member any more."""
        if server.members.pop(member_id, None) is not None:
            self._name_keys[name_key] -= 1
            if not self._name_keys[name_key]:
                del self._name_keys[name_key]

    def release(self, server: Server, name_key: str, look: str | None, member_id: int) -> None:
        """Have a member leave whose connection has ended."""
        has_left = self._leaving[name_key] = asyncio.Event()
        self.spawn(self._release(server, name_key, look, member_id, has_left))

    async def until_left(self, name_key: str) -> None:
        """Wait until whoever had a name here until now has left, or it is clear that this takes long: where there are
        several servers one that is needed for it is away then, and DatabaseAwayError is raised."""
        has_left = self._leaving.get(name_key)
        if has_left is not None:
            try:
                async with asyncio.timeout(WAIT_SECONDS):
                    await has_left.wait()
            except TimeoutError:
                if self.servers.are_several:
                    raise DatabaseAwayError("who had the name is yet to leave") from None

    async def free_name(self, server: Server, name: Name) -> None:
        """Let a name be taken again after a join without an answer, once the place that may have come of it has ended:
        ended later, it would be the place of whoever has the name then."""
        try:
            if not self.has_member(name.key):
                await _persist(lambda: self._leave(server, name.key, None))
                # Somebody who is yet to leave another server's room has the claim until then; and another gateway's
                # member, whose place was to be taken back, may be there as before.
                if name.key not in self._leaving:
                    await _persist(lambda: self.names.disown(name))
        finally:
            self.joining_names.discard(name.key)

    async def _release(
        self, server: Server, name_key: str, look: str | None, member_id: int, has_left: asyncio.Event
    ) -> None:
        try:
            await _persist(lambda: self._leave(server, name_key, member_id))
            # Whoever took the place back, or is about to, has the claim too.
            if not self.has_member(name_key) and name_key not in self.joining_names:
                await _persist(lambda: self.names.release(name_key, look))
        finally:
            has_left.set()
            if self._leaving.get(name_key) is has_left:
                del self._leaving[name_key]

    async def _leave(self, server: Server, name_key: str, member_id: int | None) -> None:
        await self.elsewhere.tell(server)
        await server.database.leave(name_key, member_id)


async def _persist(call: Callable[[], Awaitable[None]]) -> None:
    """Have something done, however long Postgres is away."""
    while True:
        try:
            return await call()
        except GatewayError:
            await asyncio.sleep(LEAVE_PAUSE)
