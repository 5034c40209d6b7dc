"""Reading what a gateway sends without a library's cost a message: frames out of bytes, `seq` out of feed messages."""

from proto import chatmessage_pb2, tags

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA

# A server's frames are final and not masked: a first byte other than these is one that this reader does not know.
_FINAL = 0x80
_MTYPES_OF_FEEDS = (chatmessage_pb2.EVENT, chatmessage_pb2.EXECUTION)
_TAGS_OF_FEEDS = (tags.EVENTMSG, tags.EXECMSG)


class UnknownFrameError(ValueError):
    """The server sent a frame that is fragmented, masked or uses an extension; none was agreed on."""


class FrameReader:
    """Cuts a server's byte stream (RFC 6455, section 5.2) into frames; what is incomplete waits for more."""

    def __init__(self) -> None:
        self._rest = b""

    def take(self, data: bytes) -> list[tuple[int, bytes]]:
        """Return the opcode and payload of every frame that is complete now; raises UnknownFrameError."""
        if self._rest:
            data = self._rest + data
        frames = []
        place, end = 0, len(data)
        while end - place >= 2:
            first, size, start = data[place], data[place + 1], place + 2
            if size >= 126:
                width = 2 if size == 126 else 8
                start += width
                if size > 127 or end < start:
                    break
                size = int.from_bytes(data[start - width : start], "big")
            if end < start + size:
                break
            if first & 0xF0 != _FINAL or not first & 0x0F:
                raise UnknownFrameError(f"a frame starts with byte {first:#04x}")
            place = start + size
            frames.append((first & 0x0F, data[start:place]))
        if place < end - 1 and data[place + 1] & 0x80:
            raise UnknownFrameError("a server's frame is masked")
        self._rest = data[place:]
        return frames


def feed_seq(message: bytes) -> int | None:
    """Return the `seq` of an EVENT or EXECUTION as gateways write it: mtype, the feed's message, seq, nothing else.

    None for anything else, which then wants the whole decoding: other messages, other fields, other orders, a feed
    message of 16 kB and more.
    """
    end = len(message)
    if end < 6 or message[0] != tags.MTYPE or message[1] not in _MTYPES_OF_FEEDS:
        return None
    if message[2] not in _TAGS_OF_FEEDS:
        return None
    size, place = message[3], 4
    if size & 0x80:
        if message[4] & 0x80:
            return None
        size, place = size & 0x7F | message[4] << 7, 5
    place += size
    if place >= end or message[place] != tags.SEQ:
        return None
    return _whole_varint(message, place + 1)


def _whole_varint(message: bytes, place: int) -> int | None:
    """Return the varint that fills a message from `place` to its end, None if none does."""
    number = shift = 0
    for byte in message[place:]:
        number |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return number if place + shift // 7 == len(message) else None
    return None
