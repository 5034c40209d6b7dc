"""How often something may be done."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Allowance:
    """A token bucket: `burst` at once, then `rate` per second."""

    rate: float
    burst: float
    clock: Callable[[], float] = time.monotonic
    _left: float = field(init=False)
    _at: float = field(init=False)

    def __post_init__(self) -> None:
        self._left = self.burst
        self._at = self.clock()

    def has_one(self) -> bool:
        """Whether one more is allowed now."""
        now = self.clock()
        self._left = min(self.burst, self._left + (now - self._at) * self.rate)
        self._at = now
        return self._left >= 1

    def take(self, count: int = 1) -> bool:
        """Use so many up; whether it was allowed, which it is if there is one: what is over is owed."""
        if not self.has_one():
            return False
        self._left -= count
        return True

    def owe(self, count: int) -> None:
        """Use so many up that were done already."""
        self._left -= count

    def seconds_to_one(self) -> float:
        """How long until one more is allowed."""
        return 0.0 if self.has_one() else (1 - self._left) / self.rate
