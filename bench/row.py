"""A row of the table: what was measured, and the check that it was right."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.load import Load
from bench.servers import Servers


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the command line."""

    seconds: float
    gateways: int
    connections: int
    returning: int


@dataclass(slots=True)
class Row:
    """`figures` are for the screen, in words; `data` is for the JSON and the plots."""

    title: str
    figures: list[str] = field(default_factory=list)
    check: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bench:
    """What every row is given: running servers, the options, a way to report progress, and the rows before it."""

    servers: Servers
    options: Options
    say: Callable[[str], None]
    rows: Mapping[str, Row]

    def say_load(self, load: Load) -> None:
        """Report a load that has ended."""
        self.say(describe(load))


def describe(load: Load) -> str:
    """A load in words."""
    kept = "" if load.is_sustained else f", not sustained: {load.throughput:,.0f}/s came through"
    return (
        f"{load.wanted_rate:,.0f} messages/s, {load.deliveries_rate:,.0f} deliveries/s, "
        f"p50 {milliseconds(load.p50)}, p99 {milliseconds(load.p99)}{kept}"
    )


def milliseconds(seconds: float) -> str:
    """A latency as a person reads it."""
    return f"{seconds * 1000:.1f} ms"


def latency(load: Load | None) -> str:
    """A load's latencies, to be put after its rate; empty if there is no load."""
    return "" if load is None else f", p50 {milliseconds(load.p50)}, p99 {milliseconds(load.p99)}"


def checked(loads: Sequence[Load], users: int, which: str = "all") -> str:
    """What each of these loads has checked; otherwise it would have ended in an error."""
    messages = sum(load.messages for load in loads)
    return f"{messages:,} published = stored; each of {users:,} users got {which} of them, in order, none missing"
