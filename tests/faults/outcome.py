"""What a fault led to: counts for the table, and everything that was not as promised."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Outcome:
    """One row of the table. A fault that could not be shown to have happened is a failure too.

    `patience` is by how much limits of time are stretched: 1 in the table, more in tests that share a busy machine.
    """

    fault: str
    patience: float = 1.0
    counts: dict[str, Any] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def count(self, **counts: Any) -> None:
        """Note figures, in the order in which they are shown."""
        self.counts |= counts

    def require(self, holds: bool, promise: str) -> None:
        """Note a failure unless the promise holds."""
        if not holds:
            self.failures.append(promise)

    def require_within(self, seconds: float, limit: float, promise: str) -> None:
        """Note a failure unless something took at most `limit` seconds."""
        self.require(seconds <= limit * self.patience, f"{promise}; it took {seconds:.1f} s")

    def differing(self, **promised: Any) -> dict[str, Any]:
        """Those of the counts that are not as promised."""
        return {name: self.counts.get(name) for name, value in promised.items() if self.counts.get(name) != value}

    @property
    def is_passed(self) -> bool:
        """Whether everything was as promised."""
        return not self.failures

    def __str__(self) -> str:
        counts = ", ".join(f"{name.replace('_', ' ')} {_short(value)}" for name, value in self.counts.items())
        failures = "".join(f"\n      NOT: {failure}" for failure in self.failures)
        return f"{'pass' if self.is_passed else 'FAIL'}  {self.fault}\n      {counts}{failures}"


def _short(value: Any) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)
