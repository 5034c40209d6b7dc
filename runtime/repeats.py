"""What happens again and again is told once a minute at most, with how often it happened."""

import time
from collections.abc import Callable
from dataclasses import dataclass

REPEAT_SECONDS = 60.0
"""What was told is told again after so long at the earliest."""
MAX_KINDS = 100
"""Kinds that are remembered; the one that was told longest ago is forgotten first."""


@dataclass(slots=True)
class _Kind:
    times: int = 0
    told_at: float = -REPEAT_SECONDS


class Repeats:
    """How often each kind of event was met, and when it was last told."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = MAX_KINDS) -> None:
        self._clock = clock
        self._most = most
        # The one that was told last at the end.
        self._kinds: dict[str, _Kind] = {}

    def __len__(self) -> int:
        """How many kinds are remembered."""
        return len(self._kinds)

    def meet(self, kind: str, now: float | None = None) -> str | None:
        """What to put behind the words if this is to be told now, empty the first time; None if it is not.

        `now` is in seconds, in place of the clock's.
        """
        now = self._clock() if now is None else now
        known = self._kinds.setdefault(kind, _Kind())
        known.times += 1
        if now - known.told_at < REPEAT_SECONDS:
            return None
        known.told_at = now
        self._kinds[kind] = self._kinds.pop(kind)
        if len(self._kinds) > self._most:
            del self._kinds[next(iter(self._kinds))]
        return f" ({known.times} times so far)" if known.times > 1 else ""
