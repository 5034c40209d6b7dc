"""Protobuf bytes become column values, or a reason in words why not."""

import pytest

from bridge.batch import Reject, Row, Shared
from bridge.decoder import MOST_SUBJECTS, Decoders, make_decoder
from bridge.errors import FeedError, RejectError
from bridge.feed import Column, Feed
from bridge.protobuf_format import load_messages
from proto.chatmessage_pb2 import JOIN_REQ, chatmessage
from proto.event_pb2 import FOOTBALL, event
from proto.execution_pb2 import execution

SPORT = Feed(
    "sport_event",
    "sport_event",
    (
        Column("sport", "sport", "integer", "integer"),
        Column("match_title", "match_title", "text", "text", 40),
        Column("data_event", "data_event", "text", "text", 100),
    ),
    "protobuf",
    "event",
)
TRADE = Feed(
    "execution",
    "trades",
    (
        Column("price", "price", "numeric", "real"),
        Column("execution_epoch", "executionEpoch", "bigint", "bigint"),
    ),
    "protobuf",
    "execution",
)
NOW = 1_700_000_000_000_000


@pytest.fixture(autouse=True)
def _messages() -> None:
    load_messages()


def encode(match_title: str = "m", data_event: str = "d") -> bytes:
    """A good event."""
    return event(sport=FOOTBALL, match_title=match_title, data_event=data_event).SerializeToString()


def test_values_come_in_the_order_of_the_columns() -> None:
    """Values come in the order of the columns, enums as numbers, fields that are no column left out."""
    assert make_decoder(SPORT).decode(encode("Ajax", "gøal")) == (3, "Ajax", "gøal")
    trade = execution(symbol="s", market="m", price=1.5, quantity=2, executionEpoch=7, stateSymbol="FL")
    assert make_decoder(TRADE).decode(trade.SerializeToString()) == (1.5, 7)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xff", "is not a readable protobuf message of type event"),
        (encode()[:-1], "is not a readable protobuf message of type event"),
        (
            b"",
            "sport is missing, or a number that the enum sport does not have; match_title is missing; "
            "data_event is missing",
        ),
        (encode()[:1] + b"\x63" + encode()[2:], "sport is missing, or a number that the enum sport does not have"),
        (encode("a\0"), "match_title contains a NUL character, which Postgres cannot hold"),
        (encode("aaaa").replace(b"aaaa", b"a\xed\xa0\x80"), "match_title is not valid UTF-8"),
        (encode("x" * 41), "match_title has 41 bytes; at most 40 are allowed"),
        (encode("€" * 14), "match_title has 42 bytes; at most 40 are allowed"),
    ],
)
def test_reasons_name_field_and_limit(data: bytes, reason: str) -> None:
    """Each kind of bad message is refused with what is wrong with it."""
    with pytest.raises(RejectError) as refused:
        make_decoder(SPORT).decode(data)
    assert str(refused.value) == reason


@pytest.mark.parametrize("title", ["", "x" * 40, "€" * 13, "😀" * 10])
def test_texts_are_limited_in_bytes(title: str) -> None:
    """A text may have as many bytes of UTF-8 as its column allows, however many characters that are."""
    assert make_decoder(SPORT).decode(encode(title))[1] == title


def test_an_absent_optional_field_is_null() -> None:
    """A field that may be absent is null when it is, and its value otherwise."""
    columns = (Column("user", "user", "text", "text", 10), Column("roomid", "roomid", "integer", "integer"))
    decoder = make_decoder(Feed("chat", "chat", columns, "protobuf", "chatmessage"))
    assert decoder.decode(chatmessage(mtype=JOIN_REQ, roomid=0).SerializeToString()) == (None, 0)
    assert decoder.decode(chatmessage(mtype=JOIN_REQ, user="adam").SerializeToString()) == ("adam", None)


