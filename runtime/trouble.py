"""What ails this process at present: what it waits for, and faults of late. Its report has it (runtime/report.py)."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Trouble:
    """Something that is not as it should be, in words for a person."""

    what: str
    reason: str
    # Unix time.
    since: float
    # By the clock of Troubles; None for what lasts until it is said to be over.
    until: float | None = None
    # Whether the process does its work but for this, as a bridge does that leaves one feed out.
    is_partial: bool = False


RUNNING = "running"
STANDING_BY = "stands by"


class Troubles:
    """A list of troubles, by what they are about; `times` counts how often each has begun.

    `doing` is what the process does while nothing ails it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.times: Counter[str] = Counter()
        self.doing = RUNNING
        self._clock = clock
        self._all: dict[str, Trouble] = {}

    def begin(self, what: str, reason: str, *, is_partial: bool = False) -> None:
        """Something is amiss, or is so for another reason than before, until `end`."""
        self._note(what, reason, None, is_partial)

    def mention(self, what: str, reason: str, seconds: float) -> None:
        """Something went wrong just now: it counts as present for so many seconds."""
        self._note(what, reason, self._clock() + seconds)

    def end(self, what: str) -> None:
        """It is over."""
        self._all.pop(what, None)

    def present(self) -> list[Trouble]:
        """What is amiss now, the oldest first."""
        now = self._clock()
        for trouble in tuple(self._all.values()):
            if trouble.until is not None and trouble.until <= now:
                del self._all[trouble.what]
        return [*self._all.values()]

    def _note(self, what: str, reason: str, until: float | None, is_partial: bool = False) -> None:
        known = self._all.get(what)
        if known is None:
            self.times[what] += 1
            self._all[what] = Trouble(what, reason, time.time(), until, is_partial)
        else:
            known.reason, known.until, known.is_partial = reason, until, is_partial


TROUBLES = Troubles()
"""Those of this process."""
