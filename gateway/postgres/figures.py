"""What Postgres tells of itself and of all gateways together, asked now and then, so that no scrape waits for it."""

import asyncio
import time

from gateway.errors import GatewayError
from gateway.postgres.database import Database

PAUSE = 3.0
"""Seconds between two questions."""
MOST_SHARE = 20
"""What took long is asked again after so many times as long: a twentieth of a session is spent on it."""
LONGEST_PAUSE = 20.0
"""But not later, before they are too old: an answer that waited for a frozen server says nothing of the next."""
OLDEST = 30.0
"""Seconds after which figures are told no more: none is better than a wrong one."""

Labels = tuple[str, ...]


class Figures:
    """The figures that were told last."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # By name and labels, and when they were read by the monotonic clock; None before the first time.
        self._all: dict[str, dict[Labels, float]] = {}
        self._read_at: float | None = None

    @property
    def age(self) -> float:
        """Seconds since they were read; infinite if they never were."""
        return float("inf") if self._read_at is None else time.monotonic() - self._read_at

    @property
    def is_read_only(self) -> bool:
        """Whether Postgres took no writes when it was asked last."""
        return self._all.get("read_only", {}).get((), 0.0) > 0

    def named(self, name: str) -> dict[Labels, float]:
        """The values of one figure by the values of its labels; none if they are too old."""
        return self._all.get(name, {}) if self.age <= OLDEST else {}

    async def run(self) -> None:
        """Ask for ever. What is wrong if there is no answer, others say."""
        while True:
            began = time.monotonic()
            try:
                rows = await self._database.list_figures()
            except GatewayError:
                rows = []
            now = time.monotonic()
            if rows:
                self._all = {}
                for name, labels, value in rows:
                    self._all.setdefault(name, {})[tuple(labels)] = value
                self._read_at = now
            await asyncio.sleep(pause(now - began) if rows else PAUSE)


def pause(took: float) -> float:
    """Seconds until the next question, after an answer that took so many."""
    return min(max(PAUSE, MOST_SHARE * took), LONGEST_PAUSE)
