"""The decimal that a float of a feed's message stands for, as filters compare it: 99.99, not 99.98999786376953."""

import math
import struct
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from functools import lru_cache

# Enough for any 32-bit float, and for the middle between two of them.
_EXACT = Context(prec=200)
MOST_DIGITS = 9


@lru_cache(maxsize=32_768)
def decimal_of(value: float) -> Decimal:
    """The decimal of the fewest digits that only this 32-bit float is nearest to; the nearest one of these.

    As Postgres prints a `real`: a decimal right in the middle between two floats is neither's.
    """
    if value == 0:
        return Decimal(0)
    if not math.isfinite(value):
        return Decimal(value)
    if value < 0:
        return -decimal_of(-value)
    exact = Decimal(value)
    low, high = (Decimal((value + neighbour) / 2) for neighbour in _neighbours(value))
    for digits in range(1, MOST_DIGITS + 1):
        place = Decimal((0, (1,), exact.adjusted() - digits + 1))
        candidates = [exact.quantize(place, rounding, _EXACT) for rounding in (ROUND_FLOOR, ROUND_CEILING)]
        fitting = [decimal for decimal in candidates if low < decimal < high]
        if fitting:
            # Of two that are as near, the one that ends in an even digit.
            return min(fitting, key=lambda d: (abs(_EXACT.subtract(d, exact)), d.as_tuple().digits[-1] % 2))
    raise ValueError(f"{value!r} is no 32-bit float")


def _neighbours(value: float) -> tuple[float, float]:
    """The 32-bit floats next to one above 0; what would be the next one above the largest."""
    (bits,) = struct.unpack("<I", struct.pack("<f", value))
    (below,) = struct.unpack("<f", struct.pack("<I", bits - 1))
    (above,) = struct.unpack("<f", struct.pack("<I", bits + 1))
    return below, above if math.isfinite(above) else 2.0**128
