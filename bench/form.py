"""What the messages of a benchmark's feed have in common, so that they are made and read by their digits alone.

All of one form have the same length. Each holds its number and the time of its sending in so many digits, with a space
between; what stands before them is one of a thousand beginnings, which take turns, and what follows is always the same.
"""

from collections.abc import Callable, Sequence

TITLES = 1000
NUMBER_DIGITS = 12
TIME_DIGITS = 19


class Form:
    """The messages that `make` makes of a number and a time in nanoseconds; their digits begin at `digits_at`."""

    def __init__(self, make: Callable[[int, int], bytes], digits_at: int) -> None:
        empty = make(0, 0)
        self.size = len(empty)
        self.number = slice(digits_at, digits_at + NUMBER_DIGITS)
        self.time = slice(self.number.stop + 1, self.number.stop + 1 + TIME_DIGITS)
        self.heads = [make(number, 0)[:digits_at] for number in range(TITLES)]
        self.tail = empty[self.time.stop :]


class Publication:
    """Makes messages by filling in digits, a hundred times faster than `make`, as NATS takes them.

    The subjects take turns; there are at most as many as beginnings, and of these a multiple.
    """

    def __init__(self, form: Form, subjects: Sequence[str]) -> None:
        turns = [subject.encode() for subject in subjects] * (TITLES // len(subjects))
        self._heads = [
            b"PUB %b %d\r\n%b" % (subject, form.size, head) for subject, head in zip(turns, form.heads, strict=True)
        ]
        self._tail = form.tail + b"\r\n"

    def fill(self, first: int, count: int, time_ns: int) -> bytes:
        """`count` messages from number `first` on, one after the other."""
        heads, tail = self._heads, b" %019d" % time_ns + self._tail
        return b"".join([heads[number % TITLES] + b"%012d" % number + tail for number in range(first, first + count)])
