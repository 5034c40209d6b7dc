"""The feed message of the benchmarks: a number that counts up, and the time at which it was sent.

It is about as long as the messages of the simulated sport feed (66 bytes on average). All have the same length, so the
number is at the same place in each and is read without decoding.
"""

from bench.form import NUMBER_DIGITS, TIME_DIGITS, TITLES, Form
from proto.event_pb2 import BASEBALL, event

_TITLE = "TEAM %03d AT HOME"

TITLE_NUMBER = slice(9, 12)
"""Where it stands in the message: behind the sport, a tag, a size, and the title's first word."""


def title(number: int) -> str:
    """The match_title of a message; the titles take turns."""
    return _TITLE % (number % TITLES)


def data_event(number: int, time_ns: int) -> str:
    """The data_event of a message."""
    return f"{number:0{NUMBER_DIGITS}} {time_ns:0{TIME_DIGITS}} INNING 9 TOP"


def make_event(number: int, time_ns: int) -> bytes:
    """The message as the feed publishes it; `time_ns` is Unix time in nanoseconds."""
    return event(sport=BASEBALL, match_title=title(number), data_event=data_event(number, time_ns)).SerializeToString()


EVENT_FORM = Form(make_event, 22)
