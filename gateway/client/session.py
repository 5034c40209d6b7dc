"""One client's connection: what it asks, and what becomes of it."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from gateway import closing
from gateway.client import messages, moderation, pulse
from gateway.client.admission import Admission, Place, ask_for_place
from gateway.client.history import History, Wanted
from gateway.client.limits import Allowances
from gateway.client.lobby import Lobby
from gateway.client.outlet import Outlet
from gateway.client.rights import NO_RIGHTS, Rights
from gateway.client.wishes import with_wishes
from gateway.closing import Closing
from gateway.delivery.room import Room
from gateway.encoding.choice import encoding_of
from gateway.errors import (
    DatabaseAwayError,
    DatabaseFaultError,
    GatewayError,
    PlaceGoneError,
    ViewBusyError,
    note_fault,
)
from gateway.postgres.database import Join, JoinRequest, Request
from proto import chatmessage_pb2 as pb


class Session:
    """Serves a connection from PENDING to its end."""

    def __init__(self, lobby: Lobby, connection: ServerConnection) -> None:
        self._lobby = lobby
        self._connection = connection
        self.encoding = encoding_of(connection.subprotocol)
        self._outlet = Outlet(connection, self.encoding, on_cut=self._leave)
        self._allowances = Allowances()
        # The join that was last asked for; None before the first.
        self._admission: Admission | None = None
        # Where the session is a member; None if it is not.
        self._place: Place | None = None
        # What it may do beyond what all may, since it became a member.
        self.rights: Rights = NO_RIGHTS

    @property
    def username(self) -> str | None:
        """The name under which the session is a member."""
        return self._place.username if self._place else None

    async def serve(self) -> None:
        """Greet the client, take its messages until the connection ends, then have it leave its room."""
        watch = asyncio.create_task(pulse.watch(self._connection))
        try:
            greeting = await self._lobby.database.greet()
            self._outlet.tell(self._lobby.hub.feeds.tell(greeting) if self.encoding.takes_rows else greeting)
            async for data in self._connection:
                # A client that was cut off has left, though what it sent before it knows may yet arrive.
                if not self._outlet.is_cut and not await self._take(data):
                    break
        except ConnectionClosed:
            pass
        except DatabaseAwayError:
            await self.end(closing.TRY_LATER)
        except Exception as error:
            if not isinstance(error, DatabaseFaultError):
                note_fault("a bug in serving a client", error)
            await self.end(closing.FAULT)
        finally:
            watch.cancel()
            self._leave()

    async def end(self, why: Closing) -> None:
        """Close the connection from this side."""
        await self._connection.close(*why)

    def sweep(self, now: float) -> None:
        """End what does not end by itself; called every second or so, with the monotonic time."""
        self._outlet.sweep(now)

    # What a room calls.

    def admitted(self, seq: int, message: bytes) -> None:
        """The own USERJOINED: the answer, then what is wanted of the history."""
        admission = self._admission
        assert admission is not None
        self._outlet.write_message(admission.welcome(message), seq)
        self._start_history(admission, before_seq=seq, live_after=seq)
        admission.is_over.set()

    def reattached(self, seq: int, newest_seq: int) -> None:
        """A place taken back: the room was not told, so what was missed up to its newest message is sent as asked."""
        assert self._admission is not None
        self._outlet.start(seq, newest_seq)
        self._start_history(self._admission, before_seq=newest_seq + 1, live_after=newest_seq)

    def deliver(self, frames: bytes, last_seq: int) -> None:
        """What the room got."""
        self._outlet.deliver(frames, last_seq)

    def lose(self, why: Closing) -> None:
        """What comes next cannot be delivered."""
        self._lobby.spawn(self.end(why))
        if self._admission is not None:
            self._admission.is_over.set()

    # What a client sends.

    async def _take(self, data: str | bytes) -> bool:
        """Answer one message; False if the connection was closed for it."""
        message = messages.parse(data, self.encoding)
        if isinstance(message, Closing):
            await self.end(message)
            return False
        match message.mtype:
            case pb.COMMENT:
                await self._attempt(self._comment, message, "REJECTED_COMMENT")
            case pb.FILTER:
                await self._attempt(self._filter, message, "REJECTED_BADFILTER")
            case pb.JOIN_REQ:
                await self._join(message)
            case pb.MODERATE if self.encoding.takes_rows:
                await self._moderate(message)
            case question if self._lobby.desk.takes(question) and self.encoding.takes_rows:
                await self._answer(message)
            case _:
                await self.end(closing.BAD_MTYPE)
                return False
        return True

    async def _attempt(
        self, handler: Callable[[pb.chatmessage], Awaitable[None]], message: pb.chatmessage, userstatus: str
    ) -> None:
        """Do what a client asks; a bug in that costs the request, and not the connection."""
        try:
            await handler(message)
        except (ConnectionClosed, ConnectionError):
            raise
        except Exception as error:
            note_fault("a bug in answering a client", error)
            await self._refuse(userstatus, messages.FAULT, self._record(message))

    async def _join(self, message: pb.chatmessage) -> None:
        lobby, request = self._lobby, self._record(message)
        if self._place is not None:
            name, room_id = self._place.username, self._place.room.room_id
            reason = f"this connection is '{name}' in room {room_id}; open another to join again"
            return await self._refuse("DENIED_NAMETAKEN", reason, request)
        if not lobby.opened(request.room_id):
            # Not asked to join: a room that nobody listens to here must not have a member here.
            denial = await lobby.database.deny_closed_room(request)
            if denial is not None:
                return self._outlet.tell(denial)
        username = messages.storable(message.user)
        await lobby.until_left(username)
        if username in lobby.joining_names:
            reason = "another connection is joining under that name right now; choose another"
            return await self._refuse("DENIED_NAMETAKEN", reason, request)
        lobby.joining_names.add(username)
        try:
            await self._enter(username, lobby.hub.room(message.roomid), message)
        except BaseException:
            lobby.spawn(lobby.free_name(username))
            raise
        lobby.joining_names.discard(username)

    async def _enter(self, username: str, room: Room, message: pb.chatmessage) -> None:
        """Ask for a place and wait until it is granted."""
        admission = Admission(username, room, secrets.token_urlsafe(16), Wanted.by(message))
        self._admission = admission
        join = await ask_for_place(
            self._lobby,
            self,
            room,
            JoinRequest(username, room.room_id, admission.token, messages.storable(message.resume_token) or None),
        )
        if join.denial is not None:
            return self._outlet.tell(join.denial)
        await self._settle_in(admission, join)

    async def _settle_in(self, admission: Admission, join: Join) -> None:
        """Become the member that Postgres has made of us."""
        assert join.member_id is not None
        assert join.seq is not None
        room = admission.room
        self._place = Place(admission.username, room, join.member_id)
        self._lobby.members[join.member_id] = self
        self.rights = self._lobby.rights_of(admission.username)
        if join.welcome is None:
            return await admission.until_over(lambda: self._lobby.hub.take(room, None))
        self._outlet.tell(admission.welcome(join.welcome))
        room.reattach(admission.username, self, join.seq)
        # Notifications that arrived before there was a member here were passed over.
        self._lobby.hub.take(room, None)

    async def _comment(self, message: pb.chatmessage) -> None:
        place = self._place
        if place is None:
            return await self._refuse("REJECTED_NOTJOINED", "join a room before commenting", self._record(message))
        reason = self._allowances.explain_comment(message.comment)
        if reason is None:
            try:
                refusal = await self._lobby.database.post(place.member_id, message.comment)
                return self._outlet.tell(refusal) if refusal is not None else None
            except PlaceGoneError as error:
                return await self._refuse("REJECTED_NOTJOINED", messages.explain(error), self._record(message))
            except GatewayError as error:
                reason = messages.explain(error)
        await self._refuse("REJECTED_COMMENT", reason, self._record(message))

    async def _filter(self, message: pb.chatmessage) -> None:
        request = self._record(message)
        if self._place is None:
            return await self._refuse("REJECTED_NOTJOINED", "join a room before setting its filters", request)
        reason = self._allowances.explain_filter(len(message.filters))
        if reason is not None:
            return await self._refuse("REJECTED_BADFILTER", reason, request)
        try:
            if request.complaint is not None:
                # A feed may have been added a moment ago.
                await self._lobby.hub.feeds.reload()
                request = self._record(message)
            if request.complaint is not None:
                self._allowances.refusals.take()
                return await self._refuse("REJECTED_BADFILTER", request.complaint, request)
            refusal = await self._lobby.filters.set(request)
        except PlaceGoneError as error:
            return await self._refuse("REJECTED_NOTJOINED", messages.explain(error), request)
        except GatewayError as error:
            if not isinstance(error, ViewBusyError):
                # It may be away because of this filter.
                self._allowances.refusals.take()
            return await self._refuse("REJECTED_BADFILTER", messages.explain(error), request)
        if refusal is not None:
            self._allowances.refusals.take()
            self._outlet.tell(refusal)

    async def _answer(self, question: pb.chatmessage) -> None:
        room_id = self._place.room.room_id if self._place else None
        answer = await self._lobby.desk.answer(question, room_id, self._allowances)
        self._outlet.tell(answer.SerializePartialToString())
        # Answers may be large, and nobody is sent more of them than they read. What ends it meanwhile ends the loop.
        with suppress(ConnectionError):
            await self._outlet.drain()

    async def _moderate(self, wish: pb.chatmessage) -> None:
        place = (self._place.username, self._place.room.room_id) if self._place else None
        answer = await moderation.answer(self._lobby.database, wish, place, self.rights, self._allowances)
        self._outlet.tell(answer.SerializePartialToString())

    async def _refuse(self, userstatus: str, reason: str, request: Request) -> None:
        try:
            answer = await self._lobby.database.refuse(userstatus, reason, request)
        except GatewayError:
            # Cannot be recorded; the sender is told all the same.
            answer = messages.refusal(userstatus, reason, request)
        self._outlet.tell(answer)

    def _record(self, message: pb.chatmessage) -> Request:
        place = self._place
        member = (place.username, place.room.room_id) if place else None
        return with_wishes(messages.request(message, member), message, self._lobby.hub.feeds.present)

    def _leave(self) -> None:
        """Give up the place in the room, once; when the gateway stops it is kept for the grace."""
        place, self._place = self._place, None
        if place is None:
            return
        place.room.remove(place.username, self)
        self._lobby.members.pop(place.member_id, None)
        if not self._lobby.is_stopping:
            self._lobby.release(place.username, place.member_id)

    # What a new member gets first.

    def _start_history(self, admission: Admission, before_seq: int, live_after: int) -> None:
        """Hold back what is delivered and send what was wanted of the history first."""
        if admission.wanted is not None:
            self._outlet.hold(admission.wanted.after(before_seq))
            self._lobby.spawn(self._send_history(admission, admission.wanted, before_seq, live_after))

    async def _send_history(self, admission: Admission, wanted: Wanted, before_seq: int, live_after: int) -> None:
        lobby = self._lobby
        history = History(lobby.database, lobby.log, lobby.hub.feeds, self._outlet)
        why = await history.send(admission.username, admission.room.room_id, wanted, before_seq, live_after)
        if why is not None:
            await self.end(why)
