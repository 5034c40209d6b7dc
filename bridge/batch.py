"""What has arrived from the stream, gathered for one statement."""

from collections.abc import Iterable
from typing import Any, NamedTuple

MAX_MESSAGES = 2_000
MAX_BYTES = 4 * 1024 * 1024


class Row(NamedTuple):
    """A decoded message of the feed with this index; `micros` is when it was received, if that is a column's."""

    first_seq: int
    last_seq: int
    feed: int
    subject: str
    message: bytes
    values: tuple[Any, ...]
    micros: int | None = None


class Reject(NamedTuple):
    """A message that cannot be stored, or, without a message, a gap: sequences that the stream no longer has."""

    first_seq: int
    last_seq: int
    subject: str | None
    message: bytes | None
    error: str


class Shared(NamedTuple):
    """A message of several feeds: a row or a reject for each; of none if nobody wants it now."""

    first_seq: int
    last_seq: int
    subject: str
    message: bytes
    parts: tuple[Row | Reject, ...]


Item = Row | Reject | Shared


class Batch:
    """Items of consecutive sequences: each item begins where the one before it ended.

    `micros` is when the stream got the last message in it, in microseconds since 1970, None if that is not known.
    `size` is how many bytes all messages have together.
    """

    __slots__ = ("items", "micros", "size")

    def __init__(self, items: Iterable[Item], size: int = 0, micros: int | None = None) -> None:
        self.items = list(items)
        self.size = size
        self.micros = micros

    @property
    def first_seq(self) -> int:
        """The first sequence that the batch covers."""
        return self.items[0].first_seq

    @property
    def last_seq(self) -> int:
        """The last sequence that the batch covers."""
        return self.items[-1].last_seq

    def has_room(self, size: int) -> bool:
        """True if a message of `size` bytes still fits; one alone always does."""
        return len(self.items) < MAX_MESSAGES and self.size + size <= MAX_BYTES

    def add(self, item: Item, size: int) -> None:
        """Append an item of `size` bytes."""
        self.items.append(item)
        self.size += size

    def halves(self) -> tuple["Batch", "Batch"]:
        """The batch in two, in order; it must have more than one item."""
        middle = len(self.items) // 2
        first, second = self.items[:middle], self.items[middle:]
        return Batch(first, _size(first)), Batch(second, _size(second), self.micros)


def _size(items: list[Item]) -> int:
    return sum(len(item.message or b"") for item in items)
