"""WebSocket frames and protobuf pieces built by hand, once for all members of a room.

A feed message reaches clients inside a chatmessage that differs between rooms only in `seq`, so it is wrapped once and
the sequence is put behind it: it is the last field of these messages, and clients may find it there without decoding
(clientsim/frames.py). What is made once for all is cut, not made anew, for those who may not have all of it: rows of
feeds that were added have a type of message that clients of the original cannot parse. Frames are the server's: final,
not masked (RFC 6455, section 5.2).
"""

from collections.abc import Callable, Sequence
from functools import partial

from gateway.closing import MAX_REASON_BYTES
from gateway.omission import omit, omit_feed_message
from proto import tags
from proto.chatmessage_pb2 import FEED, chatmessage
from proto.sizes import MAX_SENT_BYTES

BINARY, TEXT = 0x82, 0x81
"""First bytes of frames that hold a whole message."""


def varint(number: int) -> bytes:
    """The base-128 varint of a number that is not negative."""
    if number < 0x80:
        return bytes((number,))
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def frame_header(size: int, kind: int = BINARY) -> bytes:
    """What stands before a message of `size` bytes, be it binary or text."""
    if size < 126:
        return bytes((kind, size))
    if size < 65536:
        return bytes((kind, 126)) + size.to_bytes(2, "big")
    return bytes((kind, 127)) + size.to_bytes(8, "big")


def frame(message: bytes) -> bytes:
    """A message as one frame; one that is too large for a client is left out, and the frame says so."""
    if len(message) > MAX_SENT_BYTES:
        message = omit(message)
    return frame_header(len(message)) + message


def without_known(frames: bytes, last_seq: int) -> bytes:
    """Joined frames of a room's messages without the first of them, up to this sequence."""
    place = 0
    while place < len(frames):
        start, end = message_at(frames, place)
        if chatmessage.FromString(frames[start:end]).seq > last_seq:
            break
        place = end
    return frames[place:]


def without_rows(frames: bytes) -> bytes:
    """Joined frames without those of FEED messages."""
    kept: list[bytes] = []
    # From where on nothing was left out, and where the next frame begins.
    since = place = 0
    while place < len(frames):
        start, end = message_at(frames, place)
        if frames.startswith(_ROW_HEAD, start):
            kept.append(frames[since:place])
            since = end
        place = end
    return b"".join(kept) + frames[since:] if since else frames


def message_at(frames: bytes, place: int) -> tuple[int, int]:
    """Where the message begins and ends whose frame begins at a place."""
    size, start = frames[place + 1], place + 2
    if size > 125:
        width = 2 if size == 126 else 8
        size = int.from_bytes(frames[start : start + width], "big")
        start += width
    return start, start + size


def close_frame(code: int, reason: str) -> bytes:
    """A close frame; the reason is at most 123 bytes."""
    payload = code.to_bytes(2, "big") + reason.encode()[:MAX_REASON_BYTES]
    return bytes((0x88, len(payload))) + payload


def wrap_feed_message(msgtype: int, field: int | None, message: bytes) -> bytes:
    """A feed message inside the chatmessage that carries it, but for `seq`; the word of it if it is too large.

    Without a field it is the encoded fields of a row already (content_expression.sql).
    """
    head = _MTYPE_TAG + varint(msgtype)
    if field is not None:
        head += varint(tags.bytes_tag(field)) + varint(len(message))
    body = head + message
    return body if len(body) <= _MAX_BODY_BYTES else omit_feed_message(len(message))


def with_seq(body: bytes, seq: int) -> bytes:
    """A message with its sequence behind it."""
    return body + _SEQ_TAG + varint(seq)


def frames_with_seq(bodies: Sequence[bytes], first_seq: int) -> bytes:
    """One frame for each body with its sequence behind it, joined."""
    return join_headed(partial(with_headers, bodies), len(bodies), first_seq)


def with_headers(bodies: Sequence[bytes], tail: int) -> list[bytes]:
    """Each body behind the header of its frame, in which so many bytes follow it."""
    return [
        (_HEADERS[size] if (size := len(body) + tail) < len(_HEADERS) else frame_header(size)) + body for body in bodies
    ]


def join_headed(headed: Callable[[int], Sequence[bytes]], count: int, first_seq: int) -> bytes:
    """One frame for each of so many bodies with its sequence behind it, joined.

    `headed` has the bodies behind their headers, by the bytes that their sequences take: what was made for one room
    does for others.

    This runs for every feed message and room, so a frame costs no step of its own: what follows each other is put in
    place by slices, up to 128 frames at a time, which have all but the lowest seven bits of their sequence in common.
    """
    if count == 1:
        end = _SEQ_TAG + varint(first_seq)
        return headed(len(end))[0] + end
    pieces: list[bytes] = []
    made: Sequence[bytes] = ()
    place = made_for = 0
    while place < count:
        high, low = divmod(first_seq + place, 128)
        rest = varint(high) if high else b""
        tail = len(_SEQ_TAG) + 1 + len(rest)
        if tail != made_for:
            made, made_for = headed(tail), tail
        block = made[place : place + 128 - low]
        pieces += _pieces(block, rest, low)
        place += len(block)
    return b"".join(pieces)


def _pieces(headed: Sequence[bytes], rest: bytes, low: int) -> list[bytes]:
    """Header and body, tag with the low bits, the rest of the sequence, which all have in common; from `low` on."""
    pieces = [rest] * (3 * len(headed))
    pieces[::3] = headed
    pieces[1::3] = (_TAGS_GOING_ON if rest else _TAGS_ENDING)[low : low + len(headed)]
    return pieces


# The sequence takes ten bytes with its tag at most.
_MAX_BODY_BYTES = MAX_SENT_BYTES - 10
_HEADERS = [frame_header(size) for size in range(1024)]
_MTYPE_TAG = bytes((tags.MTYPE,))
_SEQ_TAG = bytes((tags.SEQ,))
_ROW_HEAD = bytes((tags.MTYPE, FEED))
_TAGS_ENDING = [bytes((tags.SEQ, low)) for low in range(128)]
_TAGS_GOING_ON = [bytes((tags.SEQ, low | 0x80)) for low in range(128)]
