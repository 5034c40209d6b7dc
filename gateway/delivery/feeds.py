"""All feeds that a gateway knows: those that there were when it started, and those that were added since."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping

from gateway.delivery.feed import Feed
from gateway.postgres.records import FeedListing
from proto import chatmessage_pb2 as pb
from proto.sizes import MAX_SENT_BYTES

FILTERAPPLIED = pb.chatmessage(mtype=pb.ROOM_STATUS, userstatus="FILTERAPPLIED").SerializeToString()
"""How every FILTERAPPLIED begins (encode_chatmessage.sql)."""


class Feeds:
    """What Postgres says of the feeds. A feed that was removed stays, since rooms got rows of it.

    Postgres tells on a channel that something changed, and that is when the list is read anew. Should that not have
    arrived, whatever names a feed that is not known here has it read, too.
    """

    def __init__(self, list_feeds: Callable[[], Awaitable[Iterable[FeedListing]]]) -> None:
        self._list_feeds = list_feeds
        self._feeds: dict[int, Feed] = {}
        # The feeds that there are, by name.
        self._names: dict[str, Feed] = {}
        # One `feedinfo` for each of these, as a field of a chatmessage.
        self._infos: list[bytes] = []
        # Set when the list is to be read, and what is new to be listened to.
        self.stale = asyncio.Event()

    def all(self) -> tuple[Feed, ...]:
        """All feeds, those that were removed among them."""
        return tuple(self._feeds.values())

    @property
    def present(self) -> Mapping[str, Feed]:
        """The feeds that there are, by name."""
        return self._names

    async def find(self, feed_id: int) -> Feed:
        """A feed that a room got something of.

        Raises LookupError if Postgres knows of none either, and what Database.list_feeds raises.
        """
        if feed_id not in self._feeds:
            self.stale.set()
            await self.reload()
        try:
            return self._feeds[feed_id]
        except KeyError:
            raise LookupError(f"there is no feed {feed_id}") from None

    async def reload(self) -> None:
        """Read the list; raises what Database.list_feeds raises. Listening to what is new is somebody else's work."""
        self.take(await self._list_feeds())

    def take(self, listings: Iterable[FeedListing]) -> None:
        """What Postgres says now. A feed that it does not name any more stays, as one that was removed."""
        listed = {listing.feed_id: listing for listing in listings}
        for feed_id, feed in self._feeds.items():
            feed.listing = listed.pop(feed_id, feed.listing._replace(is_removed=True))
        for feed_id, listing in listed.items():
            self._feeds[feed_id] = Feed(listing)
        self._names = {feed.listing.name: feed for feed in self._feeds.values() if not feed.listing.is_removed}
        self._infos = [_encode_info(feed.listing) for feed in self._names.values()]

    def look_at(self, message: bytes) -> None:
        """Have the list read anew if a FILTERAPPLIED names a feed that is not known here."""
        if message.startswith(FILTERAPPLIED):
            told = pb.chatmessage.FromString(message).filters
            if not {each.feed for each in told} <= self._names.keys():
                self.stale.set()

    def tell(self, greeting: bytes) -> bytes:
        """A PENDING with the feeds that there are behind it, as many as fit in a frame with it."""
        room = MAX_SENT_BYTES - len(greeting)
        pieces = [greeting]
        for info in self._infos:
            room -= len(info)
            if room < 0:
                break
            pieces.append(info)
        return b"".join(pieces)


def _encode_info(listing: FeedListing) -> bytes:
    columns = [
        pb.columninfo(name=name, type=kind)
        for name, kind in zip(listing.column_names, listing.column_types, strict=True)
    ]
    info = pb.feedinfo(name=listing.name, columns=columns)
    return pb.chatmessage(feeds=[info]).SerializePartialToString()
