"""Rows of a feed that lines tell of, of which each group of rooms gets some."""

from collections.abc import Sequence
from itertools import compress

from gateway.selection import Selection, Wrapped


class Batch:
    """Rows, wrapped, by their place in the batch.

    None is one whose message is not known here: it was too large to be sent along, or no room of any gateway gets it.
    """

    def __init__(self, keys: list[int], bodies: Sequence[bytes | None]) -> None:
        self.keys = keys
        self._bodies = bodies
        # A byte for each row, read as a number; those that are not known are empty there, and are never selected.
        self._unknown = int.from_bytes(bytes(body is None for body in bodies), "big")
        self._known = Wrapped([body or b"" for body in bodies])

    def select(self, marks: bytes) -> Selection | None:
        """The rows that are marked with 1, one byte for each row; None if one of them is not known."""
        if self._unknown and int.from_bytes(marks, "big") & self._unknown:
            return None
        return Selection(self._known, marks)

    def marked(self, marks: bytes) -> list[tuple[int, bytes | None]]:
        """Keys and messages of the rows that are marked."""
        return [*zip(compress(self.keys, marks), compress(self._bodies, marks), strict=True)]
