"""One client's connection: what it asks, and the frames that go to it."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from gateway.client import messages
from gateway.client.limits import (
    MAX_COMMENT_BYTES,
    MAX_GOODBYE_SECONDS,
    MAX_STALLED_SECONDS,
    MAX_UNSENT_BYTES,
    Allowance,
)
from gateway.delivery.room import Room
from gateway.errors import DatabaseAwayError
from gateway.frames import close_frame, frame, frames_with_seq
from gateway.postgres.database import JoinRequest, Request
from proto import chatmessage_pb2 as pb

if TYPE_CHECKING:
    from gateway.service import Service

MAX_SEQ = 2**62
CLOSE_BINARY_ONLY = 1003
CLOSE_NOT_PROTOBUF = 1007
CLOSE_BAD_MTYPE = 1008
CLOSE_GIVEN_UP = 1012
CLOSE_TRY_LATER = 1013
CLOSE_SLOW = 4008
SLOW_CLOSE_SECONDS = 10.0
"""How long a client that was cut off may take to read what was already written to it."""
COMMENTS_PER_SECOND = 100.0
COMMENT_BURST = 200.0
FILTERS_PER_SECOND = 5.0
"""Each change of a filter has the router made and planned anew, during which no feed row is routed."""
FILTER_BURST = 50.0
REFUSALS_PER_SECOND = 1.0
REFUSAL_BURST = 30.0
DATABASE_AWAY = "the database is away; it may have been done or not: watch the room, and try again"

logger = logging.getLogger("gateway")


@dataclass(frozen=True, slots=True)
class Place:
    """A member's place in a room."""

    username: str
    room: Room
    member_id: int


@dataclass(frozen=True, slots=True)
class History:
    """What a JOIN_REQ asks for of the room's past: all after a sequence, or the last so many messages."""

    username: str
    room_id: int
    resume_after: int | None
    count: int


