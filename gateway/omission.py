"""What is sent in place of a message that is too large for a frame.

No comment that large is taken any more, nor a message of the feeds that the original had; but databases from before
hold some, and a bridge from before may store more. A row of a feed that was added may be too large together with its
message.
Whoever gets the substitute keeps the connection and is told, and seqs go on without a gap.
"""

from proto.chatmessage_pb2 import COMMENT, ROOM_STATUS, chatmessage
from proto.sizes import MAX_SENT_BYTES

OMITTED = "OMITTED_TOOLARGE"


def omit_feed_message(size: int) -> bytes:
    """In place of a feed message of so many bytes, but for its sequence."""
    return chatmessage(
        mtype=ROOM_STATUS, userstatus=OMITTED, reason=_explain("a feed message", size)
    ).SerializePartialToString()


def omit(message: bytes) -> bytes:
    """In place of a room's own message: about the same user and room, with its sequence."""
    whole = chatmessage.FromString(message)
    what = "a comment" if whole.mtype == COMMENT else f"a {whole.userstatus}"
    short = chatmessage(
        mtype=ROOM_STATUS,
        userstatus=OMITTED,
        user=whole.user[:64],
        roomid=whole.roomid,
        reason=_explain(what, len(message)),
    )
    if whole.HasField("seq"):
        short.seq = whole.seq
    return short.SerializePartialToString()


def _explain(what: str, size: int) -> str:
    return f"{what} of {size} bytes was left out: a frame holds at most {MAX_SENT_BYTES}; ask the operator for it"
