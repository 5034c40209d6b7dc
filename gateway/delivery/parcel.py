"""Messages on their way to a room's members: made into frames once for each encoding, and only if somebody takes it."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from gateway.encoding.encoding import Encoding


class Parcel(ABC):
    """Some of a room's messages, `count` of them, one right behind the other.

    `has_added` says that rows of feeds that were added are among them.
    """

    def __init__(self, count: int, has_added: bool) -> None:
        self.count = count
        self.has_added = has_added
        self._frames: dict[Encoding, bytes] = {}

    def frames(self, encoding: Encoding) -> bytes:
        """The frames, joined."""
        if not self.has_added:
            encoding = encoding.common
        frames = self._frames.get(encoding)
        if frames is None:
            frames = self._frames[encoding] = self._make(encoding)
        return frames

    @abstractmethod
    def _make(self, encoding: Encoding) -> bytes:
        """The frames."""


class Own(Parcel):
    """A message of the room itself."""

    def __init__(self, message: bytes) -> None:
        super().__init__(1, has_added=False)
        self._message = message

    def _make(self, encoding: Encoding) -> bytes:
        return encoding.frame(self._message)


class Rows(Parcel):
    """Rows of feeds, wrapped, from a sequence on."""

    def __init__(self, bodies: Sequence[bytes], first_seq: int, has_added: bool) -> None:
        super().__init__(len(bodies), has_added)
        self._bodies = bodies
        self._first_seq = first_seq

    def _make(self, encoding: Encoding) -> bytes:
        return encoding.rows(self._bodies, self._first_seq)
