"""Protobuf bytes become column values, or a reason in words why not."""

import pytest

from bridge.batch import Reject, Row
from bridge.decoder import Decoder, Decoders, load_messages
from bridge.errors import FeedError, RejectError
from bridge.feed import Column, Feed
from proto.chatmessage_pb2 import JOIN_REQ, chatmessage
from proto.event_pb2 import FOOTBALL, event
from proto.execution_pb2 import execution

SPORT = Feed(
    "sport_event",
    "sport_event",
    "event",
    (Column("sport", None), Column("match_title", 40), Column("data_event", 100)),
)
TRADE = Feed("execution", "trades", "execution", (Column("price", None), Column("executionEpoch", None)))


@pytest.fixture(autouse=True)
def _messages() -> None:
    load_messages()


def encode(match_title: str = "m", data_event: str = "d") -> bytes:
    """A good event."""
    return event(sport=FOOTBALL, match_title=match_title, data_event=data_event).SerializeToString()


def test_values_come_in_the_order_of_the_columns() -> None:
    """Values come in the order of the columns, enums as numbers, fields that are no column left out."""
    assert Decoder(SPORT).decode(encode("Ajax", "gøal")) == (3, "Ajax", "gøal")
    trade = execution(symbol="s", market="m", price=1.5, quantity=2, executionEpoch=7, stateSymbol="FL")
    assert Decoder(TRADE).decode(trade.SerializeToString()) == (1.5, 7)


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
        Decoder(SPORT).decode(data)
    assert str(refused.value) == reason


@pytest.mark.parametrize("title", ["", "x" * 40, "€" * 13, "😀" * 10])
def test_texts_are_limited_in_bytes(title: str) -> None:
    """A text may have as many bytes of UTF-8 as its column allows, however many characters that are."""
    assert Decoder(SPORT).decode(encode(title))[1] == title


def test_an_absent_optional_field_is_null() -> None:
    """A field that may be absent is null when it is, and its value otherwise."""
    chat = Feed("chat", "chat", "chatmessage", (Column("user", 10), Column("roomid", None)))
    decoder = Decoder(chat)
    assert decoder.decode(chatmessage(mtype=JOIN_REQ, roomid=0).SerializeToString()) == (None, 0)
    assert decoder.decode(chatmessage(mtype=JOIN_REQ, user="adam").SerializeToString()) == ("adam", None)


@pytest.mark.parametrize(
    ("message_type", "field", "reason"),
    [
        ("nonsense", "sport", "no module of proto/ defines"),
        ("event", "nonsense", "has no field nonsense"),
        ("chatmessage", "rooms", "is not a single value"),
    ],
)
def test_a_feed_that_cannot_be_decoded_is_refused_at_start(message_type: str, field: str, reason: str) -> None:
    """A feed that cannot be decoded is refused at the start."""
    with pytest.raises(FeedError, match=reason):
        Decoder(Feed("f", "f", message_type, (Column(field, None),)))


def test_messages_are_decoded_by_subject() -> None:
    """The subject decides which feed a message belongs to; what cannot be a row becomes a reject with its bytes."""
    decoders = Decoders([TRADE, SPORT])
    good = encode("Ajax")
    assert decoders.decode(5, "sport_event", good) == Row(5, 5, 1, "sport_event", good, (3, "Ajax", "d"))
    bad = decoders.decode(6, "trades", good)
    assert isinstance(bad, Reject)
    assert (bad.first_seq, bad.last_seq, bad.subject, bad.message) == (6, 6, "trades", good)
    stray = decoders.decode(7, "weather", good)
    assert isinstance(stray, Reject)
    assert stray.error == "has a subject that belongs to no feed"
