"""A feed as one gateway sees it: the messages that the lines to come may name."""

from dataclasses import dataclass, field

from gateway.delivery.batch import Batch
from gateway.frames import wrap_feed_message
from gateway.postgres import payloads
from gateway.postgres.records import FeedListing
from gateway.tally import TALLY

MAX_KEPT_BODIES = 8192
"""Feed messages kept for lines that may yet name them, if no line comes to end their transaction."""


@dataclass(slots=True)
class Feed:
    """A feed's present messages, wrapped, by row key.

    A transaction's messages come before the groups' lines that name them, so the first message behind such a line
    belongs to another transaction and the older ones are not needed any more.
    """

    # What Postgres last said of it; `feed_id`, `msgtype`, fields and channel never change.
    listing: FeedListing
    # Messages of the transaction that is being told of.
    bodies: dict[int, bytes] = field(default_factory=dict)
    # Set once a line has come: the next message belongs to another transaction.
    is_spent: bool = False
    # What lines were last told of: a transaction has a few notifications of lines, all of the same rows.
    _batch: Batch | None = None

    @property
    def is_added(self) -> bool:
        """Whether it has no fields of its own in a chatmessage, which the feeds that the original had do have."""
        return self.listing.message_field is None

    def wrap(self, message: bytes) -> bytes:
        """A feed message as clients get it, but for its sequence."""
        return wrap_feed_message(self.listing.msgtype, self.listing.message_field, message)

    def batch(self, keys: list[int]) -> Batch:
        """The rows with these keys; those whose messages did not come are None."""
        if self._batch is None or self._batch.keys != keys:
            self._batch = Batch(keys, [self.bodies.get(key) for key in keys])
        return self._batch

    def keep(self, contents: payloads.Contents) -> None:
        """Remember messages until the groups' lines have come."""
        if self.is_spent or len(self.bodies) > MAX_KEPT_BODIES:
            self.bodies.clear()
            self.is_spent = False
        self._batch = None
        TALLY.rows[self.listing.name] += len(contents.numbers)
        for key, message in zip(contents.numbers, contents.messages, strict=True):
            if message is not None:
                self.bodies[key] = self.wrap(message)
