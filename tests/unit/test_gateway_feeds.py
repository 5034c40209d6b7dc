"""What a gateway knows of the feeds: as Postgres last said, and what rooms got rows of is never forgotten."""

import pytest

from gateway.delivery.feeds import Feeds
from gateway.postgres.records import FeedListing
from harness.receiver import SPORT_LISTING, WEATHER_LISTING, listed_feeds
from proto.chatmessage_pb2 import FEED, ROOM_STATUS, chatmessage, columninfo, feedfilter, feedinfo
from proto.sizes import MAX_SENT_BYTES

GREETING = chatmessage(mtype=ROOM_STATUS, userstatus="PENDING").SerializeToString()


def applied(*feeds: str) -> bytes:
    """A FILTERAPPLIED with the filters of these."""
    filters = [feedfilter(feed=name, clause="ALL") for name in feeds]
    return chatmessage(mtype=ROOM_STATUS, userstatus="FILTERAPPLIED", filters=filters).SerializeToString()


async def test_a_feed_that_is_not_known_is_asked_for() -> None:
    """And what is new is to be listened to; one that Postgres does not know either is an error."""
    listings: list[FeedListing] = []

    async def list_feeds() -> list[FeedListing]:
        return listings

    feeds = Feeds(list_feeds)
    with pytest.raises(LookupError, match="no feed 100"):
        await feeds.find(100)
    listings.append(WEATHER_LISTING)
    feeds.stale.clear()
    assert (await feeds.find(100)).is_added
    assert feeds.stale.is_set()
    feeds.stale.clear()
    await feeds.find(100)
    assert not feeds.stale.is_set()


@pytest.mark.parametrize("gone", [[], [WEATHER_LISTING._replace(is_removed=True)]])
async def test_a_feed_that_was_removed_stays_for_what_rooms_got(gone: list[FeedListing]) -> None:
    """Whether its rows were kept or not; nobody is told of it or can name it any more."""
    feeds = listed_feeds([SPORT_LISTING, WEATHER_LISTING])
    weather = await feeds.find(100)
    feeds.take([SPORT_LISTING, *gone])
    assert [*feeds.present] == ["sport_event"]
    assert await feeds.find(100) is weather
    assert [feed.name for feed in chatmessage.FromString(feeds.tell(GREETING)).feeds] == ["sport_event"]


def test_what_was_changed_is_known() -> None:
    """A name, for instance; whoever holds the feed holds the same one."""
    feeds = listed_feeds([WEATHER_LISTING])
    feed = feeds.present["weather"]
    feeds.take([WEATHER_LISTING._replace(name="climate")])
    assert feeds.present == {"climate": feed}


def test_a_greeting_tells_the_feeds() -> None:
    """With their columns, behind what is there."""
    told = chatmessage.FromString(listed_feeds([SPORT_LISTING, WEATHER_LISTING]).tell(GREETING))
    assert told.userstatus == "PENDING"
    assert list(told.feeds) == [
        feedinfo(name="sport_event", columns=[columninfo(name="sport", type="integer")]),
        feedinfo(name="weather", columns=[columninfo(name="city", type="text")]),
    ]


def test_a_greeting_never_grows_over_a_frame() -> None:
    """As many feeds as fit are in it."""
    names = [f"column_{number}" for number in range(64)]
    feeds = listed_feeds(
        FeedListing(number, f"feed_{number}", FEED, None, None, "", False, names, ["timestamp"] * 64)
        for number in range(100, 1000)
    )
    told = feeds.tell(GREETING)
    assert MAX_SENT_BYTES - 2000 < len(told) <= MAX_SENT_BYTES
    assert [feed.name for feed in chatmessage.FromString(told).feeds][:2] == ["feed_100", "feed_101"]


@pytest.mark.parametrize(
    ("message", "is_news"),
    [(applied("sport_event", "weather"), False), (applied("sport_event", "tides"), True), (GREETING, False)],
)
def test_filters_of_a_feed_that_is_not_known_are_news(message: bytes, is_news: bool) -> None:
    """The list is read anew then."""
    feeds = listed_feeds([SPORT_LISTING, WEATHER_LISTING])
    feeds.look_at(message)
    assert feeds.stale.is_set() == is_news
