"""The bridge: what the feeds publish, from NATS into Postgres, each message once.

    while true:
        connect to NATS, find the stream, ask Postgres for the position
        take what has gathered, store it, ask for more        until the source or the position is lost

Reading and decoding go on while Postgres works on a batch; one batch is in its hands at a time.
"""

import asyncio
import logging
from typing import Protocol

from nats.aio.client import Client

from bridge.decoder import Decoders, load_messages
from bridge.errors import PositionError, SourceError
from bridge.intake import Intake
from bridge.jetstream import is_offered
from bridge.link import connected
from bridge.outage import FIRST_PAUSE, Outage
from bridge.reader import Reader
from bridge.statement import Origin
from bridge.store import Store
from bridge.stream import Stream
from bridge.subscription import Subscription
from edgechat.settings import Settings

logger = logging.getLogger("bridge")


class Source(Protocol):
    """What fills an intake: a Reader or a Subscription."""

    async def replenish(self) -> None:
        """There is room in the intake."""

    async def watch(self) -> None:
        """Look after it until the intake is closed."""

    async def stop(self) -> None:
        """Leave nothing behind at the server."""


async def run(settings: Settings) -> None:
    """Carry feed messages until cancelled. Raises FeedError if the feeds as configured cannot be carried."""
    load_messages()
    async with Store(settings.database_url, settings.subjects) as store:
        outage = Outage("the feed")
        while True:
            try:
                await _carry(settings, store, outage)
            except SourceError as error:
                await outage.wait(str(error))
            except PositionError as error:
                logger.warning("reading on from the position in Postgres: %s", error)
                await asyncio.sleep(FIRST_PAUSE)


async def _carry(settings: Settings, store: Store, outage: Outage) -> None:
    """One connection to NATS, to its end. Raises SourceError or PositionError."""
    intake = Intake()
    decoders = Decoders(store.feeds)
    async with connected(settings.nats_url, lost=intake.close) as client:
        source, origin = await _open(client, settings, store, decoders, intake)
        watch = asyncio.create_task(_watch(source, intake))
        try:
            outage.end()
            # What has arrived is stored even if the source has ended meanwhile: its stream may be gone.
            while True:
                batch = await intake.take()
                await source.replenish()
                await store.write(origin, batch)
        finally:
            watch.cancel()
            await source.stop()


async def _watch(source: Source, intake: Intake) -> None:
    try:
        await source.watch()
    except Exception as error:
        # Without its watch a source could fall silent for good.
        logger.exception("watching the feed failed")
        intake.close(SourceError(f"watching failed: {error!r}"))


async def _open(
    client: Client, settings: Settings, store: Store, decoders: Decoders, intake: Intake
) -> tuple[Source, Origin]:
    if not await is_offered(client):
        subscription = Subscription(client, settings.feed_stream, decoders, intake)
        await subscription.start()
        await store.open_position(subscription.origin)
        return subscription, subscription.origin
    stream = Stream(client, settings, decoders.subjects)
    state = await stream.ensure()
    origin = Origin(stream.name, state.created)
    position = await store.open_position(origin)
    if position > state.last_seq:
        # A power failure, or a backup put back: the numbers after last_seq will be given again, to other messages.
        logger.warning("the stream ends at %d, before the position %d: going back", state.last_seq, position)
        await store.rewind_position(origin, state.last_seq)
        position = state.last_seq
    reader = Reader(client, stream, state, decoders, intake)
    await reader.start(position + 1, state)
    return reader, origin
