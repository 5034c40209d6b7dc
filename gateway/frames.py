"""WebSocket frames and protobuf pieces built by hand, once for all members of a room.

A feed message reaches clients inside a chatmessage that differs between rooms only in `seq`, so it is wrapped once and
the sequence is put behind it: it is the last field of these messages, and clients may find it there without decoding
(clientsim/frames.py). Frames are the server's: binary, final, not masked (RFC 6455, section 5.2).
"""

from collections.abc import Sequence

from gateway.omission import omit, omit_feed_message
from proto import tags
from proto.sizes import MAX_SENT_BYTES


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


def frame_header(size: int) -> bytes:
    """What stands before a binary message of `size` bytes."""
    if size < 126:
        return bytes((0x82, size))
    if size < 65536:
        return b"\x82\x7e" + size.to_bytes(2, "big")
    return b"\x82\x7f" + size.to_bytes(8, "big")


def frame(message: bytes) -> bytes:
    """A message as one frame; one that is too large for a client is left out, and the frame says so."""
    if len(message) > MAX_SENT_BYTES:
        message = omit(message)
    return frame_header(len(message)) + message


def without_first(frames: bytes, count: int) -> bytes:
    """Joined frames without the first `count` of them."""
    start = 0
    for _ in range(count):
        size, width = frames[start + 1], 0
        if size > 125:
            width = 2 if size == 126 else 8
            size = int.from_bytes(frames[start + 2 : start + 2 + width], "big")
        start += 2 + width + size
    return frames[start:]


def close_frame(code: int, reason: str) -> bytes:
    """A close frame; the reason is at most 123 bytes."""
    payload = code.to_bytes(2, "big") + reason.encode()[:123]
    return bytes((0x88, len(payload))) + payload


def wrap_feed_message(msgtype: int, field: int, message: bytes) -> bytes:
    """A feed message inside the chatmessage that carries it, but for `seq`; the word of it if it is too large."""
    body = _MTYPE_TAG + varint(msgtype) + varint(tags.bytes_tag(field)) + varint(len(message)) + message
    return body if len(body) <= _MAX_BODY_BYTES else omit_feed_message(len(message))


def frames_with_seq(bodies: Sequence[bytes], first_seq: int) -> bytes:
    """One frame for each body with its sequence behind it, joined.

    This runs for every feed message and room, so a frame costs no step of its own but that for its header: what follows
    each other is put in place by slices, up to 128 frames at a time, which have all but the lowest seven bits of their
    sequence in common. Three times faster than frame by frame with 20 of them, six times with 100.
    """
    pieces: list[bytes] = []
    place, end = 0, len(bodies)
    while place < end:
        high, low = divmod(first_seq + place, 128)
        block = bodies[place : place + 128 - low]
        pieces += _pieces(block, high, low)
        place += len(block)
    return b"".join(pieces)


def _pieces(bodies: Sequence[bytes], high: int, low: int) -> list[bytes]:
    """Header, body, tag with the low bits, high bits; for sequences from high * 128 + low on."""
    rest = varint(high) if high else b""
    tail = 2 + len(rest)
    pieces = [rest] * (4 * len(bodies))
    pieces[::4] = [
        _HEADERS[size] if (size := len(body) + tail) < len(_HEADERS) else frame_header(size) for body in bodies
    ]
    pieces[1::4] = bodies
    pieces[2::4] = (_TAGS_GOING_ON if high else _TAGS_ENDING)[low : low + len(bodies)]
    return pieces


# The sequence takes ten bytes with its tag at most.
_MAX_BODY_BYTES = MAX_SENT_BYTES - 10
_HEADERS = [frame_header(size) for size in range(1024)]
_MTYPE_TAG = bytes((tags.MTYPE,))
_TAGS_ENDING = [bytes((tags.SEQ, low)) for low in range(128)]
_TAGS_GOING_ON = [bytes((tags.SEQ, low | 0x80)) for low in range(128)]
