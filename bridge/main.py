"""The bridge: carries what the feeds publish from NATS into Postgres, each message once.

    while true:
        connect to NATS, find the stream, ask Postgres for the position
        take a batch, ask for more, store the batch           until the source or the position is lost

Reading and decoding go on while Postgres works on a batch; one batch is in its hands at a time.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from nats.aio.client import Client

from bridge.complaint import Complaints
from bridge.decoder import Decoders
from bridge.errors import BridgeError, FeedsChangedError, OverlapError, PositionError, SourceError
from bridge.feed import REMOVED, Feed, check_settings
from bridge.intake import Intake
from bridge.jetstream import is_offered
from bridge.link import Link
from bridge.metrics import BridgeMetrics
from bridge.pacing import Pacing
from bridge.protobuf_format import load_messages
from bridge.reader import Reader
from bridge.readiness import complaints
from bridge.rival import Rivals
from bridge.statement import Origin
from bridge.store import Position, Store
from bridge.stream import Stream, StreamState
from bridge.subject import merge
from bridge.subscription import Subscription
from bridge.tally import TALLY
from runtime.families import make_registry
from runtime.logs import event
from runtime.monitor import Monitor
from runtime.outage import FIRST_PAUSE, Outage
from runtime.settings import Settings

# Between two looks whether other streams still have feeds' subjects.
RIVAL_SECONDS = 3.0

logger = logging.getLogger("bridge")


class Source(Protocol):
    """Fills an intake: a Reader or a Subscription."""

    @property
    def newest_seq(self) -> int:
        """The newest sequence that it is known to have."""

    async def replenish(self) -> None:
        """Called when there is room in the intake."""

    async def watch(self) -> None:
        """Watch for trouble until the intake is closed."""

    async def stop(self) -> None:
        """Leave nothing behind at the server."""


async def run(settings: Settings) -> None:
    """Carry feed messages until cancelled. Raises FeedError if the settings give feeds bad subjects."""
    check_settings(settings.subjects)
    load_messages()
    monitor = Monitor(make_registry(BridgeMetrics()), complaints, logger)
    async with monitor.opened(settings.monitor.host, settings.monitor.bridge_port):
        await _carry(settings)


async def _carry(settings: Settings) -> None:
    async with Store(settings.database_url, settings.subjects) as store:
        bridge = Bridge(settings, store)
        outage = Outage("the feed", logger)
        while True:
            try:
                await bridge.carry(started=outage.end)
            except SourceError as error:
                await outage.wait(str(error))
            except PositionError as error:
                named = event("position_moved", reason=str(error))
                logger.warning("reading on from the position in Postgres: %s", error, extra=named)
                await asyncio.sleep(FIRST_PAUSE)
            except FeedsChangedError as change:
                logger.info(
                    "starting over with other feeds: %s", change, extra=event("feeds_changed", reason=str(change))
                )


class Bridge:
    """What stays over all connections to NATS: settings, store, servers, what is amiss, what was there."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._link = Link(settings.nats_servers())
        self._rivals = Rivals()
        self._complaints = Complaints()
        # Feeds by name, also those that are gone from the table: what still comes for them is passed over.
        self._known: dict[str, Feed] = {}

    async def carry(self, started: Callable[[], None]) -> None:
        """Use one connection to NATS to its end; calls `started` once it works.

        Raises SourceError, PositionError, or FeedsChangedError when all that had arrived by then is stored.
        """
        feeds = self._store.take_up()
        intake = Intake()
        decoders = Decoders(self._with_gone(feeds))
        async with self._link.connected(lost=intake.close) as client:
            subjects = [feed.subject for feed in feeds if feed.state != REMOVED]
            if not subjects:
                raise SourceError("there are no feeds")
            if await is_offered(client):
                stream = Stream(client, self._settings, subjects, self._store.server)
                source, origin = await self._open_stream(client, stream, decoders, intake)
                watched = self._watch_absent(client, stream, feeds, decoders.refusals, intake)
            else:
                source, origin = await self._subscribe(client, merge(subjects), decoders, intake)
                watched = self._tell(feeds, decoders.refusals)
            watches = (_watch(source, intake), self._watch_store(intake), self._watch_feeds(intake), watched)
            tasks = [asyncio.create_task(watch) for watch in watches]
            pacing = Pacing(client)
            try:
                started()
                TALLY.start(intake, source)
                # What has arrived is stored even if the source has ended meanwhile: its stream may be gone.
                while True:
                    batch = await intake.take()
                    await source.replenish()
                    TALLY.storing_since = time.monotonic()
                    with pacing.read_seldom():
                        await self._store.write(origin, batch)
                    TALLY.storing_since, TALLY.position = None, batch.last_seq
            finally:
                TALLY.stop()
                for task in tasks:
                    task.cancel()
                await source.stop()

    async def _watch_store(self, intake: Intake) -> None:
        """While the feed is silent, too, what Postgres lacks is read anew."""
        try:
            await self._store.watch()
        except BridgeError as error:
            intake.close(error)

    async def _watch_feeds(self, intake: Intake) -> None:
        """What has arrived by the time that feeds change is stored; with what follows it starts over."""
        await self._store.changed()
        intake.close(FeedsChangedError("an operator changed them"))

    async def _watch_absent(
        self, client: Client, stream: Stream, feeds: Sequence[Feed], refusals: dict[str, str], intake: Intake
    ) -> None:
        """Tell which feeds are left out, and start over when another stream lets go of a subject."""
        try:
            reasons = await self._rivals.reasons(client, stream, feeds)
            # No stream is in their way, so none will go: the server does not let a stream have such a subject.
            refused = {name: stream.refusal(_subject(feeds, name)) for name, why in reasons.items() if why is None}
            await self._tell(feeds, refusals | {name: why for name, why in (reasons | refused).items() if why})
            others = [feed for feed in feeds if reasons.get(feed.name)]
            while others:
                await asyncio.sleep(RIVAL_SECONDS)
                reasons = await self._rivals.reasons(client, stream, others)
                if None in reasons.values():
                    intake.close(FeedsChangedError("a subject of theirs is no other stream's any more"))
                    return
        except BridgeError as error:
            intake.close(error)

    async def _tell(self, feeds: Sequence[Feed], reasons: dict[str, str]) -> None:
        """Say which feeds are taken up from now on, and why others are left out."""
        self._complaints.tell(reasons, is_partial=len(reasons) < len(feeds))
        words = [f"{feed.name}: {reasons[feed.name]}" if feed.name in reasons else feed.name for feed in feeds]
        await self._store.announce(words)

    def _with_gone(self, feeds: Sequence[Feed]) -> list[Feed]:
        """The feeds, and at the end, as removed, those that there were since the bridge began."""
        self._known |= {feed.name: feed for feed in feeds}
        names = {feed.name for feed in feeds}
        gone = [replace(feed, state=REMOVED) for name, feed in self._known.items() if name not in names]
        return [*feeds, *gone]

    async def _open_stream(
        self, client: Client, stream: Stream, decoders: Decoders, intake: Intake
    ) -> tuple[Source, Origin]:
        try:
            state = await stream.ensure()
        except OverlapError:
            words = await self._rivals.explain(client, stream.name, stream.subjects)
            raise SourceError(words or "another stream had the feeds' subjects a moment ago") from None
        await self._rivals.settle(client, self._store, stream.left_out)
        origin = Origin(stream.name, state.created)
        position = await self._store.open_position(origin)
        # Asked anew: that may have waited for Postgres, or for another bridge that stored what came meanwhile.
        fresh = await stream.state()
        if fresh is None or fresh.created != state.created:
            raise SourceError("the stream was deleted or replaced in the meantime")
        state = fresh
        last_seq = await self._find_known(stream, state, origin, position)
        reader = Reader(client, stream, state, decoders, intake)
        await reader.start(last_seq + 1, state)
        return reader, origin

    async def _subscribe(
        self, client: Client, subjects: Sequence[str], decoders: Decoders, intake: Intake
    ) -> tuple[Source, Origin]:
        subscription = Subscription(client, self._settings.feed_stream, subjects, decoders, intake)
        await subscription.start()
        TALLY.position = (await self._store.open_position(subscription.origin)).last_seq
        return subscription, subscription.origin

    async def _find_known(self, stream: Stream, state: StreamState, origin: Origin, position: Position) -> int:
        """The last sequence that was stored, or less if the stream lost its end (a power failure, a restored backup).

        The stream gives the numbers after its end again, to other messages. If it has done so already, only the time of
        the last stored message shows it.
        """
        if position.micros is None:
            known = min(position.last_seq, state.last_seq)
        else:
            known = await stream.end_of_known(position.last_seq, position.micros, state)
        TALLY.position = min(known, position.last_seq)
        if known >= position.last_seq:
            return position.last_seq
        words = "the stream lost its end, of which all up to %d was stored: going back to %d"
        logger.warning(words, position.last_seq, known, extra=event("stream_rewound", known=known))
        await self._store.rewind_position(origin, known)
        return known


def _subject(feeds: Sequence[Feed], name: str) -> str:
    return next(feed.subject for feed in feeds if feed.name == name)


async def _watch(source: Source, intake: Intake) -> None:
    try:
        await source.watch()
    except Exception as error:
        # Without its watch, a source could fall silent for good.
        logger.exception("watching the feed failed", extra=event("fault", what="watching the feed"))
        intake.close(SourceError(f"watching failed: {error!r}"))
