"""One statement stores a batch; what the batch does not have is not in it."""

import re
from datetime import UTC, datetime

from bridge.batch import Batch, Reject, Row
from bridge.feed import Column, Feed
from bridge.statement import Origin, Statement

FEEDS = [
    Feed("sport_event", "s", "event", (Column("sport", None), Column("match_title", 10))),
    Feed("execution", "e", "execution", (Column("price", None),)),
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
