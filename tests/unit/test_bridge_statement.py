"""One statement stores a batch; what the batch does not have is not in it."""

import re
from datetime import UTC, datetime

from bridge.batch import Batch, Reject, Row, Shared
from bridge.feed import Column, Feed
from bridge.statement import Origin, Statement

FEEDS = [
    Feed(
        "sport_event",
        "s",
        (Column("sport", "sport", "integer", "integer"), Column("match_title", "match_title", "text", "text", 10)),
    ),
    Feed("execution", "e", (Column("price", "price", "numeric", "real"),)),
]
ORIGIN = Origin("CHATFEED", "yesterday")
LAST_TIME = datetime(1970, 1, 1, 0, 0, 1, 1, tzinfo=UTC)


def test_rows_of_one_feed_go_in_one_call() -> None:
    """Rows of one feed: the position and that feed's function, values turned into arrays."""
    batch = Batch([Row(4, 4, 0, "s", b"a", (1, "x")), Row(5, 5, 0, "s", b"b", (2, "y"))], micros=1_000_001)
    text, arguments = Statement(FEEDS).build(ORIGIN, batch)
    assert text == (
        "select chat.advance_position($1::text, $2::text, $3::bigint, $4::bigint, $5::timestamptz), "
        "feed.store_sport_event($6, $7, $8, $9)"
    )
    assert arguments == ["CHATFEED", "yesterday", 4, 5, LAST_TIME, (4, 5), (b"a", b"b"), (1, 2), ("x", "y")]


def test_rows_rejects_and_position_go_in_one_statement() -> None:
    """Rows of both feeds, a bad message and a gap: the position covers all of them."""
    batch = Batch(
        [
            Row(1, 1, 1, "e", b"a", (1.5,)),
            Reject(2, 8, None, None, "gone"),
            Row(9, 9, 0, "s", b"b", (2, "y")),
            Reject(10, 10, "s", b"?", "bad"),
        ]
    )
    text, arguments = Statement(FEEDS).build(ORIGIN, batch)
    assert re.findall(r"\w+\.\w+(?=\()", text) == [
        "chat.advance_position",
        "feed.store_sport_event",
        "feed.store_execution",
        "chat.reject_messages",
    ]
    assert text.count("$") == len(arguments) == 5 + 4 + 3 + 7
    assert arguments[:5] == ["CHATFEED", "yesterday", 1, 10, None]
    assert arguments[-7:] == ["CHATFEED", "yesterday", (2, 10), (8, 10), (None, "s"), (None, b"?"), ("gone", "bad")]


def test_without_a_stream_no_position_moves() -> None:
    """Rows of a plain subscription have no sequence, though the position counts them."""
    origin = Origin("CHATFEED", "subscription", is_stream=False)
    _, arguments = Statement(FEEDS).build(origin, Batch([Row(3, 3, 1, "e", b"a", (1.5,))]))
    assert arguments == ["CHATFEED", "subscription", 3, 3, None, (None,), (b"a",), (1.5,)]


def test_few_different_statements_are_prepared() -> None:
    """Batches of the same make-up have the same text, so that Postgres prepares it once."""
    statement = Statement(FEEDS)
    texts = {
        statement.build(ORIGIN, Batch([Row(n, n, 0, "s", b"", (n, ""))] * size))[0] for n in range(5) for size in (1, 7)
    }
    assert len(texts) == 1


def test_what_nats_tells_of_a_message_stands_among_the_columns() -> None:
    """Its subject, and when the stream got it, at the places that the feed has them."""
    columns = (
        Column("subject", "subject", "text", "text", 4096, "subject"),
        Column("city", "city", "text", "text", 10),
        Column("received_at", "received_at", "timestamptz", "timestamptz", None, "received_at"),
        Column("wet", "wet", "boolean", "boolean"),
    )
    rows = [Row(1, 1, 0, "w.a", b"a", ("Ede", True), 1_000_001), Row(2, 2, 0, "w.b", b"b", (None, None), 1_000_001)]
    text, arguments = Statement([Feed("weather", "w.*", columns)]).build(ORIGIN, Batch([*rows]))
    assert text.endswith("feed.store_weather($6, $7, $8, $9, $10, $11)")
    assert arguments[7:] == [("w.a", "w.b"), ("Ede", None), [LAST_TIME, LAST_TIME], (True, None)]


def test_a_message_of_several_feeds_is_stored_in_each() -> None:
    """And one that nobody wants moves the position only."""
    reject = Reject(1, 1, "s", b"a", "bad")
    shared = Shared(1, 1, "s", b"a", (Row(1, 1, 0, "s", b"a", (1, "x")), Row(1, 1, 1, "s", b"a", (1.5,)), reject))
    text, arguments = Statement(FEEDS).build(ORIGIN, Batch([shared, Shared(2, 2, "s", b"b", ())]))
    assert re.findall(r"\w+(?=\()", text) == [
        "advance_position",
        "store_sport_event",
        "store_execution",
        "reject_messages",
    ]
    assert arguments[2:4] == [1, 2]
    assert arguments[5:12] == [(1,), (b"a",), (1,), ("x",), (1,), (b"a",), (1.5,)]
    assert arguments[14:] == [(1,), (1,), ("s",), (b"a",), ("bad",)]
    text, arguments = Statement(FEEDS).build(ORIGIN, Batch([Shared(2, 2, "s", b"b", ())]))
    assert (text.count("("), arguments[2:4]) == (1, [2, 2])
