"""What a bridge has done since it began, and where it is, as plain numbers: told by bridge/metrics.py."""

import time
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from bridge.batch import Batch, Reject, Row, Shared
from bridge.feed import Feed
from runtime.histogram import SIZES, Histogram

MICROSECONDS = 1_000_000


class Waiting(Protocol):
    """What is told of the intake."""

    messages: int
    bytes: int


class Reading(Protocol):
    """What is told of the source."""

    @property
    def newest_seq(self) -> int:
        """The newest sequence that it is known to have."""


class Tally:
    """All counts of one bridge."""

    def __init__(self) -> None:
        # Of the present connection to NATS; None while there is none that works.
        self.intake: Waiting | None = None
        self.source: Reading | None = None
        # When that began or ended, and since when Postgres has had the batch that it has, by the monotonic clock.
        self.turned_at = time.monotonic()
        self.storing_since: float | None = None
        # Up to which sequence all is stored.
        self.position = 0
        # What the map calls its Postgres, once that was asked; None if there is no other.
        self.server: str | None = None
        # Connections that were made.
        self.nats_connections = 0
        self.postgres_connections = 0
        # When Postgres last answered, by the monotonic clock, and what it said of itself.
        self.answered_at = time.monotonic()
        self.is_read_only = False
        self.batches = 0
        self.batch_rows = Histogram(SIZES)
        self.store_seconds = Histogram()
        self.publish_to_commit = Histogram()
        # By the feed's name.
        self.rows: Counter[str] = Counter()
        self.message_bytes = 0
        self.rejects = 0
        self.lost = 0

    def start(self, intake: Waiting, source: Reading) -> None:
        """Messages come, and Postgres takes them."""
        self.intake, self.source = intake, source
        self.turned_at = time.monotonic()

    def stop(self) -> None:
        """They do not, for now."""
        self.intake = self.source = self.storing_since = None
        self.turned_at = time.monotonic()

    def store(self, feeds: Sequence[Feed], batch: Batch) -> None:
        """A batch is stored, rejects included. This runs for every message: one pass, and no call for each."""
        counts = [0] * len(feeds)
        moments = []
        for item in batch.items:
            if item.__class__ is Row:
                counts[item.feed] += 1
                moments.append(item.micros)
            else:
                self._store_other(item, counts)
        self.batches += 1
        self.batch_rows.observe(sum(counts))
        self.message_bytes += batch.size
        for feed, count in zip(feeds, counts, strict=True):
            if count:
                self.rows[feed.name] += count
        known = [micros / MICROSECONDS for micros in moments if micros is not None]
        self.publish_to_commit.observe_since(known, time.time())

    def _store_other(self, item: Row | Reject | Shared, counts: list[int]) -> None:
        for part in item.parts if isinstance(item, Shared) else (item,):
            if isinstance(part, Row):
                counts[part.feed] += 1
            elif part.message is None:
                self.lost += part.last_seq - part.first_seq + 1
            else:
                self.rejects += 1

    def lag(self) -> int:
        """How many sequences of the stream are yet to be stored; 0 while nothing is known of it."""
        return 0 if self.source is None else max(0, self.source.newest_seq - self.position)


TALLY = Tally()
"""That of this process."""
