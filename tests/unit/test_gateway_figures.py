"""How often a gateway asks for the database's figures."""

import pytest

from gateway.postgres.figures import OLDEST, PAUSE, pause


@pytest.mark.parametrize(("took", "seconds"), [(0.0, PAUSE), (0.01, PAUSE), (0.5, 10.0)])
def test_slow_answers_are_asked_for_less_often(took: float, seconds: float) -> None:
    """So that a small part of a session's time is spent on them."""
    assert pause(took) == seconds


def test_figures_are_there_again_after_a_freeze() -> None:
    """An answer that came through a freeze does not silence them for twenty times as long."""
    assert pause(10.0) < OLDEST
