"""The rates as a screen of text."""

from collections.abc import Iterable, Sequence

from edgechat.top.rates import Rates

FEEDS = ("feed", "rows/s", "rows", "filters", "us/row", "rooms filter", "suspended", "state")
ROOMS = ("room", "users", "messages/s", "messages", "filters")
DEAREST = ("us/row", "rooms", "feed", "filter")


def render(rates: Rates, lines: int, columns: int) -> str:
    """Everything that fits on so many lines of so many columns: all feeds, and the busiest rooms."""
    waiting = "unknown: JetStream does not answer" if rates.waiting is None else f"{rates.waiting:,}"
    users = sum(room.users for room in rates.rooms)
    live = sum(room.live for room in rates.rooms)
    head = [
        f"rooms: {len(rates.rooms):,}, of these live: {live:,}; users in them: {users:,}; "
        f"waiting in the stream: {waiting}",
        "",
        *_table(
            FEEDS,
            (
                (
                    feed.feed, f"{feed.rows_per_second:,.1f}", f"{feed.rows:,}", f"{feed.filters_routed:,}",
                    "" if feed.us_per_row is None else f"{feed.us_per_row:.2f}", f"{feed.rooms_filtering:,}",
                    f"{feed.rooms_suspended:,}", feed.state,
                )
                for feed in rates.feeds
            ),
            texts=(0, 7),
        ),
    ]  # fmt: skip
    if rates.dearest_filters:
        head += [
            "",
            *_table(
                DEAREST,
                (
                    (f"{row['us_per_row']:.3f}", f"{row['rooms']:,}", row["feed"], row["canonical"])
                    for row in rates.dearest_filters
                ),
                texts=(2, 3),
            ),
        ]
    room_rows = [
        (
            str(room.room), f"{room.users}/{room.max_users}", f"{room.messages_per_second:,.1f}",
            f"{room.messages:,}", room.filters or "",
        )
        for room in rates.rooms
    ]  # fmt: skip
    fitting = max(1, lines - len(head) - 3)
    more = len(room_rows) - fitting
    rooms = _table(ROOMS, room_rows[:fitting], texts=(4,))
    tail = [f"and {more:,} rooms more"] if more > 0 else []
    return "\n".join(_cut(line, columns) for line in (*head, "", *rooms, *tail))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], texts: tuple[int, ...]) -> list[str]:
    """Columns that are numbers end alike; `texts` begin alike."""
    table = [tuple(head), *(tuple(" ".join(cell.split()) for cell in row) for row in rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    return [
        "  ".join(
            cell.ljust(width) if column in texts else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]


def _cut(line: str, columns: int) -> str:
    return line if len(line) <= columns else line[: columns - 1] + "…"
