"""Counts of what was measured, by size: as cheap as can be where it is counted, made into a metric when asked for."""

from bisect import bisect_left
from collections.abc import Sequence

LATENCIES = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Upper bounds in seconds, from what a fast machine does at best to what is an outage."""
SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
"""Upper bounds of how many go together."""


class Histogram:
    """How many were at most as large as each bound, and how much all were together."""

    __slots__ = ("_bounds", "_counts", "sum")

    def __init__(self, bounds: Sequence[float] = LATENCIES) -> None:
        self._bounds = tuple(bounds)
        # One more than bounds, each without those before it.
        self._counts = [0] * (len(self._bounds) + 1)
        self.sum = 0.0

    @property
    def count(self) -> int:
        """How many were measured."""
        return sum(self._counts)

    def observe(self, value: float) -> None:
        """Count one. What is below 0, as between two clocks that differ, counts as 0."""
        if value < 0:
            value = 0.0
        self._counts[bisect_left(self._bounds, value)] += 1
        self.sum += value

    def observe_since(self, began: list[float], now: float) -> None:
        """Count how long ago each of these was; for thousands at once, a microsecond for each dozen of them."""
        began.sort()
        # None began later than now, as above.
        upto = bisect_left(began, now)
        self.sum += upto * now - sum(began[:upto])
        self._counts[0] += len(began) - upto
        for place, bound in enumerate(self._bounds):
            # Of those before `upto` the later ones took less.
            first = bisect_left(began, now - bound, 0, upto)
            self._counts[place] += upto - first
            upto = first
        self._counts[-1] += upto

    def buckets(self) -> list[tuple[str, float]]:
        """As Prometheus has them: each bound with how many were at most that, the last of them +Inf."""
        total = 0
        found = []
        for bound, count in zip((*self._bounds, float("inf")), self._counts, strict=True):
            total += count
            found.append((_written(bound), float(total)))
        return found


def _written(bound: float) -> str:
    return "+Inf" if bound == float("inf") else str(float(bound))
