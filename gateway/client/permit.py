"""What one client has shown, and what it may do by it. Without tokens, that is everything."""

import time

from websockets.asyncio.server import ServerConnection

from gateway.access.errors import TokenError
from gateway.access.gate import LEEWAY_SECONDS, Gate
from gateway.access.grant import Grant
from gateway.access.offer import offered_token
from gateway.allowance import Allowance
from gateway.client.messages import storable
from proto import chatmessage_pb2 as pb

CHECKS_PER_SECOND = 1.0
"""To look at a signature is work that anybody can cause. A token that was good is not looked at again."""
CHECK_BURST = 10.0
ASK = "; ask whoever gave you the token"


class Permit:
    """Belongs to one connection."""

    def __init__(self, gate: Gate, connection: ServerConnection) -> None:
        self._gate = gate
        self._connection = connection
        self._checks = Allowance(CHECKS_PER_SECOND, CHECK_BURST)
        # The last token that was good, with the keys of then.
        self._known: tuple[str, int] | None = None
        # What it allows; None before the first, and where nobody is asked for one.
        self.grant: Grant | None = None

    def admit(self, message: pb.chatmessage) -> str | None:
        """Why a JOIN_REQ is refused; None if it may go on, in the name that the token gives."""
        if not self._gate.asks_for_tokens:
            return None
        try:
            token = message.auth_token or self._offered()
            grant = self._check(token)
            _require_place(grant, message)
        except TokenError as error:
            # It may hold the name in the token.
            return storable(str(error))
        message.user = grant.name
        self._take(token, grant)
        return None

    def is_renewal(self, message: pb.chatmessage, room_id: int) -> bool:
        """Whether a member's JOIN_REQ brings a token for the place that they have."""
        return self.grant is not None and message.HasField("auth_token") and message.roomid == room_id

    def renew(self, message: pb.chatmessage) -> str | None:
        """Why a member's token is not taken in place of the former one; None if it is."""
        assert self.grant is not None
        try:
            grant = self._check(message.auth_token)
            _require_place(grant, message)
            if grant.name != self.grant.name:
                raise TokenError(f"the token is for the name '{grant.name}', and not for the one that you joined with")
        except TokenError as error:
            return storable(str(error))
        self._take(message.auth_token, grant)
        return None

    def has_expired(self) -> bool:
        """Whether a member's time is over."""
        return self.grant is not None and time.time() >= self.grant.expires_at + LEEWAY_SECONDS

    def explain_comment(self) -> str | None:
        """Why nothing may be said; None if it may."""
        return None if self.grant is None or self.grant.may_comment else f"your token does not allow comments{ASK}"

    def explain_filter(self) -> str | None:
        """Why no filter may be set; None if it may."""
        return None if self.grant is None or self.grant.may_filter else f"your token does not allow filters{ASK}"

    def refuse_question(self, question: pb.chatmessage) -> pb.chatmessage | None:
        """The answer to a question that may not be asked; None if it may. Only PREVIEW has clauses tried."""
        if question.mtype != pb.PREVIEW or self.grant is None or self.grant.may_preview:
            return None
        request = question.request if question.HasField("request") else None
        return pb.chatmessage(mtype=pb.PREVIEW, reason=f"your token does not allow previews{ASK}", request=request)

    def _offered(self) -> str:
        request = self._connection.request
        assert request is not None
        return offered_token(request)

    def _check(self, token: str) -> Grant:
        if self.grant is not None and self._known == (token, self._gate.version) and not self.has_expired():
            return self.grant
        if not self._checks.take():
            raise TokenError(f"too many tokens; {CHECKS_PER_SECOND:.0f} a second is looked at")
        return self._gate.check(token)

    def _take(self, token: str, grant: Grant) -> None:
        self._known, self.grant = (token, self._gate.version), grant


def _require_place(grant: Grant, message: pb.chatmessage) -> None:
    """Raise TokenError where a JOIN_REQ asks for another name or room than its token is for."""
    if message.user not in ("", grant.name):
        raise TokenError(f"the token is for the name '{grant.name}'; join with that, or leave `user` out")
    if not grant.allows_room(message.roomid):
        rooms = sorted(grant.rooms or ())
        shown = ", ".join(str(room) for room in rooms[:20]) + (", …" if len(rooms) > 20 else "")
        raise TokenError(f"the token does not allow room {message.roomid}; it allows {shown or 'none'}")
