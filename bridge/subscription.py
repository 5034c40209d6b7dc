"""A plain subscription, for a NATS server without JetStream.

Nothing is kept there: what is published while the bridge or the server is away is lost. What arrives is stored once:
each subscription is an epoch of its own and numbers what it gets. While Postgres is away, messages wait in memory up to
a bound; beyond it the newest are dropped and reported as a gap.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from bridge.batch import Reject
from bridge.decoder import Decoders
from bridge.errors import SourceError
from bridge.intake import Intake
from bridge.jetstream import is_offered
from bridge.statement import Origin
from runtime.logs import event

CAPACITY = 100_000
CAPACITY_BYTES = 64 * 1024 * 1024
JETSTREAM_INTERVAL = 5.0
DROPPED = "dropped: Postgres was away for longer than the bridge can remember, and the NATS server keeps nothing"
WARNING = (
    "the NATS server has no JetStream: what is published while the bridge or the server is away is lost; "
    "start it with -js to keep it"
)

logger = logging.getLogger("bridge")


class Subscription:
    """Subscribes to all feeds' subjects, into an intake; ends by closing the intake with the reason."""

    def __init__(
        self, client: Client, stream: str, subjects: Sequence[str], decoders: Decoders, intake: Intake
    ) -> None:
        """`subjects` must not overlap: what comes on two would be delivered twice."""
        self.origin = Origin(stream, f"subscription of {datetime.now(UTC).isoformat()}", is_stream=False)
        self._client = client
        self._subjects = subjects
        self._decoders = decoders
        self._intake = intake
        # The number of the next message that is taken; this subscription counts from 1.
        self._next_seq = 1
        # How many were dropped since the last one that was taken.
        self._dropped = 0

    @property
    def newest_seq(self) -> int:
        """The number of the last message that was taken."""
        return self._next_seq - 1

    async def start(self) -> None:
        """Subscribe; raises SourceError."""
        logger.warning("%s", WARNING, extra=event("no_jetstream"))
        try:
            for subject in self._subjects:
                await self._client.subscribe(subject, cb=self._receive)
            await self._client.flush()
        except (nats.errors.Error, TimeoutError) as error:
            raise SourceError(str(error) or "no answer") from error

    async def stop(self) -> None:
        """Nothing to do: the subscription ends with its connection."""

    async def replenish(self) -> None:
        """If there is room again, report what was dropped meanwhile."""
        if self._dropped and self._has_room():
            first_seq, self._next_seq = self._next_seq, self._next_seq + self._dropped
            logger.warning("%d messages %s", self._dropped, DROPPED, extra=event("messages_lost", count=self._dropped))
            self._dropped = 0
            self._intake.add(Reject(first_seq, self._next_seq - 1, None, None, DROPPED))

    async def watch(self) -> None:
        """Until the intake is closed: notice that the server has JetStream now, which ends the subscription."""
        while not self._intake.is_closed:
            await asyncio.sleep(JETSTREAM_INTERVAL)
            try:
                if await is_offered(self._client):
                    self._intake.close(SourceError("the server has JetStream now"))
            except SourceError as error:
                self._intake.close(error)

    async def _receive(self, message: Msg) -> None:
        if self._intake.is_closed:
            return
        if self._dropped or not self._has_room():
            self._dropped += 1
            return
        item = self._decoders.decode(self._next_seq, message.subject, message.data, time.time_ns() // 1_000)
        self._next_seq += 1
        self._intake.add(item, len(message.data))

    def _has_room(self) -> bool:
        return self._intake.messages < CAPACITY and self._intake.bytes < CAPACITY_BYTES
