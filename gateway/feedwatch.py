"""Has a gateway know of the feeds that are added, changed and removed while it runs, and hear of their rows."""

import logging
from functools import partial

from gateway.delivery.hub import Hub
from gateway.errors import GatewayError
from gateway.postgres.database import Database
from gateway.postgres.listener import Listener
from gateway.titles import of_server
from runtime.outage import Outage

logger = logging.getLogger("gateway")


class FeedWatch:
    """Follows Postgres's list of feeds: `open` once, then `run` for ever."""

    def __init__(self, database: Database, listener: Listener, hub: Hub, name: str | None) -> None:
        self._database = database
        self._listener = listener
        self._hub = hub
        # The feeds whose channels are listened to.
        self._heard: set[int] = set()
        self._outage = Outage(of_server("the database to tell of its feeds", name), logger)

    async def open(self) -> None:
        """Read the list and listen to all of it; raises DatabaseAwayError and DatabaseFaultError."""
        # Listened to before the list is read: what changes meanwhile is told.
        await self._listener.listen(await self._database.feeds_channel(), self._note_change)
        await self._follow()

    async def run(self) -> None:
        """Read the list anew whenever something changed, or may have."""
        stale = self._hub.feeds.stale
        while True:
            await stale.wait()
            # Before the list is read: what changes from here on sets it again.
            stale.clear()
            try:
                await self._follow()
            except GatewayError as error:
                stale.set()
                await self._outage.wait(str(error))
            else:
                self._outage.end()

    def _note_change(self, payload: str) -> None:
        self._hub.feeds.stale.set()

    async def _follow(self) -> None:
        await self._hub.feeds.reload()
        for feed in self._hub.feeds.all():
            listing = feed.listing
            if listing.is_removed and listing.feed_id in self._heard:
                self._heard.discard(listing.feed_id)
                await self._listener.unlisten(listing.channel)
            elif not listing.is_removed and listing.feed_id not in self._heard:
                await self._listener.listen(listing.channel, partial(self._hub.take, feed))
                self._heard.add(listing.feed_id)
                # Rows may have come since it was added: those are in the rooms' logs.
                self._hub.resync()
