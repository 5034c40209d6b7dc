"""What a load consists of, and what each part does for it, in units whose processor time is constant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

UNITS = ("seconds", "rows", "batches", "offered", "looked_at", "touched", "passed", "deliveries")
"""What work is counted in:

- seconds: being there, with nothing to do
- rows: messages of the feed
- batches: of these, as a bridge stored them
- offered: a batch for each different filter
- looked_at: a row for each different filter
- touched: a group of rooms for each batch of which it got something
- passed: a room for each row that it got
- deliveries: a member for each row of their room
"""
SHARED = ("publisher", "nats-server", "gateway", "bystander", "crowd")
"""Parts that there are once, however many servers there are; the others are there for each server."""
DOES = {
    "publisher": ("rows",),
    "nats-server": ("seconds", "rows", "batches"),
    "bridge": ("seconds", "rows", "batches"),
    "postgres: bridge": ("rows", "batches", "offered", "looked_at", "touched", "passed"),
    "postgres: others": ("seconds", "rows", "touched", "passed"),
    "gateway": ("seconds", "batches", "touched", "passed", "deliveries"),
    "bystander": ("seconds", "batches", "touched"),
    "crowd": ("seconds", "touched", "deliveries"),
}
"""Of each part, what its work depends on; the bystander is a gateway whose members are in none of the rooms."""


Constants = dict[str, dict[str, float]]
"""By part and unit: processor seconds."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """Occupied rooms, all with different filters, of which each passes `width` of the feed's `titles` in turn."""

    count: int
    width: int
    members: int
    titles: int

    def touched(self, batch: float, rooms: float) -> float:
        """How many of so many rooms get something of a batch; its titles follow each other."""
        return rooms * min(1.0, (self.width + batch - 1) / self.titles)

    @property
    def passed(self) -> float:
        """How many rooms get a row."""
        return self.count * self.width / self.titles


@dataclass(slots=True)
class Work:
    """So many units of each kind."""

    seconds: float = 0.0
    rows: float = 0.0
    batches: float = 0.0
    offered: float = 0.0
    looked_at: float = 0.0
    touched: float = 0.0
    passed: float = 0.0
    deliveries: float = 0.0

    def of(self, units: Iterable[str]) -> list[float]:
        """The numbers of these kinds of units."""
        return [getattr(self, unit) for unit in units]


def of_batch(rooms: Rooms, batch: float, servers: int) -> Work:
    """What a batch of so many rows means for one of so many servers, and for all that follows."""
    share = rooms.count / servers
    passed = batch * rooms.passed / servers
    return Work(0.0, batch, 1.0, share, batch * share, rooms.touched(batch, share), passed, passed * rooms.members)


def cost(constants: Mapping[str, float], work: Work) -> float:
    """Processor seconds of a part for some work."""
    return sum(seconds * units for seconds, units in zip(constants.values(), work.of(constants), strict=True))
