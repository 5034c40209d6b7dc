"""Floats of the wire are read as the decimals that were meant, as Postgres reads them."""

import math
import struct
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientsim.decimals import decimal_of

FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)


def on_the_wire(value: float) -> bytes:
    return struct.pack("<f", value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("99.99", 99.99),
        ("0.01", 0.01),
        ("0.1", 0.1),
        ("1234567.9", 1234567.9),
        ("16777216", 16777217.0),
        ("3.4028235e38", 3.4028235e38),
        ("1e-45", 1e-45),
        ("0", -0.0),
        ("-50.5", -50.5),
        ("1.2621775e-29", 2.0**-96),
        ("34002.688", 34002.6875),
        # Nearest to both of two floats, so it stands for neither.
        ("45338248", 45338250.0),
    ],
)
def test_what_was_sent_is_read(text: str, value: float) -> None:
    """The figures are those that PostgreSQL 16 and 18 print, extremes, powers of two and ties among them."""
    (sent,) = struct.unpack("<f", on_the_wire(value))
    assert decimal_of(sent) == Decimal(text)


def test_what_is_no_number_stays_so() -> None:
    """NaN and the infinities."""
    assert math.isnan(decimal_of(math.nan))
    assert decimal_of(-math.inf) == -math.inf


@given(st.integers(0, 10**7))
def test_every_decimal_of_seven_digits_comes_back(cents: int) -> None:
    """As cents, and as thousandths."""
    for places in (2, 3):
        meant = Decimal(cents).scaleb(-places)
        assert decimal_of(*struct.unpack("<f", on_the_wire(float(meant)))) == meant


@settings(max_examples=2000)
@given(FLOATS)
def test_a_decimal_becomes_the_float_again(value: float) -> None:
    """With nine digits at most, and with none that a shorter rounding shows to be needless."""
    decimal = decimal_of(value)
    assert on_the_wire(float(decimal)) == on_the_wire(value + 0.0)
    digits = len(decimal.normalize().as_tuple().digits)
    assert digits <= 9
    # A decimal that ties two floats would be shorter, and needs at least as many digits as the float above 2 ** 24.
    if abs(value) < 2**24:
        assert all(on_the_wire(float(f"{value:.{fewer}g}")) != on_the_wire(value) for fewer in range(1, digits))
