"""Rows of a feed that lines tell of, of which each group of rooms gets some."""

from collections.abc import Sequence
from itertools import compress
from typing import cast

from gateway.selection import Selection, Wrapped


class Batch:
    """Rows, wrapped, by their place in the batch. None is one whose message is not known here."""

    def __init__(self, keys: list[int], bodies: Sequence[bytes | None]) -> None:
        self.keys = keys
        self._bodies = bodies
        # None if some are not known.
        self._whole = None if None in bodies else Wrapped(cast(Sequence[bytes], bodies))

    def select(self, marks: bytes) -> Selection | None:
        """The rows that are marked with 1, one byte for each row; None if one of them is not known."""
        if self._whole is not None:
            return Selection(self._whole, marks)
        marked = [*compress(self._bodies, marks)]
        return None if None in marked else Selection.of(cast(list[bytes], marked))

    def marked(self, marks: bytes) -> list[tuple[int, bytes | None]]:
        """Keys and messages of the rows that are marked."""
        return [*zip(compress(self.keys, marks), compress(self._bodies, marks), strict=True)]
