"""Why the gateway closes a connection: the codes and reasons of docs/protocol.md.

1001 (the gateway stops), 1002 (frames that break RFC 6455) and 1009 (a frame over the limit) are sent by the library.
"""

from typing import NamedTuple

from websockets.protocol import Protocol

MAX_REASON_BYTES = 123
"""What a close frame holds beside its code (RFC 6455, section 5.5)."""


class Closing(NamedTuple):
    """A close code (RFC 6455, section 7.4; 4000 and above are the application's own) and what to tell the client."""

    code: int
    reason: str


BINARY_ONLY = Closing(1003, "send protobuf chatmessages in binary frames")
TEXT_ONLY = Closing(1003, "send chatmessages as JSON in text frames, or offer edgechat.proto")
NOT_PROTOBUF = Closing(1007, "not a chatmessage: check mtype and the encoding")
BAD_MTYPE = Closing(1008, "mtype must be JOIN_REQ, COMMENT or FILTER")
MOVED = 1012
"""With this code a member is sent away whose room moves to another server; chat.leave_slots has the reason."""
SERVER_MOVED = Closing(MOVED, "the room's server has another address now: resume")
TAKEN_BACK = Closing(1012, "resumed on another connection")
GIVEN_UP = Closing(1012, "the gateway was away for too long: join again")
TOKEN_EXPIRED = Closing(4001, "the token expired: get a new one and resume")
NO_PULSE = Closing(4009, "no answer to a ping: resume")
PLACE_GONE = Closing(1012, "your place in the room is gone: join again")
HOLE = Closing(1012, "part of what the room got is gone: resume to be told")
TRY_LATER = Closing(1013, "the database is away: try again in a moment")
ROOM_MOVES = Closing(1013, "the room is being moved to another server: try again in a moment")
FAULT = Closing(1013, "a fault of the service, which its log tells: try again later")
RESUME_LATER = Closing(1013, "the database is away: resume again in a moment")


def stopping(seconds: float) -> Closing:
    """For everybody when the gateway stops, each with another number of seconds: not all should return at once."""
    return Closing(1001, f"the gateway stops: resume in {seconds:.2f} s")


def not_json(why: str) -> Closing:
    """For a text that is no chatmessage; of the reason as much is told as a close frame holds."""
    return Closing(1007, _cut(f"not a chatmessage: {why}"))


def moderated(code: int, reason: str) -> Closing:
    """For who must leave, 4002, and for everybody in a room that is closed, 4003; the reason is a moderator's."""
    return Closing(code, _cut(reason))


def too_slow(last_seq: int) -> Closing:
    """For a client that does not read; `last_seq` is the last message that was written to it without a gap before."""
    return Closing(4008, f"too slow: resume from seq {last_seq}")


def code_of(connection: Protocol) -> int | None:
    """With which code a connection was closed: by whom closed it first; None if nobody said a word."""
    sent, received = connection.close_sent, connection.close_rcvd
    first = received if connection.close_rcvd_then_sent or sent is None else sent
    return None if first is None else int(first.code)


def _cut(reason: str) -> str:
    return reason.encode(errors="replace")[:MAX_REASON_BYTES].decode(errors="ignore")
