"""One Postgres as the sessions of a gateway use it, and who is a member of its rooms here."""

import asyncio
from collections.abc import Collection
from functools import partial
from typing import Protocol

import asyncpg

from gateway import closing
from gateway.client.filters import CALLS_AT_ONCE, FilterSetter
from gateway.client.past import Past
from gateway.client.previews import Previewer
from gateway.client.questions import Desk
from gateway.closing import Closing
from gateway.delivery.feeds import Feeds
from gateway.delivery.hub import Hub
from gateway.delivery.room import Room
from gateway.postgres import queries
from gateway.postgres.claims import Claims, Held
from gateway.postgres.database import Database
from gateway.postgres.listener import Listener
from gateway.postgres.log import LogReader
from gateway.postgres.payloads import room_channel
from gateway.postgres.questions import Questions
from gateway.postgres.rooms import Rooms
from gateway.spawning import Spawner


class Member(Protocol):
    """What a gateway needs of a member's session."""

    def held_words(self) -> list[Held]:
        """What is claimed for the name under which the session is a member."""

    async def end(self, closing: Closing) -> None:
        """Close the connection from this side."""

    def keep_place(self) -> None:
        """Do not leave when the connection ends: the place is kept by whoever has it, and the name with it."""

    def sweep(self, now: float) -> None:
        """End what does not end by itself."""


class Server:
    """The ways to one Postgres and to its rooms."""

    def __init__(
        self,
        name: str | None,
        database_url: str,
        pool: asyncpg.Pool,
        connections: Collection[asyncpg.Connection],
        spawner: Spawner,
    ) -> None:
        """`name` is what the map of servers calls it, None if there is no other. `connections` are those of the
        pool."""
        self.name = name
        self.database_url = database_url
        # Sessions that are members, by the membership's id.
        self.members: dict[int, Member] = {}
        self.listener = Listener(database_url, partial(pool.execute, queries.PROBE), self, name)
        self.database = Database(pool, connections, self.listener.is_up)
        self.log = LogReader(pool)
        self.hub = Hub(self.log, Feeds(self.database.list_feeds), name)
        self.claims = Claims(pool, self.database)
        self.rooms = Rooms(pool, self.database)
        judging = asyncio.Semaphore(CALLS_AT_ONCE)
        questions = Questions(pool, self.database)
        self.filters = FilterSetter(pool, self.database, judging)
        self.desk = Desk(questions, Previewer(pool, self.database, judging), Past(questions, self.log, self.hub.feeds))
        self._spawner = spawner

    async def listen_to_room(self, room: Room) -> None:
        """Have a room's notifications come in, from when this returns."""
        await self.listener.listen(room_channel(room.room_id), partial(self.hub.take, room))

    async def forget_room(self, room_id: int) -> None:
        """Stop listening to a room, if nobody here is in it or about to be."""
        # Don't yield between the look and the call: whoever joins from here on has it listened to again.
        if self.hub.forget(room_id):
            await self.listener.unlisten(room_channel(room_id))

    # What the listener tells.

    def interrupted(self) -> None:
        """Until the rooms' logs are read, what was missed may have moved them to other groups."""
        self.hub.lose_groups()

    def resync(self) -> None:
        """Listening again: read what was missed."""
        self.hub.feeds.stale.set()
        self.hub.resync()

    def fell_silent(self) -> None:
        """Postgres does not answer: nobody is to wait for what is under way on other connections."""
        self.database.break_off()

    def registered(self, gateway_id: int) -> None:
        """The gateway has a new id: members under an old one have left their rooms, so their connections end."""
        self.database.gateway_id = gateway_id
        for session in tuple(self.members.values()):
            self._spawner.spawn(session.end(closing.GIVEN_UP))

    def drop_member(self, member_id: int) -> None:
        """A membership was taken back by another connection: the old one ends."""
        session = self.members.get(member_id)
        if session is not None:
            self._spawner.spawn(session.end(closing.TAKEN_BACK))

    def end_members(self, why: Closing) -> None:
        """All memberships end here, as by end_member."""
        for member_id in tuple(self.members):
            self.end_member(member_id, why)

    def end_member(self, member_id: int, why: Closing) -> None:
        """A membership ends, as moderators want it, or since the room moves: the connection ends, too."""
        session = self.members.get(member_id)
        if session is not None:
            if why.code == closing.MOVED:
                session.keep_place()
            self._spawner.spawn(session.end(why))
