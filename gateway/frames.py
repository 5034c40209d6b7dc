"""WebSocket frames and protobuf pieces built by hand, once for all members of a room.

A feed message reaches clients inside a chatmessage that differs between rooms only in `seq`, so it is wrapped once and
the sequence is put behind it. Frames are the server's: binary, final, not masked (RFC 6455, section 5.2).
"""

from collections.abc import Iterable

SEQ_TAG = b"\x60"
"""Tag of chatmessage.seq: field 12, varint."""


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
    """A message as one frame."""
    return frame_header(len(message)) + message


def close_frame(code: int, reason: str) -> bytes:
    """A close frame; the reason is at most 123 bytes."""
    payload = code.to_bytes(2, "big") + reason.encode()[:123]
    return bytes((0x88, len(payload))) + payload


def wrap_feed_message(msgtype: int, field: int, message: bytes) -> bytes:
    """A feed message inside the chatmessage that carries it, but for `seq`."""
    return b"\x08" + varint(msgtype) + varint(field << 3 | 2) + varint(len(message)) + message


def frames_with_seq(bodies: Iterable[bytes], first_seq: int) -> bytes:
    """One frame for each body with its sequence behind it, joined."""
    parts: list[bytes] = []
    for seq, body in enumerate(bodies, first_seq):
        tail = SEQ_TAG + varint(seq)
        parts += (frame_header(len(body) + len(tail)), body, tail)
    return b"".join(parts)
