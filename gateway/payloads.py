"""The texts of notifications, as db/functions/notify_contents.sql and deliver_feed_rows.sql write them."""

from binascii import a2b_base64
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contents:
    """Numbered messages: sequences of a room, or row keys of a feed. None is a message too large to be sent along."""

    numbers: list[int]
    messages: list[bytes | None]


@dataclass(frozen=True, slots=True)
class RowKeys:
    """Rows of a feed that a room got, from first_seq on. No keys means that they did not fit: read the room's log."""

    first_seq: int
    feed_id: int
    keys: list[int]


def parse(payload: str) -> Contents | RowKeys:
    """Raises ValueError for a text that no function of ours sent: anybody with a login can NOTIFY."""
    kind, _, rest = payload.partition(" ")
    if kind == "C":
        numbers, *tokens = rest.split(" ")
        contents = Contents(parse_ranges(numbers, 0), [a2b_base64(token) if token else None for token in tokens])
        if len(contents.numbers) != len(contents.messages):
            raise ValueError("as many messages as numbers were expected")
        return contents
    if kind == "R":
        first_seq, feed_id, base, ranges = rest.split(" ")
        return RowKeys(int(first_seq), int(feed_id), parse_ranges(ranges, int(base)) if ranges else [])
    raise ValueError(f"unknown kind of notification {kind[:20]!r}")


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
