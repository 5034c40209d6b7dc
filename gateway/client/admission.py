"""A session on its way into a room, and the place that it gets there."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from gateway.client.history import Wanted
from gateway.client.lobby import Lobby
from gateway.client.names import explain
from gateway.client.server import Server
from gateway.delivery.room import Receiver, Room
from gateway.names.name import Name
from gateway.postgres.records import Join, JoinRequest, Request
from proto import chatmessage_pb2 as pb

LEAVING_TRIES = 5
"""How often a name that a member of another gateway has is asked for before it counts as taken."""
LEAVING_PAUSE = 0.1
"""Seconds between two of these tries."""
NO_ANSWER = Join(None, None, None, None)
ADMISSION_SECONDS = 2.0
"""How long a member's own USERJOINED may take to arrive before it is looked for in the log."""


@dataclass(frozen=True, slots=True)
class Place:
    """A member's place in a room, under the name that the room knows."""

    username: str
    name: Name
    server: Server
    room: Room
    member_id: int


@dataclass(frozen=True, slots=True)
class Admission:
    """A JOIN_REQ under way."""

    name: Name
    server: Server
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

    async def until_over(self, read_log: Callable[[], None]) -> None:
        """Wait for the own USERJOINED to arrive."""
        while True:
            try:
                async with asyncio.timeout(ADMISSION_SECONDS):
                    await self.is_over.wait()
                return
            except TimeoutError:
                # It was sent while the listening connection was being replaced, and its sequence was not known here
                # when the log was read for what was missed.
                read_log()


async def ask_for_place(lobby: Lobby, admission: Admission, receiver: Receiver, request: JoinRequest) -> Join:
    """Ask for a place in a room. Whoever just left another gateway has a moment to be gone from it."""
    patient = replace(request, is_patient=True)
    for _ in range(LEAVING_TRIES):
        join = await _claim_and_ask(lobby, admission, receiver, patient)
        if join.is_answer:
            return join
        await asyncio.sleep(LEAVING_PAUSE)
    return await _claim_and_ask(lobby, admission, receiver, request)


async def _claim_and_ask(lobby: Lobby, admission: Admission, receiver: Receiver, request: JoinRequest) -> Join:
    verdict = await lobby.names.claim(request)
    if verdict is None:
        await lobby.elsewhere.tell(admission.server)
        join = await _ask_once(admission.server, receiver, admission.room, request)
        if join.member_id is None and not lobby.has_member(request.name.key):
            await lobby.names.forgo(request)
    elif verdict.is_elsewhere and request.is_patient:
        join = NO_ANSWER
    else:
        record = Request(pb.JOIN_REQ, request.name.shown, request.room_id)
        reason = explain(verdict, request.name)
        await lobby.elsewhere.tell(admission.server)
        denial = await admission.server.database.refuse("DENIED_NAMETAKEN", reason, record)
        join = Join(None, None, None, denial)
    return join


async def _ask_once(server: Server, receiver: Receiver, room: Room, request: JoinRequest) -> Join:
    # LISTEN first: the USERJOINED is sent on the room's channel, maybe before the call returns. Not for longer than the
    # call: somebody else may join under the name while it is not asked for.
    candidate = room.expect(request.name.shown, receiver)
    try:
        await server.listen_to_room(room)
        join = await server.database.join(request)
    except BaseException:
        room.remove(request.name.shown, receiver)
        raise
    if join.member_id is None:
        room.remove(request.name.shown, receiver)
    candidate.seq = join.seq
    return join
