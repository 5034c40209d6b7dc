"""Reads the stream in order, by pulling: what was not asked for stays in JetStream, so memory is bounded here.

The consumer is made for one connection, starts at a sequence and acknowledges nothing, since the position is in
Postgres. Two counters come with each message: the stream's sequence, and the consumer's own, which counts deliveries.
If both go up by one, all is well. If only the stream's jumps, the stream no longer has the messages between: a gap,
which is reported. If the consumer's jumps, a delivery was lost: everything is opened again at the position.
"""

import asyncio
import json
import logging
import time
from typing import Any

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from bridge.batch import Reject
from bridge.decoder import Decoders
from bridge.errors import SourceError
from bridge.intake import Intake
from bridge.jetstream import ApiError, ask
from bridge.stream import NANOSECONDS, Stream, StreamState
from runtime.logs import event

# Messages that may be on their way or wait here: three full batches, so that Postgres never waits for a round trip.
CAPACITY = 6_000
# With less room than this, nothing is asked for while something is still on its way.
LEAST_PULL = 500
# Room in bytes. Requests made before it ran out may still bring as much again, each.
CAPACITY_BYTES = 8 * 1024 * 1024
PULL_SECONDS = 30
# A cluster elects another leader within about five seconds. Whoever waits for a dead one for longer is late.
HEARTBEAT_SECONDS = 1
WATCH_SECONDS = 1.0
QUIET_SECONDS = 1.0
SILENCE_SECONDS = 4.0 * HEARTBEAT_SECONDS
CONSUMER_IDLE_SECONDS = 30
STOP_SECONDS = 1.0
GAP = "gone from the stream before the bridge could take it: dropped by its limits, purged or deleted"
DELETED = "not taken yet when the stream was deleted"

_HEARTBEAT = "100"
_REQUEST_ENDED = ("404", "408")
# 409 has many meanings; these two only end one request.
_ENDED_EARLY = ("message size exceeds maxbytes", "batch completed")

logger = logging.getLogger("bridge")


