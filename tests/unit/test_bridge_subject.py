"""Subjects: which a feed may have, and which a stream covers."""

import pytest

from bridge.errors import FeedError
from bridge.feed import Feed, check_subjects
from bridge.stream import covers


@pytest.mark.parametrize(
    ("pattern", "subject", "expected"),
    [
        ("sport", "sport", True),
        ("sport", "sport.event", False),
        ("sport.*", "sport.event", True),
        ("sport.*", "sport", False),
        ("sport.*", "sport.event.new", False),
        ("*.event", "sport.event", True),
        ("sport.>", "sport.event.new", True),
        ("sport.>", "sport", False),
        (">", "sport", True),
        ("sport.event", "sport", False),
    ],
)
def test_a_pattern_covers_its_subjects(pattern: str, subject: str, expected: bool) -> None:
    """A stream's pattern covers a subject as NATS has it."""
    assert covers(pattern, subject) is expected


@pytest.mark.parametrize("subject", ["sport.*", ">", "", "a..b", "a b", "a\tb"])
def test_what_cannot_be_published_to_is_no_feeds_subject(subject: str) -> None:
    """A feed's subject must be one that can be published to."""
    with pytest.raises(FeedError, match="without wildcards"):
        check_subjects([Feed("f", subject, "event", ())])


def test_one_feed_a_subject() -> None:
    """Two feeds on one subject could not be told apart."""
    with pytest.raises(FeedError, match="a and b have the same subject 'x'"):
        check_subjects([Feed("a", "x", "event", ()), Feed("b", "x", "execution", ())])
    check_subjects([Feed("a", "x.y", "event", ()), Feed("b", "x", "execution", ())])
