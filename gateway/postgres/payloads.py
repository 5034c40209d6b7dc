"""The texts of notifications, as SQL writes them: most in db/functions/notify. The first letter tells what one is."""

import re
from binascii import a2b_base64
from collections.abc import Container, Iterable
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

CONTENTS = "C"
"""The content of rows of a feed, on the feed's channel."""
LINES = "G"
"""Which groups of rooms get which of these rows, on the feed's channel."""
MESSAGES = "M"
"""Messages of a room itself, on the room's channel."""
BEHIND = "B"
"""Where a room goes on behind its newest message, on the room's channel (go_on_from.sql)."""
ROWS = "F "
"""How a room is told of its feed rows on its own channel (announce_rows): for other programs. A gateway has the lines,
and passes over it."""
DROP = "D"
"""A membership was taken back by another connection; on the channel of the gateway that had it."""
END = "E"
"""Moderators have a membership end: the connection is closed with a code and a reason; on the same channel."""
ENDING = re.compile(r"(\d{1,19}) (4\d\d\d|1012) (.*)", re.DOTALL | re.ASCII)
"""What END says: a membership, a close code and a reason (end_connection.sql)."""
PROBE = "P"
"""Notifications arrive, no more than that; a gateway sends it to itself."""

MAX_KEYS = 100_000
"""Rows of a batch of which lines are told apart, or a short text could fill the memory; a larger one is read from the
rooms' logs."""
MAX_NUMBER = 2**63 - 1
"""The largest key or sequence: Postgres's bigint ends here."""


@dataclass(frozen=True, slots=True)
class Contents:
    """Rows of a feed, numbered by key. None is a message too large to be sent along."""

    numbers: list[int]
    messages: list[bytes | None]


@dataclass(frozen=True, slots=True)
class Messages(Contents):
    """Messages of a room itself, numbered by sequence; behind the last of them the room is at a place in a group."""

    group_id: int
    place: int


@dataclass(frozen=True, slots=True)
class Behind:
    """Behind the message with this sequence a room is at a place in a group; the message itself was told before."""

    seq: int
    group_id: int
    place: int


class Line(NamedTuple):
    """Rows of a batch and the groups of rooms that get them, each from a place on.

    `marks` has one byte per row of the batch, 1 if it is one of these and else 0; None means that they did not fit or
    were too many: read the rooms' logs.
    """

    marks: bytes | None
    groups: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Lines:
    """Which groups of rooms get what of the batch with these keys, whose messages came before on a feed's channel."""

    keys: list[int]
    lines: list[Line]


def room_channel(room_id: int) -> str:
    """The channel of a room, as chat.room_channel says it: asking for it would be one round trip more for each room."""
    return f"chat_room_{room_id}"


def parse(payload: str, here: Container[int] | None = None) -> Contents | Messages | Behind | Lines:
    """Raises ValueError for a text that no function of ours sent: anybody with a login can NOTIFY.

    Of lines only what they say of the groups that are `here` is read, unless that is None.
    """
    kind, _, rest = payload.partition(" ")
    if kind == CONTENTS:
        numbers, *tokens = rest.split(" ")
        return Contents(*_parse_contents(numbers, tokens))
    if kind == MESSAGES:
        behind, numbers, *tokens = rest.split(" ")
        return Messages(*_parse_contents(numbers, tokens), *_parse_place(behind))
    if kind == BEHIND:
        behind, seq = rest.split(" ")
        return Behind(int(seq), *_parse_place(behind))
    if kind == LINES:
        keys, *lines = rest.split(" ")
        return _parse_lines(keys, lines, here)
    raise ValueError(f"unknown kind of notification {kind[:20]!r}")


def _parse_place(text: str) -> tuple[int, int]:
    group_id, _, place = text.partition(":")
    return int(group_id), int(place)


def _parse_contents(numbers: str, tokens: list[str]) -> tuple[list[int], list[bytes | None]]:
    messages = [a2b_base64(token) if token else None for token in tokens]
    ranges = parse_ranges(numbers)
    if count_numbers(ranges) != len(messages):
        raise ValueError("as many messages as numbers were expected")
    return [*chain.from_iterable(ranges)], messages


def _parse_lines(keys: str, texts: list[str], here: Container[int] | None) -> Lines:
    """Lines like `gA==|3:70,5:1`: the bits of a batch, then groups with the first place of each."""
    ranges = parse_ranges(keys) if keys else []
    size = count_numbers(ranges)
    is_told_apart = size <= MAX_KEYS
    # One text for all lines that say so: each has a byte for every row.
    all_rows = b"\1" * size if is_told_apart else b""
    # By their text: a line has only so many groups, and more of them may get the same.
    marks: dict[str, bytes | None] = {}
    lines: list[Line] = []
    for text in texts:
        bits, bar, groups = text.rpartition("|")
        if not bar:
            raise ValueError("a line without groups")
        places = _parse_places(groups, here)
        if places:
            if bits not in marks:
                marks[bits] = parse_bits(bits, all_rows) if is_told_apart else None
            lines.append(Line(marks[bits], places))
    return Lines([*chain.from_iterable(ranges)] if is_told_apart else [], lines)


def _parse_places(text: str, here: Container[int] | None) -> list[tuple[int, int]]:
    places: list[tuple[int, int]] = []
    for each in text.split(","):
        group, place = each.split(":")
        group_id = int(group)
        if here is None or group_id in here:
            places.append((group_id, int(place)))
    return places


def parse_bits(text: str, all_rows: bytes) -> bytes | None:
    """A byte, 0 or 1, for each bit, the highest of a byte first; `*` sets all, an empty text tells nothing."""
    if not text:
        return None
    if text == "*":
        return all_rows
    bits = a2b_base64(text)
    size = len(all_rows)
    if len(bits) != (size + 7) // 8:
        raise ValueError("as many bits as rows were expected")
    # The one in front keeps leading zeros.
    return bin(int.from_bytes(b"\1" + bits))[3 : 3 + size].encode().translate(_DIGITS)


_DIGITS = bytes.maketrans(b"01", b"\0\1")


def parse_ranges(text: str) -> list[range]:
    """`10-19,22` as the numbers 10 to 19, and 22; not spelled out, for there may be more than memory holds."""
    return [_parse_range(part) for part in text.split(",")]


def _parse_range(text: str) -> range:
    low, dash, high = text.partition("-")
    first = int(low)
    last = int(high) if dash else first
    if last < first:
        raise ValueError(f"the range {first}-{last} runs backwards")
    if last > MAX_NUMBER:
        raise ValueError(f"{last} is no bigint")
    return range(first, last + 1)


def count_numbers(ranges: Iterable[range]) -> int:
    """How many numbers are in ranges; `len` takes no more than a system's index."""
    return sum(numbers.stop - numbers.start for numbers in ranges)
