"""A rate asked for is the rate that comes out, without drift and without a burst after a long stall."""

from random import Random

import pytest

from feedsim.pace import MAX_BACKLOG, Pace


def publish(pace: Pace, start: float, seconds: float, jitter: Random) -> list[int]:
    """Run a pace on a made-up clock whose every wake-up is late by up to 3 ms; returns the bursts."""
    now, bursts = start, []
    while now < start + seconds:
        bursts.append(pace.take_due(now))
        now += pace.wait(now) + jitter.random() * 0.003
    return bursts


@pytest.mark.parametrize("rate", [0.5, 5, 20, 1000, 12345])
def test_the_count_after_a_minute_is_the_rate_times_sixty(rate: float) -> None:
    """Late wake-ups don't add up."""
    bursts = publish(Pace(rate, 100.0), 100.0, 60.0, Random(1))
    assert abs(sum(bursts) - rate * 60) <= max(1, rate * 0.01)


def test_bursts_are_small_at_a_thousand_a_second() -> None:
    """Messages come spread out, not once a second."""
    assert max(publish(Pace(1000, 0.0), 0.0, 10.0, Random(1))) <= 10


def test_nothing_is_due_at_the_start() -> None:
    """The first message comes one interval after the start."""
    pace = Pace(10, 5.0)
    assert pace.take_due(5.0) == 0
    assert pace.take_due(5.1001) == 1


def test_a_short_stall_is_made_up_for() -> None:
    """Half a second of silence is followed by what fell due in it."""
    pace = Pace(1000, 0.0)
    pace.take_due(10.0)
    assert pace.take_due(10.5) == pytest.approx(500, abs=1)


def test_a_long_stall_is_made_up_for_only_in_part() -> None:
    """After an hour's sleep of the machine no hour of messages follows."""
    pace = Pace(1000, 0.0)
    pace.take_due(0.5)
    assert pace.take_due(3600.0) == pytest.approx(1000 * MAX_BACKLOG, abs=1)
    assert pace.take_due(3600.1) == pytest.approx(100, abs=1)


def test_skipped_messages_are_not_made_up_for() -> None:
    """What fell due while nobody was connected is given up."""
    pace = Pace(1000, 0.0)
    pace.skip(0.8)
    assert pace.take_due(0.9) == pytest.approx(100, abs=1)


def test_a_rate_of_zero_has_no_pace() -> None:
    """Silence is the caller's business."""
    with pytest.raises(ValueError, match="above 0"):
        Pace(0, 0.0)
