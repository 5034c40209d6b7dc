"""The bridge: carries what the feeds publish from NATS into Postgres, each message once.

    while true:
        connect to NATS, find the stream, ask Postgres for the position
        take a batch, ask for more, store the batch           until the source or the position is lost

Reading and decoding go on while Postgres works on a batch; one batch is in its hands at a time.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from nats.aio.client import Client

from bridge.decoder import Decoders, load_messages
from bridge.errors import BridgeError, OverlapError, PositionError, SourceError
from bridge.intake import Intake
from bridge.jetstream import is_offered
from bridge.link import Link
from bridge.reader import Reader
from bridge.rival import Rivals
from bridge.statement import Origin
from bridge.store import Store
from bridge.stream import Stream, StreamState
from bridge.subscription import Subscription
from runtime.outage import FIRST_PAUSE, Outage
from runtime.settings import Settings

logger = logging.getLogger("bridge")


class Source(Protocol):
    """Fills an intake: a Reader or a Subscription."""

    async def replenish(self) -> None:
        """Called when there is room in the intake."""

    async def watch(self) -> None:
        """Watch for trouble until the intake is closed."""

    async def stop(self) -> None:
        """Leave nothing behind at the server."""


async def run(settings: Settings) -> None:
    """Carry feed messages until cancelled. Raises FeedError if the feeds as configured cannot be carried."""
    load_messages()
    async with Store(settings.database_url, settings.subjects) as store:
        bridge = Bridge(settings, store)
        outage = Outage("the feed", logger)
        while True:
            try:
                await bridge.carry(started=outage.end)
            except SourceError as error:
                await outage.wait(str(error))
            except PositionError as error:
                logger.warning("reading on from the position in Postgres: %s", error)
                await asyncio.sleep(FIRST_PAUSE)


class Bridge:
    """What stays over all connections to NATS: settings, store, servers, streams that were in the way."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._link = Link(settings.nats_servers())
        self._rivals = Rivals()

    async def carry(self, started: Callable[[], None]) -> None:
        """Use one connection to NATS to its end; calls `started` once it works. Raises SourceError or PositionError."""
        intake = Intake()
        decoders = Decoders(self._store.feeds)
        async with self._link.connected(lost=intake.close) as client:
            if await is_offered(client):
                source, origin = await self._open_stream(client, decoders, intake)
            else:
                source, origin = await self._subscribe(client, decoders, intake)
            tasks = [asyncio.create_task(_watch(source, intake)), asyncio.create_task(self._watch_store(intake))]
            try:
                started()
                # What has arrived is stored even if the source has ended meanwhile: its stream may be gone.
                while True:
                    batch = await intake.take()
                    await source.replenish()
                    await self._store.write(origin, batch)
            finally:
                for task in tasks:
                    task.cancel()
                await source.stop()

    async def _watch_store(self, intake: Intake) -> None:
        """While the feed is silent, too, what Postgres lacks is read anew."""
        try:
            await self._store.watch()
        except BridgeError as error:
            intake.close(error)

    async def _open_stream(self, client: Client, decoders: Decoders, intake: Intake) -> tuple[Source, Origin]:
        stream = Stream(client, self._settings, decoders.subjects)
        try:
            state = await stream.ensure()
        except OverlapError:
            raise SourceError(await self._rivals.explain(client, stream.name, decoders.subjects)) from None
        await self._rivals.settle(client, self._store)
        origin = Origin(stream.name, state.created)
        position = await self._find_position(stream, state, origin)
        reader = Reader(client, stream, state, decoders, intake)
        await reader.start(position + 1, state)
        return reader, origin

    async def _subscribe(self, client: Client, decoders: Decoders, intake: Intake) -> tuple[Source, Origin]:
        subscription = Subscription(client, self._settings.feed_stream, decoders, intake)
        await subscription.start()
        await self._store.open_position(subscription.origin)
        return subscription, subscription.origin

    async def _find_position(self, stream: Stream, state: StreamState, origin: Origin) -> int:
        """The last sequence that was stored, or less if the stream lost its end (a power failure, a restored backup).

        The stream gives the numbers after its end again, to other messages. If it has done so already, only the time of
        the last stored message shows it.
        """
        position = await self._store.open_position(origin)
        if position.micros is None:
            known = min(position.last_seq, state.last_seq)
        else:
            known = await stream.end_of_known(position.last_seq, position.micros, state)
        if known >= position.last_seq:
            return position.last_seq
        words = "the stream lost its end, of which all up to %d was stored: going back to %d"
        logger.warning(words, position.last_seq, known)
        await self._store.rewind_position(origin, known)
        return known


async def _watch(source: Source, intake: Intake) -> None:
    try:
        await source.watch()
    except Exception as error:
        # Without its watch, a source could fall silent for good.
        logger.exception("watching the feed failed")
        intake.close(SourceError(f"watching failed: {error!r}"))
