"""The texts of notifications, as db/functions/notify_contents.sql and notify_rooms.sql write them."""

from binascii import a2b_base64
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contents:
    """Numbered messages: sequences of a room, or row keys of a feed. None is a message too large to be sent along."""

    numbers: list[int]
    messages: list[bytes | None]


@dataclass(frozen=True, slots=True)
class Line:
    """Rows of a feed and the rooms that get them, each from a sequence on.

    No keys means that they did not fit: read the rooms' logs.
    """

    keys: list[int]
    rooms: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Lines:
    """Which rooms get what of the messages that came before on a feed's channel."""

    lines: list[Line]


def parse(payload: str) -> Contents | Lines:
    """Raises ValueError for a text that no function of ours sent: anybody with a login can NOTIFY."""
    kind, _, rest = payload.partition(" ")
    if kind == "C":
        numbers, *tokens = rest.split(" ")
        contents = Contents(parse_ranges(numbers, 0), [a2b_base64(token) if token else None for token in tokens])
        if len(contents.numbers) != len(contents.messages):
            raise ValueError("as many messages as numbers were expected")
        return contents
    if kind == "R":
        base, *lines = rest.split(" ")
        return Lines([parse_line(line, int(base)) for line in lines])
    raise ValueError(f"unknown kind of notification {kind[:20]!r}")


def parse_line(text: str, base: int) -> Line:
    """`0-9,12=3:70,5:1`: keys less the base, then rooms with the first sequence of each."""
    ranges, equals, rooms = text.partition("=")
    if not equals:
        raise ValueError("a line without rooms")
    pairs = [room.split(":") for room in rooms.split(",")]
    return Line(parse_ranges(ranges, base) if ranges else [], [(int(room), int(seq)) for room, seq in pairs])


def parse_ranges(text: str, base: int) -> list[int]:
    """`0-9,12` as the numbers base to base + 9, and base + 12."""
    numbers: list[int] = []
    for part in text.split(","):
        low, dash, high = part.partition("-")
        if dash:
            numbers += range(base + int(low), base + int(high) + 1)
        else:
            numbers.append(base + int(low))
    return numbers
