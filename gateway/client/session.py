"""One client's connection: what it asks, and what becomes of it."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable

from websockets.exceptions import ConnectionClosed

from gateway import closing
from gateway.client import messages, pulse
from gateway.client.admission import Admission, Place, ask_for_place
from gateway.client.history import History, Wanted
from gateway.client.limits import Allowances
from gateway.client.lobby import Lobby
from gateway.client.names import MOVING_PAUSE, held_words
from gateway.client.outlet import Outlet
from gateway.client.permit import Permit
from gateway.client.questions import QUESTIONS
from gateway.client.refusals import Refusals
from gateway.client.requests import Requests
from gateway.client.server import Server
from gateway.closing import Closing
from gateway.door.paced import PacedConnection
from gateway.encoding.choice import encoding_of
from gateway.errors import (
    DatabaseAwayError,
    DatabaseFaultError,
    note_fault,
)
from gateway.names.errors import BadNameError
from gateway.names.name import Name, read_name
from gateway.postgres.claims import Held
from gateway.postgres.records import Join, JoinRequest
from gateway.tally import TALLY
from proto import chatmessage_pb2 as pb

ROOM_TRIES = 12
"""How often a room that is being moved is asked for: each takes most of a second, and a client waits for some ten."""
JOINING = "another connection is joining under that name right now; choose another"
Handler = Callable[[pb.chatmessage, Place | None], Awaitable[None]]


class Session:
    """Serves a connection from PENDING to its end."""

    def __init__(self, lobby: Lobby, connection: PacedConnection) -> None:
        self._lobby = lobby
        self._connection = connection
        self.encoding = encoding_of(connection.subprotocol)
        self._outlet = Outlet(connection, self.encoding, on_cut=self._leave)
        self._allowances = Allowances()
        self._refusals = Refusals(lobby, self._outlet, self._allowances)
        self._permit = Permit(lobby.gate, connection)
        self._requests = Requests(lobby, self._outlet, self._allowances, self._permit, self._refusals)
        # The join that was last asked for; None before the first.
        self._admission: Admission | None = None
        # Where the session is a member; None if it is not.
        self._place: Place | None = None
        # Whether the place outlives the connection.
        self._keeps_place = False
        # What is claimed for the place; looked through every second for all members.
        self._held: list[Held] = []

    def held_words(self) -> list[Held]:
        """What is claimed for the name under which the session is a member."""
        return self._held if self._place else []

    async def serve(self) -> None:
        """Greet the client, take its messages until the connection ends, then have it leave its room."""
        watch = asyncio.create_task(pulse.watch(self._connection))
        TALLY.begin(self._outlet)
        try:
            await self._greet()
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
            TALLY.end(self._outlet, closing.code_of(self._connection.protocol))

    async def end(self, why: Closing) -> None:
        """Close the connection from this side."""
        await self._connection.close(*why)

    def keep_place(self) -> None:
        """Do not leave when the connection ends."""
        self._keeps_place = True

    def sweep(self, now: float) -> None:
        """End what does not end by itself; called every second or so, with the monotonic time."""
        self._outlet.sweep(now)
        if self._permit.has_expired():
            self._lobby.spawn(self.end(closing.TOKEN_EXPIRED))

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

    async def _greet(self) -> None:
        """Tell the rooms: of ten thousand that is 140 kB, which nothing may keep for as long as the session lasts."""
        home, greeting = await self._lobby.elsewhere.greet()
        if self.encoding.takes_rows:
            greeting = home.hub.feeds.tell(self._lobby.gate.announce(greeting))
        self._outlet.tell(greeting)

    async def _take(self, data: str | bytes) -> bool:
        """Answer one message; False if the connection was closed for it."""
        message = messages.parse(data, self.encoding)
        if isinstance(message, Closing):
            await self.end(message)
            return False
        match message.mtype:
            case pb.COMMENT:
                await self._attempt(self._requests.comment, message, "REJECTED_COMMENT")
            case pb.FILTER:
                await self._attempt(self._requests.filter, message, "REJECTED_BADFILTER")
            case pb.JOIN_REQ:
                await self._join(message)
            case pb.MODERATE if self.encoding.takes_rows:
                await self._requests.moderate(message, self._place)
            case question if question in QUESTIONS and self.encoding.takes_rows:
                await self._requests.answer(message, self._place)
            case _:
                await self.end(closing.BAD_MTYPE)
                return False
        return True

    async def _attempt(
        self,
        handler: Callable[[pb.chatmessage, Place | None], Awaitable[None]],
        message: pb.chatmessage,
        userstatus: str,
    ) -> None:
        """Do what a client asks; a bug in that costs the request, and not the connection."""
        try:
            await handler(message, self._place)
        except (ConnectionClosed, ConnectionError):
            raise
        except Exception as error:
            note_fault("a bug in answering a client", error)
            await self._refusals.tell(userstatus, messages.FAULT, self._requests.record(message, self._place))

    async def _join(self, message: pb.chatmessage) -> None:
        reason = self._allowances.explain_join()
        if reason is not None:
            return await self._refusals.tell("DENIED_LIMIT", reason, self._requests.record(message, self._place))
        if self._place is not None:
            return await self._join_again(message, self._place)
        reason = self._permit.admit(message)
        lobby, request = self._lobby, self._requests.record(message, self._place)
        if reason is not None:
            return await self._refusals.tell("DENIED_AUTH", reason, request)
        if not lobby.opened(request.room_id):
            # Not asked to join: a room that nobody listens to here must not have a member here.
            server = lobby.server_of(request.room_id)
            await lobby.elsewhere.tell(server)
            denial = await server.database.deny_closed_room(request)
            if denial is not None:
                return self._refusals.pass_on(denial)
        try:
            name = read_name(message.user)
        except BadNameError as error:
            return await self._refusals.tell("DENIED_BADNAME", str(error), request)
        server = lobby.server_of(message.roomid)
        await lobby.names.until_served(name, server)
        await lobby.until_left(name.key)
        if name.key in lobby.joining_names:
            return await self._refusals.tell("DENIED_NAMETAKEN", JOINING, request)
        lobby.joining_names.add(name.key)
        token = secrets.token_urlsafe(16)
        for _ in range(ROOM_TRIES):
            server = lobby.server_of(message.roomid)
            try:
                if await self._enter(name, server, message, token):
                    break
            except BaseException:
                lobby.spawn(lobby.free_name(server, name))
                raise
            # Another server has the room by now.
            lobby.servers.is_stale.set()
            await asyncio.sleep(MOVING_PAUSE)
        else:
            await self.end(closing.ROOM_MOVES)
        lobby.joining_names.discard(name.key)

    async def _join_again(self, message: pb.chatmessage, place: Place) -> None:
        """A member's JOIN_REQ renews their token, and nothing else."""
        name, room_id = place.username, place.room.room_id
        if self._permit.is_renewal(message, room_id):
            reason = self._permit.renew(message)
            if reason is None:
                return await self._refusals.tell_granted("TOKENRENEWED", self._requests.record(message, self._place))
            return await self._refusals.tell("DENIED_AUTH", reason, self._requests.record(message, self._place))
        reason = f"this connection is '{name}' in room {room_id}; open another to join again"
        await self._refusals.tell("DENIED_NAMETAKEN", reason, self._requests.record(message, self._place))

    async def _enter(self, name: Name, server: Server, message: pb.chatmessage, token: str) -> bool:
        """Ask for a place and wait until it is granted; False if the server has not got the room."""
        room = server.hub.room(message.roomid)
        admission = Admission(name, server, room, token, Wanted.by(message))
        self._admission = admission
        join = await ask_for_place(
            self._lobby,
            admission,
            self,
            JoinRequest(name, room.room_id, admission.token, messages.storable(message.resume_token) or None),
        )
        if join.denial is not None:
            self._refusals.pass_on(join.denial)
        elif join.is_answer:
            await self._settle_in(admission, join)
        return join.is_answer

    async def _settle_in(self, admission: Admission, join: Join) -> None:
        """Become the member that Postgres has made of us."""
        assert join.member_id is not None
        assert join.seq is not None
        server, room, name = admission.server, admission.room, admission.name
        username = name.shown if join.welcome is None else pb.chatmessage.FromString(join.welcome).user
        self._place = Place(username, name, server, room, join.member_id)
        self._held = held_words(name, username, room.room_id, admission.token)
        self._lobby.enter(server, name.key, join.member_id, self)
        if join.welcome is None:
            TALLY.joins += 1
            return await admission.until_over(lambda: server.hub.take(room, None))
        TALLY.resumes += 1
        self._outlet.tell(admission.welcome(join.welcome))
        was_followed = room.next_seq is not None
        room.reattach(name.shown, self, join.seq)
        if not was_followed:
            # Notifications that arrived before there was a member here were passed over.
            server.hub.take(room, None)

    def _leave(self) -> None:
        """Give up the place in the room, once; when the gateway stops it is kept for the grace."""
        place, self._place = self._place, None
        if place is None:
            return
        place.room.remove(place.username, self)
        self._lobby.exit(place.server, place.name.key, place.member_id)
        if not self._lobby.is_stopping and not self._keeps_place:
            self._lobby.release(place.server, place.name.key, place.name.look, place.member_id)

    # What a new member gets first.

    def _start_history(self, admission: Admission, before_seq: int, live_after: int) -> None:
        """Hold back what is delivered and send what was wanted of the history first."""
        if admission.wanted is not None:
            self._outlet.hold(admission.wanted.after(before_seq))
            self._lobby.spawn(self._send_history(admission, admission.wanted, before_seq, live_after))

    async def _send_history(self, admission: Admission, wanted: Wanted, before_seq: int, live_after: int) -> None:
        server = admission.server
        history = History(server.database, server.log, server.hub.feeds, self._outlet)
        why = await history.send(admission.name.shown, admission.room.room_id, wanted, before_seq, live_after)
        if why is not None:
            await self.end(why)
