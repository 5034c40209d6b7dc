"""What a client may send, and how fast; it is told why when it may not."""

import pytest

from gateway.allowance import Allowance
from gateway.client.limits import (
    COMMENT_BURST,
    COMMENTS_PER_SECOND,
    FILTER_BURST,
    REFUSAL_BURST,
    REFUSALS_PER_SECOND,
    Allowances,
)
from proto.chatmessage_pb2 import PREVIEW, RATES
from proto.sizes import MAX_CONTENT_BYTES


class Clock:
    """Stands still until it is set on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The test's time."""
    return Clock()


@pytest.fixture
def allowances(clock: Clock) -> Allowances:
    """Of a client that has sent nothing yet."""
    return Allowances(clock)


def drain(allowance: Allowance) -> int:
    """How many are allowed now."""
    taken = 0
    while allowance.take():
        taken += 1
    return taken


def test_a_burst_is_allowed_at_once_and_no_more(clock: Clock) -> None:
    """Until time passes."""
    allowance = Allowance(rate=10, burst=5, clock=clock)
    assert drain(allowance) == 5
    assert drain(allowance) == 0


def test_what_was_used_comes_back_at_the_rate(clock: Clock) -> None:
    """Parts of one are not lost, whoever asks in between."""
    allowance = Allowance(rate=10, burst=5, clock=clock)
    drain(allowance)
    clock.now += 0.0625
    assert not allowance.has_one()
    clock.now += 0.0625
    assert drain(allowance) == 1
    clock.now += 0.375
    assert drain(allowance) == 4


def test_no_more_than_a_burst_is_saved_up(clock: Clock) -> None:
    """However long nothing was sent."""
    allowance = Allowance(rate=10, burst=5, clock=clock)
    clock.now += 1e6
    assert drain(allowance) == 5


def test_asking_uses_nothing_up(clock: Clock) -> None:
    """Only taking does."""
    allowance = Allowance(rate=1, burst=1, clock=clock)
    assert [allowance.has_one() for _ in range(3)] == [True] * 3
    assert drain(allowance) == 1


@pytest.mark.parametrize(
    ("comment", "reason"),
    [
        ("", "the comment is empty"),
        ("é" * (MAX_CONTENT_BYTES // 2) + "x", f"has {MAX_CONTENT_BYTES + 1} bytes; at most {MAX_CONTENT_BYTES}"),
        ("a\0b", "U+0000"),
    ],
)
def test_a_comment_that_cannot_be_stored_is_refused_and_not_counted(
    allowances: Allowances, comment: str, reason: str
) -> None:
    """Its size is that of its bytes."""
    for _ in range(int(COMMENT_BURST) + 1):
        assert reason in (allowances.explain_comment(comment) or "")
    assert allowances.explain_comment("é" * (MAX_CONTENT_BYTES // 2)) is None


def test_comments_that_come_too_fast_are_refused(allowances: Allowances, clock: Clock) -> None:
    """With the rate, and only until there was time for more."""
    assert {allowances.explain_comment("hello") for _ in range(int(COMMENT_BURST))} == {None}
    assert f"at most {COMMENTS_PER_SECOND:.0f} a second" in (allowances.explain_comment("hello") or "")
    clock.now += 1
    assert [allowances.explain_comment("hello") for _ in range(int(COMMENTS_PER_SECOND) + 1)].count(None) == (
        COMMENTS_PER_SECOND
    )


def test_what_was_done_already_is_owed(clock: Clock) -> None:
    """And how long that takes to be made up is known."""
    allowance = Allowance(rate=10, burst=5, clock=clock)
    assert allowance.seconds_to_one() == 0
    allowance.owe(25)
    assert allowance.seconds_to_one() == pytest.approx(2.1)
    clock.now += 2.25
    assert drain(allowance) == 2


def test_joins_that_come_too_fast_are_refused(allowances: Allowances, clock: Clock) -> None:
    """Twenty at once, then two a second; whatever became of them."""
    assert [allowances.explain_join() for _ in range(20)] == [None] * 20
    assert "tries to join come too fast; at most 2 a second" in (allowances.explain_join() or "")
    clock.now += 1
    assert [allowances.explain_join() for _ in range(3)].count(None) == 2


def test_filters_that_come_too_fast_are_refused(allowances: Allowances) -> None:
    """And comments are not, which have an allowance of their own."""
    assert {allowances.explain_filter() for _ in range(int(FILTER_BURST))} == {None}
    assert "filters come too fast" in (allowances.explain_filter() or "")
    assert allowances.explain_comment("hello") is None


def test_who_has_too_many_filters_refused_must_wait_though_few_are_sent(allowances: Allowances, clock: Clock) -> None:
    """Looking at a filter that is not valid costs the most."""
    assert drain(allowances.refusals) == REFUSAL_BURST
    assert "too many refused filters" in (allowances.explain_filter() or "")
    clock.now += 1 / REFUSALS_PER_SECOND
    assert allowances.explain_filter() is None


def test_questions_are_counted_apart(clock: Clock) -> None:
    """Twenty at once, then five a second; refused previews hold up previews alone, and no filter."""
    allowances = Allowances(clock)
    assert [allowances.explain_question(RATES) for _ in range(20)] == [None] * 20
    assert "questions come too fast; at most 5 a second" in str(allowances.explain_question(RATES))
    clock.now += 1
    assert [allowances.explain_question(PREVIEW) for _ in range(5)] == [None] * 5
    assert allowances.explain_question(PREVIEW) is not None
    clock.now += 10
    for _ in range(int(REFUSAL_BURST)):
        allowances.refused_previews.take()
    assert "too many refused previews" in str(allowances.explain_question(PREVIEW))
    assert allowances.explain_question(RATES) is None
    assert allowances.explain_filter() is None
    clock.now += 1
    assert allowances.explain_question(PREVIEW) is None
