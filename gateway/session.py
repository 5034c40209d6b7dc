"""One client's connection: what it asks, and the frames that go to it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from gateway.database import Request
from gateway.frames import close_frame, frame, frames_with_seq
from gateway.limits import MAX_COMMENT_BYTES, MAX_UNSENT_BYTES, Allowance
from gateway.room import Room
from proto import chatmessage_pb2 as pb

if TYPE_CHECKING:
    from gateway.service import Service

MAX_SEQ = 2**62
CLOSE_BINARY_ONLY = 1003
CLOSE_NOT_PROTOBUF = 1007
CLOSE_BAD_MTYPE = 1008
CLOSE_SLOW = 4008
SLOW_CLOSE_SECONDS = 10.0
"""How long a client that was cut off may take to read what was already written to it."""
COMMENTS_PER_SECOND = 100.0
COMMENT_BURST = 200.0

logger = logging.getLogger("gateway")


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

    Slow readers: the transport keeps what the socket does not take. A client that lets more than MAX_UNSENT_BYTES
    gather is closed with 4008 and told the sequence to resume after; nobody else waits for it.
    """

    join_seq: int | None = None

    def __init__(self, service: "Service", connection: ServerConnection) -> None:
        self._service = service
        self._connection = connection
        self._transport = connection.transport
        self._username: str | None = None
        self._room_id: int | None = None
        self._wanted: History | None = None
        self._held: list[bytes] | None = None
        self._last_seq = 0
        self._is_cut = False
        self._admitted = asyncio.Event()
        self._comments = Allowance(COMMENTS_PER_SECOND, COMMENT_BURST)

    async def serve(self) -> None:
        """Greet the client, take its messages until the connection ends, then have it leave its room."""
        try:
            self._send(frame(await self._service.database.greet()))
            async for data in self._connection:
                if not await self._take(data):
                    break
        except ConnectionClosed:
            pass
        finally:
            await self._leave()

    # What a room calls.

    def joined(self, seq: int) -> None:
        """Become a member: the USERJOINED with this sequence is delivered next, then what is wanted of the history."""
        self.join_seq = seq
        self._admitted.set()

    def deliver(self, frames: bytes, last_seq: int) -> None:
        """Write frames to the client, or hold them back while it is still being sent older ones."""
        self._last_seq = last_seq
        if self._held is not None:
            self._held.append(frames)
            return
        self._send(frames)
        if self._wanted is not None and self.join_seq is not None:
            # This was the own USERJOINED, alone (Hub flushes behind it).
            wanted, self._wanted, self._held = self._wanted, None, []
            self._service.spawn(self._replay(wanted, self.join_seq))
        elif self._transport.get_write_buffer_size() > MAX_UNSENT_BYTES:
            self._cut_off()

    # What a client sends.

    async def _take(self, data: str | bytes) -> bool:
        """Answer one message; False if the connection was closed for it."""
        if isinstance(data, str):
            await self._connection.close(CLOSE_BINARY_ONLY, "send protobuf chatmessages in binary frames")
            return False
        try:
            message = pb.chatmessage.FromString(data)
            complete = message.IsInitialized()
            handler = self._handlers().get(message.mtype)
            request = _request(message, self._username, self._room_id)
        except (DecodeError, UnicodeDecodeError):
            complete = False
        if not complete:
            await self._connection.close(CLOSE_NOT_PROTOBUF, "not a chatmessage: check mtype and the encoding")
            return False
        if handler is None:
            await self._connection.close(CLOSE_BAD_MTYPE, "mtype must be JOIN_REQ, COMMENT or FILTER")
            return False
        await handler(message, request)
        return True

    def _handlers(self) -> dict[int, Callable[[pb.chatmessage, Request], Awaitable[None]]]:
        return {pb.JOIN_REQ: self._join, pb.COMMENT: self._comment, pb.FILTER: self._filter}

    async def _join(self, message: pb.chatmessage, request: Request) -> None:
        if self._username is not None:
            reason = f"this connection is '{self._username}' in room {self._room_id}; open another to join again"
            return await self._refuse("DENIED_NAMETAKEN", reason, request)
        username = _storable(message.user)
        service = self._service
        if not service.has_room(request.room_id):
            return self._send(frame((await service.database.join(username, request.room_id)).denial or b""))
        if username in service.joining_names:
            reason = "another connection is joining under that name right now; choose another"
            return await self._refuse("DENIED_NAMETAKEN", reason, request)
        service.joining_names.add(username)
        try:
            await self._enter(username, service.hub.room(message.roomid), message)
        finally:
            service.joining_names.discard(username)

    async def _enter(self, username: str, room: Room, message: pb.chatmessage) -> None:
        """Ask for a place and wait for the own USERJOINED, which makes this session a member."""
        if message.HasField("resume_after"):
            self._wanted = History(username, room.room_id, min(message.resume_after, MAX_SEQ), 0)
        elif message.history:
            self._wanted = History(username, room.room_id, None, message.history)
        # LISTEN first: the USERJOINED comes on the room's channel, maybe before the call returns.
        room.joining[username] = self
        try:
            await self._service.listen_to_room(room)
            join = await self._service.database.join(username, room.room_id)
        except BaseException:
            room.remove(username, self)
            raise
        if join.seq is None:
            room.remove(username, self)
            self._wanted = None
            return self._send(frame(join.denial or b""))
        self.join_seq = join.seq
        self._username, self._room_id = username, room.room_id
        await self._admitted.wait()

    async def _comment(self, message: pb.chatmessage, request: Request) -> None:
        if self._username is None:
            return await self._refuse("REJECTED_NOTJOINED", "join a room before commenting", request)
        size = len(message.comment.encode())
        if not size:
            return await self._refuse("REJECTED_COMMENT", "the comment is empty", request)
        if size > MAX_COMMENT_BYTES:
            reason = f"the comment has {size} bytes; at most {MAX_COMMENT_BYTES} are allowed"
            return await self._refuse("REJECTED_COMMENT", reason, request)
        if "\0" in message.comment:
            return await self._refuse("REJECTED_COMMENT", "the comment holds U+0000; leave it out", request)
        if not self._comments.take():
            reason = f"comments come too fast; at most {COMMENTS_PER_SECOND:.0f} a second are taken"
            return await self._refuse("REJECTED_COMMENT", reason, request)
        await self._service.database.post(self._username, message.comment)

    async def _filter(self, message: pb.chatmessage, request: Request) -> None:
        if self._username is None:
            return await self._refuse("REJECTED_NOTJOINED", "join a room before setting its filters", request)
        refusal = await self._service.filters.set(request)
        if refusal is not None:
            self._send(frame(refusal))

    async def _refuse(self, userstatus: str, reason: str, request: Request) -> None:
        self._send(frame(await self._service.database.refuse(userstatus, reason, request)))

    async def _leave(self) -> None:
        """Give up the place in the room, once: the name may be somebody else's after that."""
        username, self._username = self._username, None
        if username is None or self._room_id is None:
            return
        self._service.hub.room(self._room_id).remove(username, self)
        await self._service.leave(username)

    # What goes to the client.

    async def _replay(self, wanted: History, join_seq: int) -> None:
        """Send what was asked for of the history, then what was held back meanwhile."""
        service = self._service
        after_seq, truncated = await service.database.open_history(
            wanted.username, wanted.room_id, join_seq, wanted.resume_after, wanted.count
        )
        if truncated is not None:
            self._send(frame(truncated))
        async for seq, feed_id, body in service.log.read(wanted.room_id, after_seq, join_seq):
            feed = None if feed_id is None else service.hub.feeds[feed_id]
            self._send(frame(body) if feed is None else frames_with_seq([feed.wrap(body)], seq))
            # At the client's own pace: the rest waits in the database, not in memory.
            await self._connection.drain()
        held, self._held = self._held or [], None
        self._send(b"".join(held))

    def _send(self, frames: bytes) -> None:
        if not self._transport.is_closing() and not self._is_cut:
            self._transport.write(frames)

    def _cut_off(self) -> None:
        self._send(close_frame(CLOSE_SLOW, f"too slow: resume from seq {self._last_seq}"))
        self._is_cut = True
        asyncio.get_running_loop().call_later(SLOW_CLOSE_SECONDS, self._transport.abort)
        self._service.spawn(self._leave())


def _storable(text: str) -> str:
    """Text that Postgres can keep: U+0000 as another control character, which is refused where it matters."""
    return text.replace("\0", "\1")


def _request(message: pb.chatmessage, username: str | None, room_id: int | None) -> Request:
    """What is recorded of a message; user and room are the sender's own once he has joined."""
    is_filter = message.mtype == pb.FILTER
    return Request(
        msgtype=message.mtype,
        username=username or _storable(message.user),
        room_id=room_id if room_id is not None else message.roomid if message.HasField("roomid") else None,
        comment=_storable(message.comment) if message.HasField("comment") else None,
        sport_filter=_storable(message.sport_filter) if is_filter else None,
        execution_filter=_storable(message.execution_filter) if is_filter else None,
    )
