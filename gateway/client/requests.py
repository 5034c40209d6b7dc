"""What a member asks of the room: comments, filters and questions."""

from contextlib import suppress

from gateway.client import messages, moderation
from gateway.client.admission import Place
from gateway.client.limits import Allowances
from gateway.client.lobby import Lobby
from gateway.client.outlet import Outlet
from gateway.client.permit import Permit
from gateway.client.refusals import Refusals
from gateway.client.wishes import with_wishes
from gateway.errors import GatewayError, PlaceGoneError, ViewBusyError
from gateway.postgres.records import Request
from gateway.tally import TALLY
from proto import chatmessage_pb2 as pb


class Requests:
    """Those of one client, who has a `place`, or none, and is told so."""

    def __init__(
        self, lobby: Lobby, outlet: Outlet, allowances: Allowances, permit: Permit, refusals: Refusals
    ) -> None:
        self._lobby = lobby
        self._outlet = outlet
        self._allowances = allowances
        self._permit = permit
        self._refusals = refusals

    async def comment(self, message: pb.chatmessage, place: Place | None) -> None:
        """Send a comment to the room."""
        if place is None:
            return await self._refusals.tell(
                "REJECTED_NOTJOINED", "join a room before commenting", self.record(message, place)
            )
        reason = self._permit.explain_comment() or self._allowances.explain_comment(message.comment)
        failure = None
        if reason is None:
            try:
                refusal = await place.server.database.post(place.member_id, message.comment)
                if refusal is not None:
                    return self._refusals.pass_on(refusal)
                TALLY.comments += 1
                return
            except PlaceGoneError as error:
                return await self._refusals.tell(
                    "REJECTED_NOTJOINED", messages.explain(error), self.record(message, place)
                )
            except GatewayError as error:
                failure, reason = error, messages.explain(error)
        await self._refusals.tell("REJECTED_COMMENT", reason, self.record(message, place), failure)

    async def filter(self, message: pb.chatmessage, place: Place | None) -> None:
        """Set filters of the room."""
        request = self.record(message, place)
        if place is None:
            return await self._refusals.tell("REJECTED_NOTJOINED", "join a room before setting its filters", request)
        reason = self._permit.explain_filter() or self._allowances.explain_filter(len(message.filters))
        if reason is not None:
            return await self._refusals.tell("REJECTED_BADFILTER", reason, request)
        try:
            if request.complaint is not None:
                # A feed may have been added a moment ago.
                await place.server.hub.feeds.reload()
                request = self.record(message, place)
            if request.complaint is not None:
                self._allowances.refusals.take()
                return await self._refusals.tell("REJECTED_BADFILTER", request.complaint, request)
            await self._lobby.elsewhere.tell(place.server)
            refusal = await place.server.filters.set(request)
        except PlaceGoneError as error:
            return await self._refusals.tell("REJECTED_NOTJOINED", messages.explain(error), request)
        except GatewayError as error:
            if not isinstance(error, ViewBusyError):
                # It may be away because of this filter.
                self._allowances.refusals.take()
            return await self._refusals.tell("REJECTED_BADFILTER", messages.explain(error), request, error)
        if refusal is None:
            TALLY.filters_set += 1
            return
        self._allowances.refusals.take()
        self._refusals.pass_on(refusal)

    async def answer(self, question: pb.chatmessage, place: Place | None) -> None:
        """Answer a question, and wait until the client reads that."""
        room_id = place.room.room_id if place else None
        refusal = self._permit.refuse_question(question) if place else None
        desk = self._lobby.server_of(room_id).desk
        answer = refusal or await desk.answer(question, room_id, self._allowances)
        if answer.HasField("reason"):
            TALLY.refusals[pb.msgtype.Name(answer.mtype)] += 1
        self._outlet.tell(answer.SerializePartialToString())
        # Answers may be large, and nobody is sent more of them than they read. What ends it meanwhile ends the loop.
        with suppress(ConnectionError):
            await self._outlet.drain()

    async def moderate(self, wish: pb.chatmessage, place: Place | None) -> None:
        """Do what a moderator asks for, and say what was done."""
        member = (place.username, place.room.room_id) if place else None
        answer = await moderation.answer(self._lobby, wish, member, self._permit.grant, self._allowances)
        if answer.HasField("reason"):
            TALLY.refusals[pb.msgtype.Name(answer.mtype)] += 1
        self._outlet.tell(answer.SerializePartialToString())

    def record(self, message: pb.chatmessage, place: Place | None) -> Request:
        """What is recorded of a message in chat_event, and asked of Postgres."""
        member = (place.username, place.room.room_id) if place else None
        server = self._lobby.server_of(place.room.room_id if place else None)
        return with_wishes(messages.request(message, member), message, server.hub.feeds.present)
