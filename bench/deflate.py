"""Row 10: what permessage-deflate (RFC 7692) would save and cost. The gateway does not offer it; this says why.

Every feed message is a WebSocket message of its own, so each ends in a flush. With a context that is kept from message
to message each member has a stream of their own, which no other member can be sent; without, one is as good for all.
"""

import random
import time
import zlib
from dataclasses import dataclass

import psutil

from bench.errors import BenchError
from bench.row import Bench, Row
from feedsim.sportsbook import Sportsbook
from gateway.frames import frames_with_seq, wrap_feed_message
from proto import chatmessage_pb2, tags

TITLE = "permessage-deflate, which is not offered"
MESSAGES = 20_000
BURST = 100
FIRST_SEQ = 1_000_000
CONTEXTS = 500
FLUSHED = b"\x00\x00\xff\xff"
"""What a flush ends in; it is left out on the wire."""
HEADER_BYTES = 2


@dataclass(frozen=True, slots=True)
class Way:
    """How to compress; the first is what libraries do unless told otherwise, the second what they say saves memory."""

    name: str
    window_bits: int
    memory_level: int
    is_kept: bool

    def context(self) -> "zlib._Compress":
        """A new one."""
        return zlib.compressobj(6, zlib.DEFLATED, -self.window_bits, self.memory_level)


WAYS = (
    Way("one context per member, of 32 KiB", 15, 8, True),
    Way("one context per member, of 4 KiB", 12, 5, True),
    Way("a context per message", 12, 5, False),
)


def run(bench: Bench) -> Row:
    """Raises BenchError."""
    book = Sportsbook(random.Random(1))
    events = [book.next_event().SerializeToString() for _ in range(MESSAGES)]
    bodies = [wrap_feed_message(chatmessage_pb2.EVENT, tags.EVENTMSG >> 3, event) for event in events]
    started = time.process_time()
    for place in range(0, MESSAGES, BURST):
        frames_with_seq(bodies[place : place + BURST], FIRST_SEQ + place)
    plain_time = (time.process_time() - started) / MESSAGES
    messages = [frames_with_seq([body], FIRST_SEQ + place)[HEADER_BYTES:] for place, body in enumerate(bodies)]
    plain = sum(map(len, messages)) / MESSAGES
    figures = [f"as it is: {plain:.0f} bytes per message, {plain_time * 1e6:.2f} µs for all members together"]
    data: dict[str, dict[str, float]] = {}
    for way in WAYS:
        sent, seconds = _compress(way, messages)
        size = _context_bytes(way)
        data[way.name] = {"share": sent / plain, "seconds": seconds, "bytes_each": size}
        times = "per member" if way.is_kept else "for all members together"
        memory = f", {size / 1000:.0f} kB per member" if way.is_kept else ""
        figures.append(f"{way.name}: {sent / plain:.0%} of the bytes, {seconds * 1e6:.1f} µs {times}{memory}")
        bench.say(figures[-1])
    return Row(TITLE, figures, f"{MESSAGES:,} messages were the same again when unpacked", data)


def _compress(way: Way, messages: list[bytes]) -> tuple[float, float]:
    """Bytes and processor time per message. One that would grow is sent as it is."""
    context, packed = way.context(), []
    started = time.process_time()
    for message in messages:
        if not way.is_kept:
            context = way.context()
        packed.append(context.compress(message) + context.flush(zlib.Z_SYNC_FLUSH))
    seconds = time.process_time() - started
    reader = zlib.decompressobj(-way.window_bits)
    for message, data in zip(messages, packed, strict=True):
        if not way.is_kept:
            reader = zlib.decompressobj(-way.window_bits)
        if reader.decompress(data) != message:
            raise BenchError(f"{way.name}: a message is another when unpacked")
    sizes = (min(len(data) - len(FLUSHED), len(message)) for message, data in zip(messages, packed, strict=True))
    return sum(sizes) / len(messages), seconds / len(messages)


def _context_bytes(way: Way) -> float:
    process, contexts = psutil.Process(), []
    before = process.memory_info().rss
    for _ in range(CONTEXTS):
        context = way.context()
        for _ in range(20):
            context.compress(random.randbytes(2**12))
            context.flush(zlib.Z_SYNC_FLUSH)
        contexts.append(context)
    return (process.memory_info().rss - before) / CONTEXTS
