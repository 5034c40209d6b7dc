"""Subjects: which a feed may have, and which a stream covers."""

import pytest

from bridge.errors import FeedError
from bridge.feed import check_settings
from bridge.subject import covers, merge, overlap


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
        ("sport.*", "sport.*", True),
        ("sport.*", "sport.>", False),
        ("sport.>", "sport.>", True),
        ("sport.>", "sport.*.new", True),
        ("sport.*.new", "sport.event.*", False),
    ],
)
def test_a_pattern_covers_its_subjects(pattern: str, subject: str, expected: bool) -> None:
    """A stream's pattern covers a subject as NATS has it."""
    assert covers(pattern, subject) is expected


@pytest.mark.parametrize("subject", ["sport.*", ">", "", "a..b", "a b", "a\tb"])
def test_what_cannot_be_published_to_is_no_feeds_subject(subject: str) -> None:
    """A subject that the environment gives must be one that can be published to."""
    with pytest.raises(FeedError, match="without wildcards"):
        check_settings({"f": subject})


def test_one_feed_a_subject() -> None:
    """Of those that the environment gives: that is a slip."""
    with pytest.raises(FeedError, match="a and b have the same subject 'x'"):
        check_settings({"a": "x", "b": "x"})
    check_settings({"a": "x.y", "b": "x"})


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("a", "a", True),
        ("a", "b", False),
        ("a", "a.b", False),
        ("a.>", "a", False),
        ("a.>", "a.b.c", True),
        ("a.*", "a.b.c", False),
        ("a.*.c", "a.b.>", True),
        ("a.*.c", "a.b.*", True),
        ("a.*.c", "a.b.d", False),
        ("*", "a", True),
    ],
)
def test_subjects_overlap_if_a_message_can_come_on_both(one: str, other: str, expected: bool) -> None:
    """As the server has it for two streams, or for one."""
    assert overlap(one, other) is overlap(other, one) is expected


@pytest.mark.parametrize(
    ("subjects", "merged"),
    [
        (["a", "b"], ["a", "b"]),
        (["a", "a"], ["a"]),
        (["a.>", "b", "a.b"], ["a.>", "b"]),
        (["a.b", "b", "a.c", "a.>"], ["b", "a.>"]),
        (["a.*.c", "a.b.>"], ["a.*.>"]),
        (["a.*.c", "a.b.*"], ["a.*.*"]),
        # What is widened may then overlap with a third.
        (["a.x.d", "a.*.c", "a.b.*"], ["a.*.*"]),
    ],
)
def test_no_two_subjects_of_a_stream_overlap(subjects: list[str], merged: list[str]) -> None:
    """Yet they cover all that the feeds want."""
    assert merge(subjects) == merged
    assert all(any(covers(wide, subject) for wide in merged) for subject in subjects)
