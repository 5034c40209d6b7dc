"""Percentiles are values that were measured, and none when nothing was."""

import pytest

from clientsim.traffic import milliseconds, percentile


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([5.0], 0.5, 5.0), ([3.0, 1.0, 2.0], 0.5, 2.0), ([1.0, 2.0, 3.0, 4.0], 0.5, 2.0), (list(range(1, 101)), 0.99, 99)],
)
def test_a_percentile_is_the_smallest_value_with_that_share_below(
    values: list[float], share: float, expected: float
) -> None:
    """Nearest rank, whatever the order."""
    assert percentile(values, share) == expected


def test_nothing_measured_shows_as_a_dash() -> None:
    """Rather than as zero, which would look splendid."""
    assert milliseconds(percentile([], 0.5)) == "-"
    assert milliseconds(0.00234) == "2.3 ms"
