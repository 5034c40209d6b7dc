"""Numbers and texts as people mean them, computed in Python, for comparison with what Postgres makes of a clause.

Of what Postgres does otherwise than Python: NaN equals itself and is above everything else, a remainder of infinity is
NaN, halves are rounded away from zero, and an unknown is neither true nor false.
"""

import operator
import re
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from typing import Any

# Exact for sums and products of a few 32-bit floats: those have 39 digits before the point and 45 behind it.
_EXACT = Context(prec=1000)

Number = Decimal
Truth = bool | None
# Of two numbers or two texts: which of them, their callers know.
Comparison = Callable[[Any, Any], bool]

COMPARISONS: dict[str, Comparison] = {
    "=": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def rank(value: Number | str | None) -> tuple[bool, Number] | str | None:
    """What a value is compared by: texts by code points."""
    if not isinstance(value, Decimal):
        return value
    return (True, Decimal(0)) if value.is_nan() else (False, value)


def compare(sign: str, left: Number | str | None, right: Number | str | None) -> Truth:
    """Unknown if one of them is."""
    if left is None or right is None:
        return None
    return COMPARISONS[sign](rank(left), rank(right))


def negate(truth: Truth) -> Truth:
    """NOT."""
    return None if truth is None else not truth


def both(*truths: Truth) -> Truth:
    """AND."""
    return False if False in truths else None if None in truths else True


def either(*truths: Truth) -> Truth:
    """OR."""
    return True if True in truths else None if None in truths else False


def add(left: Number, right: Number) -> Number:
    """As Postgres: infinities of different signs make NaN."""
    if left.is_infinite() and right.is_infinite() and left != right:
        return Decimal("NaN")
    return _EXACT.add(left, right)


def multiply(left: Number, right: Number) -> Number:
    """As Postgres: nothing times infinity is NaN."""
    if (left.is_infinite() and right == 0) or (right.is_infinite() and left == 0):
        return Decimal("NaN")
    return _EXACT.multiply(left, right)


def remainder(left: Number, right: Number) -> Number:
    """With the sign of the left; the right is finite and not 0."""
    return _EXACT.remainder(left, right) if left.is_finite() else Decimal("NaN")


def round_at(value: Number, places: int, rounding: str = ROUND_HALF_UP) -> Number:
    """Half away from zero."""
    return value.quantize(Decimal((0, (1,), -places)), rounding, _EXACT) if value.is_finite() else value


def cut_at(value: Number, places: int) -> Number:
    """Towards zero."""
    return round_at(value, places, ROUND_DOWN)


def floor(value: Number) -> Number:
    """Down."""
    return round_at(value, 0, ROUND_FLOOR)


def ceiling(value: Number) -> Number:
    """Up."""
    return round_at(value, 0, ROUND_CEILING)


def like(text: str | None, pattern: str, escape: str) -> Truth:
    """LIKE, with a pattern that does not end in its escape character; "" is none."""
    if text is None:
        return None
    tokens = re.findall(f"{re.escape(escape)}(.)|(.)" if escape else "()(.)", pattern, re.DOTALL)
    signs = {"%": ".*", "_": "."}
    expression = "".join(re.escape(taken) if taken else signs.get(plain, re.escape(plain)) for taken, plain in tokens)
    return re.fullmatch(expression, text, re.DOTALL) is not None
