"""The figures of a swarm."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Traffic:
    """What all users of a swarm did and got, together.

    Latencies are seconds from sending a comment to its return. `lost` and `refusals` count by reason.
    """

    deliveries: int = 0
    comments_sent: int = 0
    comments_received: int = 0
    comments_refused: int = 0
    resumes: int = 0
    truncated: int = 0
    latencies: list[float] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    rooms_full: int = 0


def percentile(values: list[float], share: float) -> float:
    """The smallest value that `share` (0 to 1) of the values do not exceed; NaN if there are none."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def milliseconds(seconds: float) -> str:
    """A latency as a person reads it; `-` for NaN."""
    return f"{seconds * 1000:.1f} ms" if seconds == seconds else "-"
