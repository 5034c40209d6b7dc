"""What is sent in place of a message that is too large for a frame.

No comment that large is taken any more, nor a message of the feeds that the original had; but databases from before
hold some, and a bridge from before may store more. A row of a feed that was added may be too large together with its
message. In JSON some messages are larger than in protobuf.
Whoever gets the substitute keeps the connection and is told, and seqs go on without a gap.
"""

from proto.chatmessage_pb2 import COMMENT, PREVIEW, ROOM_STATUS, chatmessage
from proto.sizes import MAX_SENT_BYTES

OMITTED = "OMITTED_TOOLARGE"
UNREADABLE = "OMITTED_UNREADABLE"


def omit_feed_message(size: int) -> bytes:
    """In place of a feed message of so many bytes, but for its sequence."""
    return chatmessage(
        mtype=ROOM_STATUS, userstatus=OMITTED, reason=_explain("a feed message", size)
    ).SerializePartialToString()


def omit(message: bytes) -> bytes:
    """In place of a room's own message: about the same user and room, with its sequence."""
    return stand_in(chatmessage.FromString(message), len(message)).SerializePartialToString()


def stand_in(whole: chatmessage, size: int) -> chatmessage:
    """The same for a message that is decoded, which would take so many bytes."""
    if whole.mtype >= PREVIEW:
        # An answer to a question, which ends the waiting for it.
        return chatmessage(mtype=whole.mtype, request=_request(whole), reason=_explain("an answer", size))
    what = "a comment" if whole.mtype == COMMENT else f"a {whole.userstatus}"
    short = chatmessage(
        mtype=ROOM_STATUS,
        userstatus=OMITTED,
        user=whole.user[:64],
        roomid=whole.roomid,
        reason=_explain(what, size),
    )
    if whole.HasField("seq"):
        short.seq = whole.seq
    return short


def unreadable() -> chatmessage:
    """In place of bytes that are no chatmessage, where they cannot be passed on as they are."""
    reason = "a message that cannot be read was left out: its bytes are no chatmessage; ask the operator for it"
    return chatmessage(mtype=ROOM_STATUS, userstatus=UNREADABLE, reason=reason)


def _request(whole: chatmessage) -> int | None:
    return whole.request if whole.HasField("request") else None


def _explain(what: str, size: int) -> str:
    return f"{what} of {size} bytes was left out: a frame holds at most {MAX_SENT_BYTES}; ask the operator for it"