class Session:
    """Serves a connection from PENDING to its end.

    Frames go to the transport as they are, joined, past the library's own sending: it would frame them again for each
    member. That is safe because nothing here sends fragmented messages.

    Slow readers: the transport keeps what the socket does not take. A client for which more comes while over
    MAX_UNSENT_BYTES wait, or that takes nothing of what waits for MAX_STALLED_SECONDS, is closed with 4008 and told the
    sequence to resume after; nobody else waits for it.
    """

    join_seq: int | None = None

    def __init__(self, service: "Service", connection: ServerConnection) -> None:
        self._service = service
        self._connection = connection
        self._transport = connection.transport
        self._place: Place | None = None
        self._token = ""
        self._wanted: History | None = None
        self._held: list[bytes] | None = None
        self._last_seq = 0
        self._is_cut = False
        self._written = 0
        self._taken = 0
        self._taken_at = 0.0
        self._closing_at = 0.0
        self._admitted = asyncio.Event()
        self._comments = Allowance(COMMENTS_PER_SECOND, COMMENT_BURST)
        self._filters = Allowance(FILTERS_PER_SECOND, FILTER_BURST)
        self._refusals = Allowance(REFUSALS_PER_SECOND, REFUSAL_BURST)

    @property
    def username(self) -> str | None:
        """The name under which the session is a member."""
        return self._place.username if self._place else None

    async def serve(self) -> None:
        """Greet the client, take its messages until the connection ends, then have it leave its room."""
        try:
            self._send(frame(await self._service.database.greet()))
            async for data in self._connection:
                if not await self._take(data):
                    break
        except ConnectionClosed:
            pass
        except DatabaseAwayError:
            await self.end(CLOSE_TRY_LATER, "the database is away: try again in a moment")
        finally:
            self._leave()

    async def end(self, code: int, reason: str) -> None:
        """Close the connection from this side."""
        await self._connection.close(code, reason)

    # What a room calls.

    def joined(self, seq: int, message: bytes) -> None:
        """The own USERJOINED: sent with the token, which is nobody else's, then what is wanted of the history."""
        self.join_seq = self._last_seq = seq
        self._send(frame(message + pb.chatmessage(resume_token=self._token).SerializePartialToString()))
        self._start_replay(seq)
        self._admitted.set()

    def resumed(self, seq: int) -> None:
        """A place taken back: the room was not told, so what was missed up to `seq` is sent as asked."""
        self._last_seq = seq
        self._start_replay(seq + 1)

    def deliver(self, frames: bytes, last_seq: int) -> None:
        """Write frames to the client, or hold them back while it is still being sent older ones."""
        if self._held is not None:
            self._last_seq = last_seq
            self._held.append(frames)
            return
        # Before the write: what comes at once may be more than the limit, and nobody is slow for that.
        if self._transport.get_write_buffer_size() > MAX_UNSENT_BYTES:
            return self._cut_off()
        self._last_seq = last_seq
        self._send(frames)

    def lose(self) -> None:
        """What comes next is gone from the log."""
        self._service.spawn(self.end(CLOSE_GIVEN_UP, "part of what the room got is gone: resume to be told"))

    def sweep(self, now: float) -> None:
        """End what does not end by itself; called every second or so, with the monotonic time."""
        if self._connection.state is State.CLOSING:
            return self._end_goodbye(now)
        self._cut_off_if_stalled(now)

    def _end_goodbye(self, now: float) -> None:
        """A client that said goodbye, or answered ours, has to end its TCP connection: the library does not insist."""
        self._closing_at = self._closing_at or now
        if now - self._closing_at > MAX_GOODBYE_SECONDS:
            self._transport.abort()

    def _cut_off_if_stalled(self, now: float) -> None:
        """Cut a client off that has taken nothing for too long."""
        waiting = self._transport.get_write_buffer_size()
        taken = self._written - waiting
        if not waiting or taken != self._taken:
            self._taken, self._taken_at = taken, now
        elif now - self._taken_at > MAX_STALLED_SECONDS:
            self._cut_off()

    # What a client sends.

    async def _take(self, data: str | bytes) -> bool:
        """Answer one message; False if the connection was closed for it."""
        if isinstance(data, str):
            await self.end(CLOSE_BINARY_ONLY, "send protobuf chatmessages in binary frames")
            return False
        message = messages.parse(data)
        if message is None:
            await self.end(CLOSE_NOT_PROTOBUF, "not a chatmessage: check mtype and the encoding")
            return False
        handler = self._handler(message.mtype)
        if handler is None:
            await self.end(CLOSE_BAD_MTYPE, "mtype must be JOIN_REQ, COMMENT or FILTER")
            return False
        await handler(message)
        return True

    def _handler(self, mtype: int) -> Callable[[pb.chatmessage], Awaitable[None]] | None:
        match mtype:
            case pb.COMMENT:
                return self._comment
            case pb.JOIN_REQ:
                return self._join
            case pb.FILTER:
                return self._filter
        return None

    async def _join(self, message: pb.chatmessage) -> None:
        service, request = self._service, self._record(message)
        if self._place is not None:
            name, room_id = self._place.username, self._place.room.room_id
            reason = f"this connection is '{name}' in room {room_id}; open another to join again"
            return await self._refuse("DENIED_NAMETAKEN", reason, request)
        username = messages.storable(message.user)
        if not service.has_room(request.room_id):
            answer = await service.database.join(JoinRequest(username, request.room_id, ""))
            return self._send(frame(answer.denial or b""))
        if username in service.joining_names:
            reason = "another connection is joining under that name right now; choose another"
            return await self._refuse("DENIED_NAMETAKEN", reason, request)
        service.joining_names.add(username)
        try:
            await self._enter(username, service.hub.room(message.roomid), message)
        except BaseException:
            service.spawn(service.free_name(username))
            raise
        service.joining_names.discard(username)

    async def _enter(self, username: str, room: Room, message: pb.chatmessage) -> None:
        """Ask for a place and wait until it is had."""
        service = self._service
        resume_after = min(message.resume_after, MAX_SEQ) if message.HasField("resume_after") else None
        if resume_after is not None or message.history:
            self._wanted = History(username, room.room_id, resume_after, message.history)
        self._token = secrets.token_urlsafe(16)
        # LISTEN first: the USERJOINED comes on the room's channel, maybe before the call returns.
        room.joining[username] = self
        try:
            await service.listen_to_room(room)
            join = await service.database.join(
                JoinRequest(username, room.room_id, self._token, messages.storable(message.resume_token) or None)
            )
        except BaseException:
            room.remove(username, self)
            raise
        if join.member_id is None or join.seq is None:
            room.remove(username, self)
            self._wanted = None
            return self._send(frame(join.denial or b""))
        self._place = Place(username, room, join.member_id)
        service.members[join.member_id] = self
        if join.welcome is not None:
            self._resume(room, username, join.seq, join.welcome)
        else:
            self.join_seq = join.seq
            await self._admitted.wait()

    def _resume(self, room: Room, username: str, seq: int, welcome: bytes) -> None:
        room.joining.pop(username, None)
        self._send(frame(welcome + pb.chatmessage(resume_token=self._token).SerializePartialToString()))
        room.attach(self, seq)
        # Notifications that came before there was a member here were passed over.
        self._service.hub.take(room, None)

    async def _comment(self, message: pb.chatmessage) -> None:
        place = self._place
        if place is None:
            return await self._refuse("REJECTED_NOTJOINED", "join a room before commenting", self._record(message))
        reason = self._explain_comment(message.comment)
        if reason is None:
            try:
                return await self._service.database.post(place.username, message.comment)
            except DatabaseAwayError:
                reason = DATABASE_AWAY
        await self._refuse("REJECTED_COMMENT", reason, self._record(message))

    def _explain_comment(self, comment: str) -> str | None:
        """Why a comment is not taken; None if it is."""
        size = len(comment.encode())
        if not size:
            return "the comment is empty"
        if size > MAX_COMMENT_BYTES:
            return f"the comment has {size} bytes; at most {MAX_COMMENT_BYTES} are allowed"
        if "\0" in comment:
            return "the comment holds U+0000; leave it out"
        if not self._comments.take():
            return f"comments come too fast; at most {COMMENTS_PER_SECOND:.0f} a second are taken"
        return None

    async def _filter(self, message: pb.chatmessage) -> None:
        request = self._record(message)
        if self._place is None:
            return await self._refuse("REJECTED_NOTJOINED", "join a room before setting its filters", request)
        if not self._refusals.has_one():
            reason = f"too many refused filters; {REFUSALS_PER_SECOND:.0f} a second is looked at until they are valid"
            return await self._refuse("REJECTED_BADFILTER", reason, request)
        if not self._filters.take():
            reason = f"filters come too fast; at most {FILTERS_PER_SECOND:.0f} a second are taken"
            return await self._refuse("REJECTED_BADFILTER", reason, request)
        try:
            refusal = await self._service.filters.set(request)
        except DatabaseAwayError:
            # It may be away because of this filter.
            self._refusals.take()
            return await self._refuse("REJECTED_BADFILTER", DATABASE_AWAY, request)
        if refusal is not None:
            self._refusals.take()
            self._send(frame(refusal))

    async def _refuse(self, userstatus: str, reason: str, request: Request) -> None:
        try:
            answer = await self._service.database.refuse(userstatus, reason, request)
        except DatabaseAwayError:
            # Cannot be recorded; the sender is told all the same.
            answer = pb.chatmessage(
                mtype=pb.ROOM_STATUS,
                userstatus=userstatus,
                user=request.username or "",
                roomid=request.room_id if request.room_id is not None else -1,
                reason=reason,
            ).SerializeToString()
        self._send(frame(answer))

    def _record(self, message: pb.chatmessage) -> Request:
        place = self._place
        member = (place.username, place.room.room_id) if place else None
        return messages.request(message, member, self._service.hub.feeds.values())

    def _leave(self) -> None:
        """Give up the place in the room, once; when the gateway stops it is kept for the grace."""
        place, self._place = self._place, None
        if place is None:
            return
        place.room.remove(place.username, self)
        self._service.members.pop(place.member_id, None)
        if not self._service.is_stopping:
            self._service.spawn(self._service.leave(place.username, place.member_id))

    # What goes to the client.

    def _start_replay(self, before_seq: int) -> None:
        """Hold back what is delivered and send what was wanted of the history first."""
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self._held = []
            self._service.spawn(self._replay(wanted, before_seq))

    async def _replay(self, wanted: History, before_seq: int) -> None:
        try:
            await self._send_history(wanted, before_seq)
        except (ConnectionClosed, ConnectionError):
            return
        except DatabaseAwayError:
            # What was held back must not be sent over the gap: the client resumes anew.
            return await self.end(CLOSE_TRY_LATER, "the database is away: resume again in a moment")
        except LookupError:
            return self.lose()
        held, self._held = self._held or [], None
        self._send(b"".join(held))

    async def _send_history(self, wanted: History, before_seq: int) -> None:
        service = self._service
        after_seq, truncated = await service.database.open_history(
            wanted.username, wanted.room_id, before_seq, wanted.resume_after, wanted.count
        )
        if truncated is not None:
            self._send(frame(truncated))
        async for entry in service.log.read(wanted.room_id, after_seq, before_seq):
            feed = None if entry.feed_id is None else service.hub.feeds[entry.feed_id]
            self._send(frame(entry.message) if feed is None else frames_with_seq([feed.wrap(entry.message)], entry.seq))
            # At the client's own pace: the rest waits in the database, not in memory.
            await self._connection.drain()

    def _send(self, frames: bytes) -> None:
        # Not open: the library may have ended our side of the transport already, though the client keeps its own.
        if self._connection.state is State.OPEN and not self._transport.is_closing() and not self._is_cut:
            self._written += len(frames)
            self._transport.write(frames)

    def _cut_off(self) -> None:
        self._send(close_frame(CLOSE_SLOW, f"too slow: resume from seq {self._last_seq}"))
        self._is_cut = True
        asyncio.get_running_loop().call_later(SLOW_CLOSE_SECONDS, self._transport.abort)
        self._leave()
