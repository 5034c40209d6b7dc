"""A session on its way into a room, and the place that it gets there."""

import asyncio
from dataclasses import dataclass, field

from gateway.client.history import Wanted
from gateway.delivery.room import Room
from proto import chatmessage_pb2 as pb


@dataclass(frozen=True, slots=True)
class Place:
    """A member's place in a room."""

    username: str
    room: Room
    member_id: int


@dataclass(frozen=True, slots=True)
class Admission:
    """A JOIN_REQ under way."""

    username: str
    room: Room
    # What the member can take the place back with later; nobody else is told it.
    token: str
    wanted: Wanted | None
    # Set when the session is a member, or never will be.
    is_over: asyncio.Event = field(default_factory=asyncio.Event)

    def welcome(self, message: bytes) -> bytes:
        """The own USERJOINED as the answer to the JOIN_REQ: with the token, which is nobody else's.

        Ahead of older messages it comes without its seq, and once more with it in its place among them: so what a
        client saw last is always what it has everything up to.
        """
        own = pb.chatmessage.FromString(message)
        own.resume_token = self.token
        if self.wanted is not None:
            own.ClearField("seq")
        return own.SerializePartialToString()
