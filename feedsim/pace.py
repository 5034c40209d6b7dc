"""When the next messages are due, so that a rate asked for is the rate that comes out."""

MAX_BACKLOG = 1.0
TICK = 0.004


class Pace:
    """A schedule of `rate` messages a second on a clock whose readings (seconds) the caller passes in.

    Message n is due at start + n / rate: absolute, so late wake-ups don't add up to a drift. What fell due while the
    process stalled is made up for, but for no more than MAX_BACKLOG seconds; what is older is given up, since a burst
    of it would say nothing true about the feed.
    """

    def __init__(self, rate: float, start: float) -> None:
        if rate <= 0:
            raise ValueError(f"a pace needs a rate above 0, not {rate}")
        self._rate = rate
        self._start = start
        self._done = 0

    def take_due(self, now: float) -> int:
        """Return how many messages are due at `now` and count them as done."""
        overdue = now - MAX_BACKLOG - self._due_at(self._done + 1)
        if overdue > 0:
            self._start += overdue
        due = max(0, int((now - self._start) * self._rate) - self._done)
        self._done += due
        return due

    def skip(self, now: float) -> None:
        """Give up all that is due at `now`: nobody was there to take it."""
        self._start = now
        self._done = 0

    def wait(self, now: float) -> float:
        """Return how many seconds to sleep from `now`: to the next message, or one TICK to gather a small burst."""
        return max(TICK, self._due_at(self._done + 1) - now)

    def _due_at(self, number: int) -> float:
        return self._start + number / self._rate
