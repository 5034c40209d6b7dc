"""The JSON message of the benchmarks: 250 bytes with five columns of several types.

It is written as Postgres writes its columns as JSON, and its number and time stand in the last one. So clients find the
whole of it at the end of the row that they get, but for the bracket at its beginning.
"""

from bench.form import NUMBER_DIGITS, TIME_DIGITS, TITLES, Form

COLUMNS = "{quantity:integer,price:float,is_open:boolean,opened:timestamp,note:text}"
SIZE = 250
_HEAD = '{"quantity":%d,"price":%d.25,"is_open":%s,"opened":"2026-11-25T10:%02d:%02d+00:00","note":"'
_FIRST = 1000
"""The least quantity and price: with it, all have four digits."""


def make_json(number: int, time_ns: int) -> bytes:
    """The message as the feed publishes it; `time_ns` is Unix time in nanoseconds."""
    count = number % TITLES
    values = (_FIRST + count, _FIRST + count, ("true", "null")[count % 2], *divmod(count, 60))
    text = (_HEAD % values) + f"{number:0{NUMBER_DIGITS}} {time_ns:0{TIME_DIGITS}} "
    return text.ljust(SIZE - 2, "x").encode() + b'"}'


JSON_FORM = Form(make_json, len(_HEAD % (_FIRST, _FIRST, "true", 0, 0)))
