"""When the next messages are due, so that they really go out at the rate that was asked for."""

MAX_BACKLOG = 1.0
TICK = 0.004


class Pace:
    """A schedule of `rate` messages per second. The caller passes in the clock's readings, in seconds.

    Message n is due at start + n / rate, an absolute time, so late wake-ups don't add up to a drift. If the process
    stalled, what fell due in the last MAX_BACKLOG seconds is made up for; the rest is skipped, since no real feed would
    send such a burst.
    """

    def __init__(self, rate: float, start: float) -> None:
        if rate <= 0:
            raise ValueError(f"a pace needs a rate above 0, not {rate}")
        self._rate = rate
        # When counting began, and how many messages are done since. Skipping moves the beginning.
        self._start = start
        self._done = 0

    def take_due(self, now: float) -> int:
        """How many messages are due at `now`; they count as done."""
        overdue = now - MAX_BACKLOG - self._due_at(self._done + 1)
        if overdue > 0:
            self._start += overdue
        due = max(0, int((now - self._start) * self._rate) - self._done)
        self._done += due
        return due

    def skip(self, now: float) -> None:
        """Skip all that is due at `now`: there is no connection to send it on."""
        self._start = now
        self._done = 0

    def wait(self, now: float) -> float:
        """How many seconds to sleep from `now`: to the next message, or one TICK to gather a small burst."""
        return max(TICK, self._due_at(self._done + 1) - now)

    def _due_at(self, number: int) -> float:
        return self._start + number / self._rate
