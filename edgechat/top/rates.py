"""What happened between two samples."""

from dataclasses import dataclass
from typing import Any

from edgechat.top.sample import Cost, Sample


@dataclass(frozen=True, slots=True)
class FeedRates:
    """A feed: rows stored per second and in all, its filters, and what they cost per row in microseconds."""

    feed: str
    state: str
    rows_per_second: float
    rows: int
    filters_routed: int
    rooms_filtering: int
    rooms_suspended: int
    us_per_row: float | None


@dataclass(frozen=True, slots=True)
class RoomRates:
    """A room: messages per second and in all, who is in it, and its filters in one text; null where it has none."""

    room: int
    users: int
    max_users: int
    live: bool
    messages_per_second: float
    messages: int
    filters: str | None


@dataclass(frozen=True, slots=True)
class Rates:
    """What went on for `seconds`; rooms with most messages first."""

    seconds: float
    waiting: int | None
    feeds: list[FeedRates]
    rooms: list[RoomRates]
    dearest_filters: list[dict[str, Any]]


def compare(before: Sample, after: Sample, cost: Cost | None) -> Rates:
    """The rates from one sample to the next. A feed or room that was not there before has 0."""
    seconds = max(after.at - before.at, 0.001)
    rows = {feed["feed"]: feed["rows"] for feed in before.feeds}
    messages = {room["room"]: room["messages"] for room in before.rooms}

    def rate(former: int | None, present: int) -> float:
        return 0.0 if former is None else round(max(0, present - former) / seconds, 1)

    feeds = [
        FeedRates(
            rows_per_second=rate(rows.get(feed["feed"]), feed["rows"]),
            us_per_row=None if cost is None else cost.by_feed.get(feed["feed"], 0.0),
            **feed,
        )
        for feed in after.feeds
    ]
    rooms = [
        RoomRates(messages_per_second=rate(messages.get(room["room"]), room["messages"]), **room)
        for room in after.rooms
    ]
    rooms.sort(key=lambda room: (-room.messages_per_second, -room.users, room.room))
    return Rates(round(seconds, 3), after.waiting, feeds, rooms, [] if cost is None else cost.dearest)