@pytest.mark.parametrize(
    ("message_type", "field", "reason"),
    [
        ("nonsense", "sport", "no module of proto/ defines"),
        ("event", "nonsense", "has no field nonsense"),
        ("chatmessage", "roomid.number", "roomid is no single message, so it has no field number"),
        ("chatmessage", "user", "user is string, which cannot fill a column of integer"),
    ],
)
def test_a_feed_that_cannot_be_decoded_is_refused(message_type: str, field: str, reason: str) -> None:
    """What its columns want must be in its messages."""
    with pytest.raises(FeedError, match=reason):
        make_decoder(Feed("f", "f", (Column("c", field, "integer", "integer"),), "protobuf", message_type))


def test_messages_are_decoded_by_subject() -> None:
    """The subject decides which feed a message belongs to; what cannot be a row becomes a reject with its bytes."""
    decoders = Decoders([TRADE, SPORT])
    good = encode("Ajax")
    assert decoders.decode(5, "sport_event", good, NOW) == Row(5, 5, 1, "sport_event", good, (3, "Ajax", "d"), NOW)
    bad = decoders.decode(6, "trades", good, NOW)
    assert isinstance(bad, Reject)
    assert (bad.first_seq, bad.last_seq, bad.subject, bad.message) == (6, 6, "trades", good)
    stray = decoders.decode(7, "weather", good, NOW)
    assert isinstance(stray, Reject)
    assert stray.error == "has a subject that belongs to no feed"


def json_feed(name: str, subject: str, state: str = "active") -> Feed:
    """A feed of JSON with one column."""
    return Feed(name, subject, (Column("city", "city", "text", "text", 100),), state=state)


def test_a_message_goes_to_every_feed_whose_subject_covers_its_own() -> None:
    """It may be a row of one feed and a reject of another, which says of which."""
    decoders = Decoders([json_feed("rain", "weather.rain"), json_feed("weather", "weather.>"), TRADE])
    data = b'{"city": "Delft"}'
    item = decoders.decode(1, "weather.rain", data, NOW)
    rows = tuple(Row(1, 1, index, "weather.rain", data, ("Delft",), NOW) for index in (0, 1))
    assert item == Shared(1, 1, "weather.rain", data, rows)
    assert decoders.decode(2, "weather.snow", data, NOW) == Row(2, 2, 1, "weather.snow", data, ("Delft",), NOW)
    both = Decoders([json_feed("rain", "trades"), TRADE]).decode(3, "trades", data, NOW)
    assert isinstance(both, Shared)
    row, reject = both.parts
    assert isinstance(row, Row)
    assert isinstance(reject, Reject)
    assert reject.error == "feed execution: is not a readable protobuf message of type execution"


@pytest.mark.parametrize("state", ["paused", "removed"])
def test_what_comes_for_a_feed_that_takes_nothing_is_passed_over(state: str) -> None:
    """It makes neither a row nor a reject, and other feeds get it all the same."""
    feeds = [json_feed("rain", "weather.rain", state), json_feed("storm", "weather.*.storm")]
    assert Decoders(feeds).decode(1, "weather.rain", b"{}", NOW) == Shared(1, 1, "weather.rain", b"{}", ())
    item = Decoders([*feeds, json_feed("all", "weather.>")]).decode(1, "weather.rain", b"{}", NOW)
    assert isinstance(item, Row)
    assert item.feed == 2


def test_a_feed_that_cannot_be_read_does_not_stop_others() -> None:
    """Its messages are rejected, with the reason."""
    decoders = Decoders([Feed("bad", "bad", TRADE.columns, "protobuf", "nonsense"), TRADE])
    assert decoders.refusals == {"bad": "it carries nonsense, which no module of proto/ defines"}
    reject = decoders.decode(1, "bad", b"", NOW)
    assert isinstance(reject, Reject)
    assert reject.error == "feed bad cannot be read: it carries nonsense, which no module of proto/ defines"


def test_not_all_subjects_that_came_are_remembered() -> None:
    """They may have an id in them."""
    decoders = Decoders([json_feed("rain", "rain.*")])
    for number in range(2 * MOST_SUBJECTS):
        assert isinstance(decoders.decode(number, f"rain.{number}", b"{}", NOW), Row)
    assert len(decoders._takers) <= MOST_SUBJECTS
