"""A URL with several hosts becomes one URL for each."""

import pytest

from runtime.primary import Answer, Primary, split_hosts

ONE = "postgresql://u:p@h:5444/d?sslmode=require"


@pytest.mark.parametrize(
    ("url", "urls"),
    [
        (ONE, {"h:5444": ONE}),
        ("postgresql:///d?host=h", {"h": "postgresql:///d?host=h"}),
        (
            "postgresql://u:p%40@a:1,b/d",
            {"a:1": "postgresql://u:p%40@a:1/d", "b:5432": "postgresql://u:p%40@b:5432/d"},
        ),
        (
            "postgresql://a,[::1]:7/d?sslmode=require&target_session_attrs=primary",
            {"a:5432": "postgresql://a:5432/d?sslmode=require", "[::1]:7": "postgresql://[::1]:7/d?sslmode=require"},
        ),
        (
            "postgresql:///d?host=a,b&port=1,2&user=u",
            {"a:1": "postgresql://a:1/d?user=u", "b:2": "postgresql://b:2/d?user=u"},
        ),
        ("postgresql://u@/d?host=a,b&port=7", {"a:7": "postgresql://u@a:7/d", "b:7": "postgresql://u@b:7/d"}),
    ],
)
def test_each_host_has_its_url(url: str, urls: dict[str, str]) -> None:
    """Everything else stays as it is; which host to take is decided here, and by nobody else."""
    assert split_hosts(url) == urls


def test_the_highest_timeline_wins() -> None:
    """Of equals the one in use, or else the first."""
    primary = Primary("postgresql://a:1,b:2/d")
    standby, old, new = Answer("a:1"), Answer("a:1", 3), Answer("b:2", 4)
    assert primary.best([old, new]) is new
    assert primary.best([Answer("a:1", error="no answer"), new]) is new
    assert primary.best([standby, Answer("b:2", error="no answer")]) is None
    first, second = Answer("a:1", 3), Answer("b:2", 3)
    assert primary.best([first, second]) is first
    primary.address = "b:2"
    assert primary.best([first, second]) is second


def test_a_timeline_below_what_was_seen_is_refused() -> None:
    """It is an outlived primary, though it be the only one that answers; the complaint says so."""
    primary = Primary("postgresql://a:1,b:2/d")
    primary.timeline = 4
    answers = [Answer("a:1", 3), Answer("b:2", error="no answer")]
    assert primary.best(answers) is None
    assert "a:1 is an outlived primary, of timeline 3 where 4 is the newest" in primary.complaint(answers)
    assert "b:2 is away: no answer" in primary.complaint(answers)
