"""The feed message of the benchmarks: a number that counts up, and the time at which it was sent.

It is about as long as the messages of the simulated sport feed (66 bytes on average). All have the same length, so the
number is at the same place in each and is read without decoding.
"""

from proto.event_pb2 import BASEBALL, event

TITLES = 1000
NUMBER_DIGITS = 12
TIME_DIGITS = 19
_TITLE = "TEAM %03d AT HOME"
_DATA = "%0*d %0*d INNING 9 TOP"

TITLE_NUMBER = slice(9, 12)
"""Where it stands in the message: behind the sport, a tag, a size, and the title's first word."""
DATA_AT = 22
NUMBER = slice(DATA_AT, DATA_AT + NUMBER_DIGITS)
TIME = slice(NUMBER.stop + 1, NUMBER.stop + 1 + TIME_DIGITS)


def title(number: int) -> str:
    """The match_title of a message; the titles take turns."""
    return _TITLE % (number % TITLES)


def data_event(number: int, time_ns: int) -> str:
    """The data_event of a message."""
    return _DATA % (NUMBER_DIGITS, number, TIME_DIGITS, time_ns)


def make_event(number: int, time_ns: int) -> bytes:
    """The message as the feed publishes it; `time_ns` is Unix time in nanoseconds."""
    return event(sport=BASEBALL, match_title=title(number), data_event=data_event(number, time_ns)).SerializeToString()


EVENT_BYTES = len(make_event(0, 0))


class EventForm:
    """Makes the same messages by filling in digits, a hundred times faster; each is put between `head` and `tail`."""

    def __init__(self, head: bytes, tail: bytes) -> None:
        self._tail = make_event(0, 0)[TIME.stop :] + tail
        self._heads = [head + make_event(number, 0)[:DATA_AT] for number in range(TITLES)]

    def fill(self, first: int, count: int, time_ns: int) -> bytes:
        """`count` messages from number `first` on, one after the other."""
        heads, tail = self._heads, b" %019d" % time_ns + self._tail
        return b"".join([heads[number % TITLES] + b"%012d" % number + tail for number in range(first, first + count)])
