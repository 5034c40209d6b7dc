"""What a gateway has done since it began, as plain numbers: counted where it is done, told by gateway/metrics.py.

Counters of the metrics library take a lock each time, which the way of a message to a thousand members cannot have.
"""

from collections import Counter
from typing import Protocol

from runtime.histogram import Histogram

CUT = 4008
"""The close code of those that do not read (gateway/closing.py)."""
NO_CLOSE_FRAME = 1006
"""For a connection that ended without a word (RFC 6455, section 7.4.1)."""
OWN_CODES = range(4000, 4010)
KNOWN_CODES = {*range(1000, 1016), *OWN_CODES}
"""The others, of which clients may choose three thousand, count as one."""


class Outgoing(Protocol):
    """What is counted of a connection's outgoing side."""

    is_cut: bool

    @property
    def written(self) -> int:
        """Bytes that were written so far."""

    @property
    def waiting(self) -> tuple[int, int]:
        """Bytes that the socket has not taken yet, and those held back."""


class Tally:
    """All counts of one gateway."""

    def __init__(self) -> None:
        # Connections that are open, and how many there ever were.
        self.outgoing: set[Outgoing] = set()
        self.connections = 0
        # Bytes that were written to those that are not open any more.
        self.bytes_before = 0
        self.closes: Counter[str] = Counter()
        # By the HTTP status.
        self.handshakes_refused: Counter[str] = Counter()
        self.slow_clients_cut = 0
        # Messages of rooms, times those that each was written to.
        self.deliveries = 0
        self.commit_to_socket = Histogram()
        # By the letter of their kind (gateway/postgres/payloads.py).
        self.notifications: Counter[str] = Counter()
        self.notify_round_trip = Histogram()
        # Connections that were made to listen to Postgres.
        self.relistens = 0
        # By the feed's name.
        self.rows: Counter[str] = Counter()
        self.joins = 0
        self.resumes = 0
        self.comments = 0
        self.filters_set = 0
        self.refusals: Counter[str] = Counter()
        self.faults = 0

    def begin(self, outgoing: Outgoing) -> None:
        """A connection is open."""
        self.connections += 1
        self.outgoing.add(outgoing)

    def end(self, outgoing: Outgoing, code: int | None) -> None:
        """It has ended, with this close code."""
        self.outgoing.discard(outgoing)
        self.bytes_before += outgoing.written
        code = CUT if outgoing.is_cut else code or NO_CLOSE_FRAME
        self.closes[str(code) if code in KNOWN_CODES else "other"] += 1

    def bytes_written(self) -> int:
        """To all connections that there ever were."""
        return self.bytes_before + sum(outgoing.written for outgoing in self.outgoing)


TALLY = Tally()
"""That of this process."""
