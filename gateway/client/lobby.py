"""What the sessions of a gateway share: the ways to Postgres and to the rooms, and who is a member here."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, Protocol

from gateway.client.filters import FilterSetter
from gateway.client.questions import Desk
from gateway.client.rights import RightsOf
from gateway.closing import Closing
from gateway.delivery.hub import Hub
from gateway.delivery.room import Room
from gateway.errors import GatewayError, note_fault
from gateway.postgres.database import WAIT_SECONDS, Database
from gateway.postgres.log import LogReader

LEAVE_PAUSE = 1.0
"""Seconds between two tries to have a member leave."""


class Member(Protocol):
    """What a gateway needs of a member's session."""

    @property
    def username(self) -> str | None:
        """The name under which the session is a member."""

    async def end(self, closing: Closing) -> None:
        """Close the connection from this side."""

    def sweep(self, now: float) -> None:
        """End what does not end by itself."""


class Lobby:
    """Handed to every session."""

    def __init__(
        self,
        database: Database,
        filters: FilterSetter,
        desk: Desk,
        log: LogReader,
        hub: Hub,
        listen: Callable[[Room], Awaitable[None]],
        num_rooms: int,
        rights_of: RightsOf,
    ) -> None:
        """`listen` has a room's notifications come in; `num_rooms` is how many this gateway opened.

        `rights_of` says what a member may do beyond what all may.
        """
        self.database = database
        self.filters = filters
        self.desk = desk
        self.log = log
        self.hub = hub
        self.listen_to_room = listen
        self.rights_of = rights_of
        # Sessions that are members, by the membership's id.
        self.members: dict[int, Member] = {}
        # Names that a session here asks for right now, or that asked without an answer and may have got a place.
        self.joining_names: set[str] = set()
        # Names whose member has gone, while Postgres is yet to be told, or does not answer; set when it knows.
        self._leaving: dict[str, asyncio.Event] = {}
        # When the gateway stops, members keep their places for the grace.
        self.is_stopping = False
        self._num_rooms = num_rooms
        # Held so that they are not collected while they run.
        self._tasks: set[asyncio.Task[None]] = set()

    def opened(self, room_id: int | None) -> bool:
        """Whether this gateway opened the room. Others may have opened more: only Postgres knows all that are open."""
        return room_id is not None and 0 <= room_id < self._num_rooms

    def has_member(self, username: str) -> bool:
        """Whether a session here is a member under a name."""
        return any(session.username == username for session in self.members.values())

    def is_moving(self, username: str) -> bool:
        """Whether somebody joins or leaves under a name right now, so that Postgres may say otherwise than we do."""
        return username in self.joining_names or username in self._leaving

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside what a session is doing; an error in it is logged."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def release(self, username: str, member_id: int) -> None:
        """Have a member leave whose connection has ended."""
        has_left = self._leaving[username] = asyncio.Event()
        self.spawn(self._release(username, member_id, has_left))

    async def until_left(self, username: str) -> None:
        """Wait until whoever had a name here until now has left, or it is clear that this takes long."""
        has_left = self._leaving.get(username)
        if has_left is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(WAIT_SECONDS):
                    await has_left.wait()

    async def free_name(self, username: str) -> None:
        """Let a name be taken again after a join without an answer, once the place that may have come of it has ended:
        ended later, it would be the place of whoever has the name then."""
        try:
            if not self.has_member(username):
                await self._leave(username, None)
        finally:
            self.joining_names.discard(username)

    async def _release(self, username: str, member_id: int, has_left: asyncio.Event) -> None:
        try:
            await self._leave(username, member_id)
        finally:
            has_left.set()
            if self._leaving.get(username) is has_left:
                del self._leaving[username]

    async def _leave(self, username: str, member_id: int | None) -> None:
        """Have a member leave, however long Postgres is away."""
        while True:
            try:
                return await self.database.leave(username, member_id)
            except GatewayError:
                await asyncio.sleep(LEAVE_PAUSE)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            note_fault("a bug beside serving a client", error)
