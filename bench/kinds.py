"""Kinds of filters on executions that differ in constants only, and the executions that they are evaluated for.

Prices and quantities are held as whole hundredths: which rows a filter passes is counted in whole numbers.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = Any
"""A numpy array; numpy's types are not installed everywhere that types are checked."""
ROWS = 2000
"""How many different executions there are; they take turns."""
SYMBOLS = 500
_SEED = 17
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_MOST_PRICE, _MOST_QUANTITY = 100_000, 1_000_000
_WIDTH = _MOST_PRICE // 4
_LIST = 5
_PREFIXES = range(4, 17)
_PIECES = range(4, 9)
"""How many characters a prefix has, and what is looked for within a text."""

_random = random.Random(_SEED)


def _words(count: int, length: int) -> list[str]:
    return ["".join(_random.choices(_LETTERS, k=length)) for _ in range(count)]


_NAMES, _WORDS = _words(1000, 16), _words(2000, 8)


class Executions:
    """The executions, by column."""

    def __init__(self) -> None:
        self.symbols: Array = np.array([_random.randrange(SYMBOLS) for _ in range(ROWS)])
        self.prices: Array = np.array([_random.randrange(_MOST_PRICE) for _ in range(ROWS)])
        self.quantities: Array = np.array([_random.randrange(_MOST_QUANTITY) for _ in range(ROWS)])
        # Forty characters each.
        self.texts = [" ".join([_random.choice(_NAMES), *_random.choices(_WORDS, k=3)]) for _ in range(ROWS)]


EXECUTIONS = Executions()


def symbol(number: int) -> str:
    """The symbol with a number."""
    return f"SYM{number:04d}"


def decimal(hundredths: int) -> str:
    """A price or quantity as Postgres writes it in a condition."""
    return f"{hundredths // 100}.{hundredths % 100:02d}"


Constants = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """Filters of one signature: `clause` and `canonical` are formats for its constants as SQL."""

    name: str
    clause: str
    canonical: str
    draw: Callable[[random.Random], Constants]
    """Constants by chance: numbers of symbols, hundredths, texts."""
    write: Callable[..., Sequence[str]]
    """The constants as SQL."""
    passes: Callable[..., Array]
    """For each of the executions, whether a filter with these constants passes it."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter of a kind."""

    kind: Kind
    constants: Constants

    @property
    def clause(self) -> str:
        """The clause as a user writes it."""
        return self.kind.clause.format(*self.kind.write(*self.constants))

    @property
    def canonical(self) -> str:
        """The clause as Postgres stores it."""
        return self.kind.canonical.format(*self.kind.write(*self.constants))

    def counts(self) -> Array:
        """How many of the first 0, 1, 2, … executions pass."""
        return np.concatenate(([0], np.cumsum(self.kind.passes(*self.constants))))

    def passed(self, first: int, count: int) -> int:
        """How many of `count` executions pass, counted from number `first` on."""
        counts = self.counts()
        ends = (divmod(number, ROWS) for number in (first + count, first))
        until, before = (rounds * int(counts[-1]) + int(counts[rest]) for rounds, rest in ends)
        return until - before


def draw(kind: Kind, count: int, seed: int = _SEED) -> list[Filter]:
    """So many different filters of a kind."""
    chance = random.Random(seed)
    found: dict[Constants, None] = {}
    while len(found) < count:
        found[kind.draw(chance)] = None
    return [Filter(kind, constants) for constants in found]


def mix(count: int) -> list[Filter]:
    """So many different filters of all kinds together, one kind after the other in turn."""
    kinds = [iter(draw(kind, count // len(KINDS) + 1)) for kind in KINDS]
    return [next(kinds[number % len(kinds)]) for number in range(count)]


def _list(chance: random.Random) -> tuple[int, ...]:
    return tuple(sorted(chance.sample(range(SYMBOLS), _LIST)))


def _write_list(symbols: Sequence[int]) -> tuple[str, str]:
    """As a user writes it, and as Postgres stores it."""
    names = [f"'{symbol(number)}'" for number in symbols]
    return ", ".join(names), ", ".join(f"{name}::text" for name in names)


def _draw_range(chance: random.Random) -> Constants:
    low = chance.randrange(_MOST_PRICE - _WIDTH)
    return low, low + _WIDTH


def _draw_prefix(chance: random.Random) -> Constants:
    return (chance.choice(_NAMES)[: chance.choice(_PREFIXES)],)


def _draw_piece(chance: random.Random) -> Constants:
    length = chance.choice(_PIECES)
    start = chance.randrange(9 - length)
    return (chance.choice(_WORDS)[start : start + length],)


_E = EXECUTIONS

EQUAL = Kind(
    "symbol = S and price > P",
    "symbol = '{0}' and price > {1}",
    "((symbol = '{0}'::text) AND (price > {1}))",
    lambda chance: (chance.randrange(SYMBOLS), chance.randrange(_MOST_PRICE)),
    lambda s, p: (symbol(s), decimal(p)),
    lambda s, p: (_E.symbols == s) & (_E.prices > p),
)
KINDS = (
    EQUAL,
    Kind(
        "price > P, 25 % pass",
        "price > {0}",
        "(price > {0})",
        lambda chance: (chance.randrange(_MOST_PRICE * 6 // 10, _MOST_PRICE * 9 // 10),),
        lambda p: (decimal(p),),
        lambda p: _E.prices > p,
    ),
    Kind(
        "price between A and B, 25 % pass",
        "price between {0} and {1}",
        "((price >= {0}) AND (price <= {1}))",
        _draw_range,
        lambda a, b: (decimal(a), decimal(b)),
        lambda a, b: (a <= _E.prices) & (_E.prices <= b),
    ),
    Kind(
        "symbol in (5) and quantity > Q",
        "symbol in ({0}) and quantity > {2}",
        "((symbol = ANY (ARRAY[{1}])) AND (quantity > {2}))",
        lambda chance: (_list(chance), chance.randrange(_MOST_QUANTITY)),
        lambda symbols, q: (*_write_list(symbols), decimal(q)),
        lambda symbols, q: np.isin(_E.symbols, symbols) & (_E.quantities > q),
    ),
    Kind(
        "(symbol in (5) or price > P) and not quantity > Q",
        "(symbol in ({0}) or price > {2}) and not quantity > {3}",
        "(((symbol = ANY (ARRAY[{1}])) OR (price > {2})) AND (NOT (quantity > {3})))",
        lambda chance: (
            _list(chance),
            chance.randrange(_MOST_PRICE * 8 // 10, _MOST_PRICE),
            chance.randrange(_MOST_QUANTITY),
        ),
        lambda symbols, p, q: (*_write_list(symbols), decimal(p), decimal(q)),
        lambda symbols, p, q: (np.isin(_E.symbols, symbols) | (_E.prices > p)) & ~(_E.quantities > q),
    ),
    Kind(
        "text like 'prefix%'",
        "state_symbol like '{0}%'",
        "(state_symbol ~~ '{0}%'::text)",
        _draw_prefix,
        lambda prefix: (prefix,),
        lambda prefix: np.array([text.startswith(prefix) for text in _E.texts]),
    ),
    Kind(
        "text like '%piece%'",
        "state_symbol like '%{0}%'",
        "(state_symbol ~~ '%{0}%'::text)",
        _draw_piece,
        lambda piece: (piece,),
        lambda piece: np.array([piece in text for text in _E.texts]),
    ),
)