class Reader:
    """Reads one consumer into an intake, from a sequence on; ends by closing the intake with the reason."""

    def __init__(self, client: Client, stream: Stream, state: StreamState, decoders: Decoders, intake: Intake) -> None:
        self._client = client
        self._stream = stream
        self._created = state.created
        self._decoders = decoders
        self._intake = intake
        # What the next delivery must have: the stream's sequence and the consumer's own count.
        self._next_seq = 0
        self._next_delivery = 1
        # Messages that were asked for and have not arrived.
        self._asked = 0
        # The newest sequence that the stream is known to have had.
        self._known_last = state.last_seq
        # When anything came from the server, and when a message came, by the monotonic clock.
        self._heard = self._arrived = time.monotonic()
        # Set by start(): the consumer's name, and the subject that its deliveries come to.
        self._consumer = ""
        self._inbox = ""

    @property
    def newest_seq(self) -> int:
        """The newest sequence that the stream is known to have had."""
        return self._known_last

    async def start(self, next_seq: int, state: StreamState) -> None:
        """Ask for everything from `next_seq` on; raises SourceError."""
        self._next_seq = next_seq
        if state.first_seq > next_seq:
            self._report_gap(state.first_seq - 1, GAP)
        self._inbox = self._client.new_inbox()
        try:
            await self._client.subscribe(self._inbox, cb=self._receive)
            info = await ask(self._client, f"CONSUMER.CREATE.{self._stream.name}", self._request())
        except (ApiError, nats.errors.Error) as error:
            raise SourceError(f"reading stream {self._stream.name}: {error}") from error
        self._consumer = info["name"]
        self._heard = time.monotonic()
        await self.replenish()

    async def stop(self) -> None:
        """Delete the consumer now; the server would do so itself a little later."""
        if self._consumer and self._client.is_connected:
            try:
                async with asyncio.timeout(STOP_SECONDS):
                    await ask(self._client, f"CONSUMER.DELETE.{self._stream.name}.{self._consumer}")
            except (ApiError, SourceError, TimeoutError) as error:
                logger.debug("deleting the consumer: %s", error)

    async def replenish(self) -> None:
        """Ask for as many messages as there is room for.

        Called when a batch was taken or a request ended. An arriving message makes no room: it waits here instead.
        """
        room = CAPACITY - self._intake.messages - self._asked
        if self._intake.is_closed or self._intake.bytes >= CAPACITY_BYTES:
            return
        if room >= LEAST_PULL or (room > 0 and not self._asked):
            await self._pull(room)

    async def watch(self) -> None:
        """Until the intake is closed: notice a silent server, a stream that was replaced, messages dropped unseen."""
        while not self._intake.is_closed:
            await asyncio.sleep(WATCH_SECONDS)
            if self._asked and time.monotonic() - self._heard > SILENCE_SECONDS:
                self._intake.close(SourceError("the server fell silent"))
            else:
                await self._check()

    async def _check(self) -> None:
        try:
            state = await self._stream.state()
        except SourceError as error:
            self._intake.close(error)
            return
        if state is None or state.created != self._created:
            self._end("the stream was deleted" if state is None else "the stream was replaced")
            return
        self._known_last = max(self._known_last, state.last_seq)
        # An empty stream sends nothing that would show a jump. Nothing that fills the gap may still be on its way.
        is_quiet = not self._asked or time.monotonic() - self._arrived > QUIET_SECONDS
        if state.messages == 0 and is_quiet and state.first_seq > self._next_seq:
            self._report_gap(state.first_seq - 1, GAP)

    async def _pull(self, count: int) -> None:
        self._asked += count
        request = {
            "batch": count,
            # One message always fits, whatever limit the server has.
            "max_bytes": max(CAPACITY_BYTES, 2 * self._client.max_payload),
            "expires": PULL_SECONDS * NANOSECONDS,
            "idle_heartbeat": HEARTBEAT_SECONDS * NANOSECONDS,
        }
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{self._stream.name}.{self._consumer}"
        try:
            await self._client.publish(subject, json.dumps(request).encode(), reply=self._inbox)
        except nats.errors.Error as error:
            self._intake.close(SourceError(str(error)))

    async def _receive(self, message: Msg) -> None:
        """Called by the library for each message, in order. It would only log an exception, so none may leave here."""
        self._heard = time.monotonic()
        if self._intake.is_closed:
            return
        try:
            if message.reply.startswith("$JS.ACK."):
                self._receive_delivery(message)
            else:
                await self._receive_status(message.headers or {})
        except Exception as error:
            logger.exception("a delivery could not be taken", extra=event("fault", what="a delivery"))
            self._intake.close(SourceError(f"a delivery could not be taken: {error!r}"))

    def _receive_delivery(self, message: Msg) -> None:
        # $JS.ACK.<stream>.<consumer>.<times>.<stream seq>.<consumer seq>.<time>.<pending>; newer servers may put a
        # domain and an account before the stream, and a token at the end.
        tokens = message.reply.split(".")
        offset = 5 if len(tokens) == 9 else 7
        sequence, delivery, nanoseconds, pending = map(int, tokens[offset : offset + 4])
        self._asked -= 1
        self._arrived = self._heard
        if delivery != self._next_delivery or sequence < self._next_seq:
            self._intake.close(SourceError("a delivery was lost on its way"))
            return
        if sequence > self._next_seq:
            self._report_gap(sequence - 1, GAP)
        self._next_delivery += 1
        self._next_seq = sequence + 1
        if sequence + pending > self._known_last:
            self._known_last = sequence + pending
        micros = nanoseconds // 1_000
        item = self._decoders.decode(sequence, message.subject, message.data, micros)
        self._intake.add(item, len(message.data), micros)

    async def _receive_status(self, headers: dict[str, str]) -> None:
        status, words = headers.get("Status", ""), headers.get("Description", "")
        if status == _HEARTBEAT:
            return
        if status in _REQUEST_ENDED or words.lower() in _ENDED_EARLY:
            self._asked -= int(headers.get("Nats-Pending-Messages", self._asked))
            await self.replenish()
        else:
            # The consumer is gone. If the stream is too, the loss of what was left in it must be reported.
            await self._check()
            # Where nobody answers (503) the library takes the headers that follow for words; they name the consumer,
            # which is another one each time.
            told = words.partition("\n")[0].strip() or f"status {status}"
            self._intake.close(SourceError(f"the consumer ended: {told}"))

    def _end(self, reason: str) -> None:
        """The stream of this epoch is gone, with all that was known to be in it."""
        if self._known_last >= self._next_seq and not self._intake.is_closed:
            self._report_gap(self._known_last, DELETED)
        self._intake.close(SourceError(reason))

    def _report_gap(self, last_seq: int, why: str) -> None:
        count = last_seq - self._next_seq + 1
        named = event("messages_lost", count=count, first_seq=self._next_seq, last_seq=last_seq)
        words = "%d messages, sequences %d to %d, are %s"
        logger.warning(words, count, self._next_seq, last_seq, why, extra=named)
        self._intake.add(Reject(self._next_seq, last_seq, None, None, why))
        self._next_seq = last_seq + 1

    def _request(self) -> dict[str, Any]:
        return {
            "stream_name": self._stream.name,
            "config": {
                "description": "edgechat bridge",
                "deliver_policy": "by_start_sequence",
                "opt_start_seq": self._next_seq,
                "ack_policy": "none",
                "replay_policy": "instant",
                "inactive_threshold": CONSUMER_IDLE_SECONDS * NANOSECONDS,
                "mem_storage": True,
                "num_replicas": 1,
            },
        }
