"""Messages on their way to a room's members: made into frames once for each encoding, and only if somebody takes it."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from gateway.encoding.encoding import Encoding
from gateway.selection import Selection


class Parcel(ABC):
    """Some of a room's messages, `count` of them, one right behind the other.

    `has_added` says that rows of feeds that were added are among them.
    """

    __slots__ = ("_frames", "count", "has_added")

    def __init__(self, count: int, has_added: bool) -> None:
        self.count = count
        self.has_added = has_added
        self._frames: dict[Encoding, bytes] = {}

    def frames(self, encoding: Encoding) -> bytes:
        """The frames, joined."""
        frames = self._frames.get(encoding)
        if frames is None:
            is_shared = encoding.common is not encoding and not self.has_added
            frames = self.frames(encoding.common) if is_shared else self._make(encoding)
            self._frames[encoding] = frames
        return frames

    @abstractmethod
    def _make(self, encoding: Encoding) -> bytes:
        """The frames."""


def join(parcels: Sequence[Parcel], encoding: Encoding) -> bytes:
    """The frames of all of them."""
    if len(parcels) == 1:
        return parcels[0].frames(encoding)
    return b"".join([parcel.frames(encoding) for parcel in parcels])


class Own(Parcel):
    """A message of the room itself."""

    __slots__ = ("_message",)

    def __init__(self, message: bytes) -> None:
        super().__init__(1, has_added=False)
        self._message = message

    def _make(self, encoding: Encoding) -> bytes:
        return encoding.frame(self._message)


class Row(Parcel):
    """A row of a feed, wrapped, out of a room's log."""

    __slots__ = ("_body", "_seq")

    def __init__(self, body: bytes, seq: int, is_added: bool) -> None:
        super().__init__(1, is_added)
        self._body = body
        self._seq = seq

    def _make(self, encoding: Encoding) -> bytes:
        return encoding.rows((self._body,), self._seq)


class Rows(Parcel):
    """Rows of feeds, `count` in all, from a sequence on."""

    __slots__ = ("_first_seq", "_selections")

    def __init__(self, selections: Sequence[Selection], count: int, first_seq: int, has_added: bool) -> None:
        super().__init__(count, has_added)
        self._selections = selections
        self._first_seq = first_seq

    def _make(self, encoding: Encoding) -> bytes:
        return encoding.selected(self._selections, self._first_seq)
