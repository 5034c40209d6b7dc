"""The dashboard's picture writes values as a person reads them."""

import math

import pytest

from dashboard.values import newest, written


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.0, "s", "0"),
        (0.00042, "s", "420 µs"),
        (0.0734, "s", "73.4 ms"),
        (60.0, "s", "1 min"),
        (1536.0, "bytes", "1.5 KiB"),
        (1_500_000.0, "Bps", "1.5 MB/s"),
        (0.25, "percentunit", "25 %"),
        (4500.0, "short", "4.5 K"),
        (2.0, "none", "2"),
        (math.nan, "s", "no data"),
    ],
)
def test_a_value_has_three_digits_and_a_unit(value: float, unit: str, words: str) -> None:
    """Of the size that suits it."""
    assert written(value, unit) == words


def test_the_newest_value_is_the_last_that_is_known() -> None:
    """None is NaN."""
    assert newest([1.0, 2.0, math.nan]) == 2.0
    assert math.isnan(newest([math.nan]))
