"""What clients send: parsed, made storable, and as it is recorded; and the answers that Postgres cannot give."""

from gateway.closing import Closing
from gateway.encoding.encoding import Encoding
from gateway.errors import DatabaseAwayError, GatewayError, PlaceGoneError, RefusedError, ViewBusyError
from gateway.postgres.records import Request
from proto import chatmessage_pb2 as pb

NOT_LOOKED_AT = ("row", "rowbytes", "feeds", "preview", "values", "explanation", "messages", "past_filters", "rates")
"""Fields that only the service says; from a client they need not be sound."""
FAULT = "a fault of the service, which its log tells; try again later"
REASONS: dict[type[GatewayError], str] = {
    DatabaseAwayError: "the database is away; it may have been done or not: watch the room, and try again",
    PlaceGoneError: "your place in the room is gone; open another connection to join again",
    ViewBusyError: "somebody has been reading the room's view in an open transaction for seconds; try again later",
}


def parse(data: str | bytes, encoding: Encoding) -> pb.chatmessage | Closing:
    """The message in a frame; if it is none, why the connection is closed."""
    return encoding.read(data, NOT_LOOKED_AT)


def storable(text: str) -> str:
    """Text that Postgres can keep: U+0000 as another control character, which is refused where it matters."""
    return text.replace("\0", "\1")


def request(message: pb.chatmessage, member: tuple[str, int] | None) -> Request:
    """What is recorded of a message but for its filters; a member's name and room are their own, whatever it says."""
    username = storable(message.user) if message.HasField("user") else None
    # A client that leaves out what is 0 asks for room 0.
    room_id = message.roomid if message.HasField("roomid") or message.mtype == pb.JOIN_REQ else None
    if member is not None:
        username, room_id = member
    return Request(
        msgtype=message.mtype,
        username=username,
        room_id=room_id,
        comment=storable(message.comment) if message.HasField("comment") else None,
    )


def refusal(userstatus: str, reason: str | None, request: Request) -> bytes:
    """The status that answers a request when Postgres can make none."""
    return pb.chatmessage(
        mtype=pb.ROOM_STATUS,
        userstatus=userstatus,
        user=(request.username or "")[:64],
        roomid=request.room_id if request.room_id is not None else -1,
        reason=reason,
    ).SerializeToString()


def explain(error: GatewayError) -> str:
    """The reason to give to whoever asked for what could not be done."""
    return REASONS.get(type(error), FAULT)


def explain_question(error: GatewayError) -> str:
    """The same for a question, which may be asked again without a thought."""
    if isinstance(error, RefusedError):
        return str(error)
    return "the database is away; ask again in a moment" if isinstance(error, DatabaseAwayError) else FAULT
