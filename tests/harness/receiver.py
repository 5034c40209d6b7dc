"""A member of a room that is no session: it notes what it is told. And what a hub and its rooms are told."""

from collections.abc import Iterable

from google.protobuf import json_format

from clientsim.frames import TEXT, FrameReader
from gateway.closing import Closing
from gateway.delivery.feeds import Feeds
from gateway.encoding.binary import PROTO
from gateway.encoding.encoding import Encoding
from gateway.frames import wrap_feed_message
from gateway.postgres.records import FeedListing
from proto.chatmessage_pb2 import COMMENT, EVENT, FEED, ROOM_STATUS, chatmessage
from proto.event_pb2 import GOLF, event


class NotedReceiver:
    """A receiver (gateway/delivery/room.py) of which everything that happened to it can be read."""

    def __init__(self, encoding: Encoding = PROTO) -> None:
        # How it is spoken to.
        self.encoding = encoding
        # Sequences of what was delivered, one list for each write.
        self.writes: list[list[int]] = []
        # Sequence and text of each message, in the order of arrival.
        self.heard: list[tuple[int, str]] = []
        # The sequence of the own USERJOINED; None if it was not admitted.
        self.admitted_at: int | None = None
        # The newest message when it took a place back; None if it did not.
        self.reattached_at: int | None = None
        # Why it was sent away; None if it was not.
        self.lost: Closing | None = None

    def admitted(self, seq: int, message: bytes) -> None:
        """The own USERJOINED."""
        assert not self.writes
        self.admitted_at = seq

    def reattached(self, seq: int, newest_seq: int) -> None:
        """A place taken back."""
        assert seq <= newest_seq
        assert not self.writes
        self.reattached_at = seq

    def deliver(self, frames: bytes, last_seq: int) -> None:
        """Take the frames apart."""
        messages = [decode(opcode, content) for opcode, content in FrameReader().take(frames)]
        assert not self.encoding.takes_rows or messages[-1].seq == last_seq
        self.writes.append([message.seq for message in messages])
        self.heard += [
            (message.seq, message.comment or message.row or message.eventmsg.data_event) for message in messages
        ]

    def lose(self, closing: Closing) -> None:
        """Sent away."""
        assert self.lost is None
        self.lost = closing

    @property
    def seqs(self) -> list[int]:
        """Sequences of what was delivered."""
        return [seq for write in self.writes for seq in write]


def decode(opcode: int, content: bytes) -> chatmessage:
    """The message in a frame."""
    if opcode == TEXT:
        return json_format.Parse(content.decode(), chatmessage())
    return chatmessage.FromString(content)


def comment(seq: int, size: int = 1) -> bytes:
    """Somebody's comment, of so many characters."""
    return chatmessage(mtype=COMMENT, user="x", comment="x" * size, seq=seq).SerializeToString()


def userjoined(name: str, seq: int) -> bytes:
    """Somebody's USERJOINED."""
    return chatmessage(mtype=ROOM_STATUS, userstatus="USERJOINED", user=name, seq=seq).SerializeToString()


def feed_row(text: str) -> bytes:
    """A chatmessage of a feed, as a group keeps it: but for its sequence."""
    row = event(sport=GOLF, match_title="open", data_event=text)
    return chatmessage(mtype=EVENT, eventmsg=row).SerializeToString()


def added_row(text: str) -> bytes:
    """A row of a feed that was added, as a group keeps it."""
    fields = chatmessage(feed="weather", row=text).SerializePartialToString()
    return wrap_feed_message(FEED, None, fields)


SPORT_LISTING = FeedListing(1, "sport_event", EVENT, 10, 8, "chat_feed_1", False, ["sport"], ["integer"])
WEATHER_LISTING = FeedListing(100, "weather", FEED, None, None, "chat_feed_100", False, ["city"], ["text"])


def listed_feeds(listings: Iterable[FeedListing]) -> Feeds:
    """These feeds, whenever somebody asks."""
    kept = [*listings]

    async def list_feeds() -> list[FeedListing]:
        return kept

    feeds = Feeds(list_feeds)
    feeds.take(kept)
    return feeds
