"""What clients send: parsed, made storable, and as it is recorded."""

from google.protobuf.message import DecodeError

from gateway.postgres.database import Request
from proto import chatmessage_pb2 as pb


def parse(data: bytes) -> pb.chatmessage | None:
    """The message in a frame, None if it is none; protobuf hands over text that is no UTF-8 as bytes."""
    try:
        message = pb.chatmessage.FromString(data)
    except (DecodeError, UnicodeDecodeError):
        return None
    is_text = not any(isinstance(value, bytes) for _, value in message.ListFields())
    return message if message.IsInitialized() and is_text else None


def storable(text: str) -> str:
    """Text that Postgres can keep: U+0000 as another control character, which is refused where it matters."""
    return text.replace("\0", "\1")


def request(message: pb.chatmessage, member: tuple[str, int] | None) -> Request:
    """What is recorded of a message; name and room are the sender's own, if he is a member, whatever it says."""
    is_filter = message.mtype == pb.FILTER
    username = storable(message.user) if message.HasField("user") else None
    room_id = message.roomid if message.HasField("roomid") else None
    if member is not None:
        username, room_id = member
    return Request(
        msgtype=message.mtype,
        username=username,
        room_id=room_id,
        comment=storable(message.comment) if message.HasField("comment") else None,
        sport_filter=storable(message.sport_filter) if is_filter else None,
        execution_filter=storable(message.execution_filter) if is_filter else None,
    )
