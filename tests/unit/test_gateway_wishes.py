"""What a FILTER asks for of each feed: by its fields, by the feeds' names, or by both if they do not differ."""

import json

import pytest

from gateway.client.messages import request
from gateway.client.wishes import with_wishes
from gateway.postgres.records import Request
from harness.receiver import SPORT_LISTING, WEATHER_LISTING, listed_feeds
from proto.chatmessage_pb2 import COMMENT, FILTER, chatmessage, feedfilter

FEEDS = listed_feeds([SPORT_LISTING, WEATHER_LISTING]).present


def asked(*named: tuple[str, str | None], sport: str | None = None) -> Request:
    """What is made of a FILTER."""
    filters = [feedfilter(feed=feed, clause=clause) for feed, clause in named]
    message = chatmessage(mtype=FILTER, filters=filters, sport_filter=sport)
    return with_wishes(request(message, None), message, FEEDS)


@pytest.mark.parametrize(
    ("wishes", "clauses"),
    [
        (asked(), {1: "SAME"}),
        (asked(sport="NONE"), {1: "NONE"}),
        (asked(("weather", "a > 1")), {1: "SAME", 100: "a > 1"}),
        (asked(("weather", None)), {1: "SAME", 100: "SAME"}),
        (asked(("sport_event", "NONE")), {1: "NONE"}),
        (asked(("sport_event", "NONE"), sport="NONE"), {1: "NONE"}),
        (asked(("sport_event", " same "), sport="NONE"), {1: "NONE"}),
        (asked(("sport_event", "NONE"), sport="Same"), {1: "NONE"}),
        (asked(("weather", "x"), ("weather", "x"), ("weather", None)), {1: "SAME", 100: "x"}),
        (asked(("weather", "a\0b")), {1: "SAME", 100: "a\1b"}),
    ],
)
def test_each_feed_has_one_clause(wishes: Request, clauses: dict[int, str]) -> None:
    """SAME beside another one says nothing."""
    assert wishes.clauses == clauses
    assert wishes.complaint is None
    assert wishes.filters is None


@pytest.mark.parametrize(
    ("wishes", "complaint"),
    [
        (asked(("wether", "NONE")), "no feed `wether`; feeds are sport_event, weather"),
        (asked(("x" * 70, "NONE")), f"no feed `{'x' * 64}…`; feeds are sport_event, weather"),
        (asked(("weather", "NONE"), ("weather", "ALL")), "two filters for feed `weather`: send one"),
        (asked(("sport_event", "ALL"), sport="NONE"), "two filters for feed `sport_event`: send one"),
        (asked(*[("weather", "NONE")] * 101), "101 filters in one message; 100 are the most"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_can(wishes: Request, complaint: str) -> None:
    """Nothing of it is done."""
    assert wishes.complaint == complaint


def test_what_was_refused_is_kept() -> None:
    """All that was said, by the feeds' names."""
    wishes = asked(("wether", "a"), ("weather", "x"), ("weather", "ä"), sport="NONE")
    assert wishes.clauses == {1: "NONE"}
    assert wishes.filters is not None
    assert json.loads(wishes.filters) == {"wether": "a", "weather": ["x", "ä"]}


def test_only_a_filter_has_wishes() -> None:
    """Whatever else is in a message."""
    message = chatmessage(mtype=COMMENT, comment="hello", filters=[feedfilter(feed="tides", clause="NONE")])
    assert with_wishes(request(message, None), message, FEEDS) == request(message, None)
