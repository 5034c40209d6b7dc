"""What the sessions of a gateway share: the ways to Postgres and to the rooms, and who is a member here."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, Protocol

from gateway.access.gate import Gate
from gateway.client.filters import FilterSetter
from gateway.client.questions import Desk
from gateway.closing import Closing
from gateway.delivery.hub import Hub
from gateway.delivery.room import Room
from gateway.errors import GatewayError, note_fault
from gateway.postgres.database import WAIT_SECONDS, Database
from gateway.postgres.log import LogReader

SWEPT_AT_ONCE = 200
"""Members that are looked at before others are served again."""
LEAVE_PAUSE = 1.0
"""Seconds between two tries to have a member leave."""


class Member(Protocol):
    """What a gateway needs of a member's session."""

    @property
    def name_key(self) -> str | None:
        """The key of the name under which the session is a member."""

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
        gate: Gate,
    ) -> None:
        """`listen` has a room's notifications come in; `num_rooms` is how many this gateway opened."""
        self.database = database
        self.filters = filters
        self.desk = desk
        self.log = log
        self.hub = hub
        self.listen_to_room = listen
        self.gate = gate
        # Sessions that are members, by the membership's id.
        self.members: dict[int, Member] = {}
        # Keys of names that a session here asks for right now, or asked for without an answer: it may have got a place.
        self.joining_names: set[str] = set()
        # Keys of names whose member has gone, while Postgres is yet to be told, or does not answer; set when it knows.
        self._leaving: dict[str, asyncio.Event] = {}
        # When the gateway stops, members keep their places for the grace.
        self.is_stopping = False
        self._num_rooms = num_rooms
        # Held so that they are not collected while they run.
        self._tasks: set[asyncio.Task[None]] = set()

    def opened(self, room_id: int | None) -> bool:
        """Whether this gateway opened the room. Others may have opened more: only Postgres knows all that are open."""
        return room_id is not None and 0 <= room_id < self._num_rooms

    def has_member(self, name_key: str) -> bool:
        """Whether a session here is a member under a name."""
        return any(session.name_key == name_key for session in self.members.values())

    def is_moving(self, name_key: str) -> bool:
        """Whether somebody joins or leaves under a name right now, so that Postgres may say otherwise than we do."""
        return name_key in self.joining_names or name_key in self._leaving

    async def sweep(self) -> None:
        """End what does not end by itself, of all members; to be called every second or so."""
        now = time.monotonic()
        for place, session in enumerate(tuple(self.members.values())):
            session.sweep(now)
            if place % SWEPT_AT_ONCE == 0:
                await asyncio.sleep(0)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside what a session is doing; an error in it is logged."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def release(self, name_key: str, member_id: int) -> None:
        """Have a member leave whose connection has ended."""
        has_left = self._leaving[name_key] = asyncio.Event()
        self.spawn(self._release(name_key, member_id, has_left))

    async def until_left(self, name_key: str) -> None:
        """Wait until whoever had a name here until now has left, or it is clear that this takes long."""
        has_left = self._leaving.get(name_key)
        if has_left is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(WAIT_SECONDS):
                    await has_left.wait()

    async def free_name(self, name_key: str) -> None:
        """Let a name be taken again after a join without an answer, once the place that may have come of it has ended:
        ended later, it would be the place of whoever has the name then."""
        try:
            if not self.has_member(name_key):
                await self._leave(name_key, None)
        finally:
            self.joining_names.discard(name_key)

    async def _release(self, name_key: str, member_id: int, has_left: asyncio.Event) -> None:
        try:
            await self._leave(name_key, member_id)
        finally:
            has_left.set()
            if self._leaving.get(name_key) is has_left:
                del self._leaving[name_key]

    async def _leave(self, name_key: str, member_id: int | None) -> None:
        """Have a member leave, however long Postgres is away."""
        while True:
            try:
                return await self.database.leave(name_key, member_id)
            except GatewayError:
                await asyncio.sleep(LEAVE_PAUSE)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            note_fault("a bug beside serving a client", error)
