"""Which feeds a message is for, and what each stores of it. What does not fit is refused, before Postgres sees it."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from bridge.batch import Item, Reject, Row, Shared
from bridge.errors import FeedError, RejectError
from bridge.feed import ACTIVE, Feed
from bridge.json_format import JsonDecoder
from bridge.protobuf_format import ProtobufDecoder
from bridge.subject import covers
from bridge.text_format import TextDecoder
from proto.sizes import MAX_CONTENT_BYTES

# Subjects may have an id in them, so not all that came can be remembered.
MOST_SUBJECTS = 10_000

_TOO_LARGE = (
    f"has %d bytes; at most {MAX_CONTENT_BYTES} are allowed, so that it fits in a frame of 1 MiB to a client: send less"
)

# What Row(…) calls in its turn; that takes twice as long.
_NEW = tuple.__new__

Decode = Callable[[bytes], tuple[Any, ...]]


class Decoder(Protocol):
    """Turns one feed's messages into tuples of column values, in the order of the columns that messages fill."""

    def decode(self, data: bytes) -> tuple[Any, ...]:
        """The values of one message; raises RejectError saying what is wrong with it."""


def make_decoder(feed: Feed) -> Decoder:
    """The decoder of a feed; raises FeedError."""
    match feed.format:
        case "protobuf":
            return ProtobufDecoder(feed)
        case "json":
            return JsonDecoder(feed)
        case "text":
            return TextDecoder(feed)
    raise FeedError(f"there is no format {feed.format!r}")


class Decoders:
    """The decoders of all feeds; a row names its feed by its index in `feeds`."""

    def __init__(self, feeds: Sequence[Feed]) -> None:
        # Why feeds cannot be carried, by name: all their messages are rejected.
        self.refusals: dict[str, str] = {}
        self._feeds = list(feeds)
        self._decodes = [self._decode_of(feed) for feed in feeds]
        # By subject: the feeds that take what comes on it, none if it is passed over; None if it is no feed's.
        self._takers: dict[str, tuple[tuple[int, Decode], ...] | None] = {}

    def decode(self, sequence: int, subject: str, data: bytes, micros: int) -> Item:
        """What a message makes in the feeds that it is for; raises nothing, so that no message can stop the others.

        `micros` is when it was received, in microseconds since 1970.
        """
        try:
            takers = self._takers[subject]
        except KeyError:
            takers = self._find_takers(subject)
        if takers is None:
            return Reject(sequence, sequence, subject, data, "has a subject that belongs to no feed")
        if len(takers) == 1:
            ((index, decode),) = takers
            # As _take does, without the cost of a call: nearly all messages come here.
            try:
                if len(data) <= MAX_CONTENT_BYTES:
                    return _NEW(Row, (sequence, sequence, index, subject, data, decode(data), micros))
                return Reject(sequence, sequence, subject, data, _TOO_LARGE % len(data))
            except Exception as error:
                return Reject(sequence, sequence, subject, data, _words(error))
        parts = [_take(index, decode, sequence, subject, data, micros) for index, decode in takers]
        named = (self._name(part, index) for part, (index, _) in zip(parts, takers, strict=True))
        return Shared(sequence, sequence, subject, data, tuple(named))

    def _name(self, part: Row | Reject, index: int) -> Row | Reject:
        """The part; a reject says which of several feeds did not take the message."""
        return part if isinstance(part, Row) else part._replace(error=f"feed {self._feeds[index].name}: {part.error}")

    def _find_takers(self, subject: str) -> tuple[tuple[int, Decode], ...] | None:
        found = [index for index, feed in enumerate(self._feeds) if covers(feed.subject, subject)]
        # What comes for feeds that are paused, or that were removed a moment ago, is passed over.
        takers = tuple((index, self._decodes[index]) for index in found if self._feeds[index].state == ACTIVE)
        if len(self._takers) >= MOST_SUBJECTS:
            self._takers.clear()
        self._takers[subject] = takers if found else None
        return self._takers[subject]

    def _decode_of(self, feed: Feed) -> Decode:
        if feed.state != ACTIVE:
            return _refuse("it is not active")
        try:
            return make_decoder(feed).decode
        except FeedError as error:
            self.refusals[feed.name] = str(error)
            return _refuse(f"feed {feed.name} cannot be read: {error}")


def _take(index: int, decode: Decode, sequence: int, subject: str, data: bytes, micros: int) -> Row | Reject:
    try:
        if len(data) <= MAX_CONTENT_BYTES:
            return Row(sequence, sequence, index, subject, data, decode(data), micros)
        return Reject(sequence, sequence, subject, data, _TOO_LARGE % len(data))
    except Exception as error:
        return Reject(sequence, sequence, subject, data, _words(error))


def _words(error: Exception) -> str:
    return str(error) if isinstance(error, RejectError) else f"cannot be decoded: {error!r}"


def _refuse(reason: str) -> Decode:
    def refuse(data: bytes) -> tuple[Any, ...]:
        raise RejectError(reason)

    return refuse
