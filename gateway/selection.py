"""Which of a feed's messages go to a room, without a list of them for each room."""

from collections.abc import Sequence
from itertools import compress

from gateway.frames import with_headers


class Wrapped:
    """Feed messages, wrapped, that were told of together: many rooms get some of them each."""

    __slots__ = ("_headed", "bodies")

    def __init__(self, bodies: Sequence[bytes]) -> None:
        self.bodies = bodies
        # The same behind the headers of their frames, by the bytes that their sequences take.
        self._headed: dict[int, list[bytes]] = {}

    def headed(self, tail: int) -> list[bytes]:
        """All of them, each behind the header of its frame, in which so many bytes follow it."""
        headed = self._headed.get(tail)
        if headed is None:
            headed = self._headed[tail] = with_headers(self.bodies, tail)
        return headed


class Selection:
    """Some of these, `count` of them, in their order: `marks` has a byte for each, 1 if it is among them and else 0."""

    __slots__ = ("_marks", "_wrapped", "count")

    def __init__(self, wrapped: Wrapped, marks: bytes) -> None:
        self._wrapped = wrapped
        self._marks = marks
        self.count = marks.count(1)

    @classmethod
    def of(cls, bodies: Sequence[bytes]) -> "Selection":
        """All of these, and no others."""
        return cls(Wrapped(bodies), b"\1" * len(bodies))

    def bodies(self) -> Sequence[bytes]:
        """The messages, wrapped."""
        return self._of(self._wrapped.bodies)

    def headed(self, tail: int) -> Sequence[bytes]:
        """The messages, each behind the header of its frame, in which so many bytes follow it."""
        return self._of(self._wrapped.headed(tail))

    def behind(self, count: int) -> "Selection":
        """The same without the first so many."""
        return Selection.of(self.bodies()[count:]) if count else self

    def _of(self, all_of_them: Sequence[bytes]) -> Sequence[bytes]:
        if self.count == len(all_of_them):
            return all_of_them
        if self.count == 1:
            return (all_of_them[self._marks.index(1)],)
        return list(compress(all_of_them, self._marks))
