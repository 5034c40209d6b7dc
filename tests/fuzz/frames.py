"""Client frames that are random, mutated, or right: what a gateway may be sent."""

import json
import random
from collections.abc import Callable

from google.protobuf import json_format

from clientsim.frames import BINARY, PING, TEXT
from harness.random_messages import random_message
from harness.raw import frame
from proto.chatmessage_pb2 import (
    COMMENT,
    EXPLAIN,
    FILTER,
    FILTERS,
    HISTORY,
    JOIN_REQ,
    PREVIEW,
    RATES,
    VALUES,
    chatmessage,
    feedfilter,
)

NAMES = ("adam", "zoë", "", "a" * 64, "b" * 65, "\0", "👋" * 40, "unknown")
CLAUSES = (
    "ALL",
    "NONE",
    "SAME",
    "price > 1",
    "symbol like 'a%'",
    "sport = 7 or",
    "';drop table x",
    "(" * 50,
    "é" * 2001,
)
FEEDS = ("sport_event", "execution", "none", "", "x" * 200)
JSON_PIECES = (
    b'"',
    b"\\",
    b"\\ud800",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"null",
    b"1e999",
    b"-",
    b"\0",
    b"\xff",
    b"NaN",
)
MOST_ROOMS = 6


class FrameMaker:
    """Makes frames from a seed; `made` counts them by kind."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)
        self.made: dict[str, int] = {}
        self._kinds: dict[str, Callable[[bool], bytes]] = {
            "valid": lambda in_json: self._encode(self._valid(), in_json),
            "random fields": lambda in_json: self._encode(random_message(self._draw), in_json),
            "mutated message": self._mutated_message,
            "random bytes in a frame": self._noise,
            "flipped bits of a frame": lambda in_json: self._flip(self._encode(self._valid(), in_json), 3),
            "flipped bits of a stream": self._stream,
            "random bytes": lambda _: self._draw.randbytes(self._draw.randrange(1, 40)),
            "fragments": self._fragments,
        }

    def make(self, in_json: bool) -> bytes:
        """The bytes of one frame, or of a few, for a connection that speaks JSON or protobuf."""
        name = self._draw.choice(list(self._kinds))
        self.made[name] = self.made.get(name, 0) + 1
        return self._kinds[name](in_json)

    def _valid(self) -> chatmessage:
        """Something that a client may mean."""
        draw = self._draw
        mtype = draw.choice((JOIN_REQ, COMMENT, COMMENT, FILTER, PREVIEW, VALUES, EXPLAIN, HISTORY, FILTERS, RATES))
        message = chatmessage(mtype=mtype, user=draw.choice(NAMES), roomid=draw.randrange(-1, MOST_ROOMS))
        if mtype == COMMENT:
            message.comment = draw.choice(("hello", "", "\0", "x" * 3000, "👋"))
        elif mtype == FILTER:
            message.sport_filter = draw.choice(CLAUSES)
            message.filters.extend(feedfilter(feed=draw.choice(FEEDS), clause=draw.choice(CLAUSES)) for _ in range(2))
        else:
            message.feed, message.clause, message.column = draw.choice(FEEDS), draw.choice(CLAUSES), "symbol"
            message.history, message.before = draw.choice((0, 1, 500, 2**32 - 1)), draw.choice((0, 1, 2**64 - 1))
            message.resume_after, message.row_id = draw.choice((0, 2**63, 2**64 - 1)), draw.choice((0, 1, 2**64 - 1))
        return message

    def _encode(self, message: chatmessage, in_json: bool) -> bytes:
        if in_json:
            return frame(TEXT, json_format.MessageToJson(message).encode(errors="surrogatepass"))
        return frame(BINARY, message.SerializeToString())

    def _content(self, in_json: bool) -> bytes:
        message = self._valid() if self._draw.random() < 0.5 else random_message(self._draw)
        return json_format.MessageToJson(message).encode() if in_json else message.SerializeToString()

    def _mutated_message(self, in_json: bool) -> bytes:
        """A message with a few changes of what it holds, in a frame that is right."""
        content = bytearray(self._content(in_json))
        for _ in range(self._draw.randrange(1, 4)):
            self._change(content, in_json)
        return frame(TEXT if in_json else BINARY, bytes(content))

    def _change(self, content: bytearray, in_json: bool) -> None:
        draw = self._draw
        place, end = draw.randrange(len(content) + 1), draw.randrange(len(content) + 1)
        match draw.randrange(5):
            case 0:
                del content[place:]
            case 1:
                del content[min(place, end) : max(place, end)]
            case 2:
                content[place:place] = draw.choice(JSON_PIECES) if in_json else draw.randbytes(draw.randrange(1, 9))
            case 3:
                content[place:place] = content[min(place, end) : max(place, end)]
            case _ if content:
                content[place % len(content)] ^= 1 << draw.randrange(8)

    def _noise(self, in_json: bool) -> bytes:
        content = self._draw.randbytes(self._draw.choice((0, 1, 2, 10, 300, 70_000)))
        if in_json and self._draw.random() < 0.5:
            pieces = [*JSON_PIECES, json.dumps(self._draw.choice(NAMES)).encode()]
            content = b"".join(self._draw.choice(pieces) for _ in range(self._draw.randrange(30)))
        return frame(self._draw.choice((TEXT, BINARY)), content)

    def _flip(self, data: bytes, most: int) -> bytes:
        flipped = bytearray(data)
        for _ in range(self._draw.randrange(1, most + 1)):
            flipped[self._draw.randrange(len(flipped))] ^= 1 << self._draw.randrange(8)
        return bytes(flipped)

    def _stream(self, in_json: bool) -> bytes:
        return self._flip(b"".join(self._encode(self._valid(), in_json) for _ in range(3)), 5)

    def _fragments(self, in_json: bool) -> bytes:
        """A message in fragments, some with a ping in between, some without their end."""
        content, opcode = self._content(in_json), TEXT if in_json else BINARY
        size = self._draw.choice((1, 3, 50))
        parts = [content[place : place + size] for place in range(0, min(len(content), 60 * size), size)] or [b""]
        data = b""
        for number, part in enumerate(parts):
            data += frame(0 if number else opcode, part, fin=number == len(parts) - 1 and self._draw.random() < 0.9)
            if self._draw.random() < 0.1:
                data += frame(PING, self._draw.randbytes(5))
        return data
