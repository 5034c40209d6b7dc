"""Kinds of filters that differ in constants only, and rows at the edges of these constants, drawn at random."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from harness.language import quote

Row = tuple[str | None, ...]
"""The values of a row as Postgres reads them, in the order of Table.types."""

ADD_READING = (
    "select chat.add_feed('reading', 'reading.>', columns => "
    "'{city:text,amount:float,code:integer,number:bigint,wet:boolean,at:timestamp,tags:text[],payload:jsonb}')"
)
MEBIBYTE = 1024 * 1024
TEXTS = (
    *(
        "",
        " ",
        "a",
        "A",
        "ab",
        "abc",
        "abd",
        "ABC",
        "a ",
        " a",
        "a_b",
        "axb",
        "100%",
        "a\\b",
        "it's",
        '"',
        "$1:text",
        "z",
    ),
    # The same letter by one code point and by two, of four bytes each, and with what splits them.
    *("é", "e\u0301", "東京", "東", "\U0001f3c8", "\U0001f3c8x", "\U0001f3c9", "ß", "İ", "\U0010ffff"),
    *("GOLF", "GOLF:winner--open", "NASCAR:winner--Kyle Busch", "POLITICS", "$$", "{}", "NULL", "(1, 2)"),
    # Around the longest that an index of constants takes, 1,000 bytes.
    *("y" * 999, "y" * 1000, "y" * 1001, "é" * 500, "é" * 500 + "x"),
)
LONG = tuple(text * (4096 // len(text.encode())) for text in ("x", "é", "\U0001f3c8", "abc", "'"))
HUGE = ("a" * MEBIBYTE, "é" * (MEBIBYTE // 2), "x" * (MEBIBYTE - 12) + "GOLF:winner-")
WORDS = ("GOLF", "winner", "öpen", "東京", "\U0001f3c8", "Q1", "10:00", "--", "aaa", "it's", "e\u0301", "x")
DECIMALS = (
    *("0", "1", "-1", "50", "50.5", "-50.25", "0.1", "99.99", "-99.99", "100", "123456789012345678", "1e15"),
    *("9007199254740992", "9007199254740993", "0.000000000000001", "123456789012345.6", "0.30000000000000004"),
    *("0.3000000000000000401", "NaN", "Infinity", "-Infinity", "9e59", "-9e59", "1e-58", "100.00", "2.50", "2.5"),
)
ODD_DECIMALS = ("1e-320", "-1e-320", "1e305", "-1e305", "1e-300", "1e300", "50.50000000000000000001", "-0.1e-400")
WHOLE = ("0", "1", "-1", "2", "7", "100", "2147483647", "-2147483648")
LARGE = (*WHOLE, "2147483648", "9007199254740993", "999999999999999999", "-999999999999999999")
LARGEST = ("9223372036854775807", "-9223372036854775808")
MOMENTS = (
    *("2020-01-01 10:00:00+00", "2020-01-01 10:00:00.000001+00", "2020-01-01 12:00:00+02", "1969-12-31 23:59:59+00"),
    *("2024-02-29 00:00:00+00", "9999-12-31 23:59:59+00", "0001-01-01 00:00:00+00"),
)


@dataclass(frozen=True)
class Table:
    """A feed: its name, the types of the columns that are filled, and how a row is drawn."""

    name: str
    types: dict[str, str]
    row: Callable[[Random], Row]
    huge: Callable[[Random], Row] | None = None
    """A row as large as the feed takes."""


@dataclass(frozen=True)
class Kind:
    """What the filters have in common; `clause` draws one."""

    table: Table
    clause: Callable[[Random], str]


def text(chance: Random) -> str:
    """Mostly one that others are, too."""
    if chance.random() < 0.85:
        return chance.choice(TEXTS)
    return "".join(chance.choice(WORDS) for _ in range(chance.randint(1, 3)))


def decimal(chance: Random) -> str:
    """Mostly one that others are, too."""
    return chance.choice(DECIMALS) if chance.random() < 0.5 else str(chance.randint(-9999, 9999) / 100)


def sentence(chance: Random) -> str:
    """Some words."""
    return " ".join(chance.choice(WORDS) for _ in range(chance.randint(0, 12)))


def _execution(chance: Random) -> Row:
    numbers = [chance.choice(ODD_DECIMALS) if chance.random() < 0.05 else decimal(chance) for _ in range(2)]
    symbol = chance.choice(LONG) if chance.random() < 0.05 else text(chance)
    return symbol, text(chance), *numbers, chance.choice(LARGE), text(chance)


def _event(chance: Random) -> Row:
    return chance.choice(("1", "2", "3", "7", "8", "-1")), text(chance), sentence(chance)


def _huge_event(chance: Random) -> Row:
    return "3", text(chance), chance.choice(HUGE)


def _reading(chance: Random) -> Row:
    values = (
        *(text(chance), decimal(chance), chance.choice(WHOLE), chance.choice((*LARGE, *LARGEST))),
        *(chance.choice(("t", "f")), chance.choice((*MOMENTS, "infinity", "-infinity"))),
        chance.choice(("{}", "{a}", "{a,NULL,b}", '{"東京"}')),
        chance.choice(("{}", '{"a": "x"}', '{"a": 5, "b": "東京"}', '{"b": null}', '{"a": "", "b": "x"}', "[1]")),
    )
    return tuple(None if chance.random() < 0.15 else value for value in values)


EXECUTION = Table(
    "execution",
    {
        **{"symbol": "text", "market": "text", "price": "numeric", "quantity": "numeric"},
        **{"execution_epoch": "bigint", "state_symbol": "text"},
    },
    _execution,
)
SPORT_EVENT = Table(
    "sport_event", {"sport": "integer", "match_title": "text", "data_event": "text"}, _event, _huge_event
)
READING = Table(
    "reading",
    {
        **{"city": "text", "amount": "numeric", "code": "integer", "number": "bigint", "wet": "boolean"},
        **{"at": "timestamptz", "tags": "text[]", "payload": "jsonb"},
    },
    _reading,
)


def _t(chance: Random) -> str:
    return quote(text(chance))


def _n(chance: Random) -> str:
    return f"'{decimal(chance)}'"


def _b(chance: Random) -> str:
    return chance.choice(
        [number for number in DECIMALS if number[-1].isdigit() and "e" not in number and len(number) < 17]
    )


def _w(chance: Random) -> str:
    return chance.choice(WHOLE[:-1])


def _l(chance: Random) -> str:
    return chance.choice(LARGE)


def _at(chance: Random) -> str:
    return f"'{chance.choice(MOMENTS)}'"


def _many(one: Callable[[Random], str], most: int = 7) -> Callable[[Random], str]:
    return lambda chance: ", ".join(one(chance) for _ in range(chance.randint(2, most)))


def _like(*forms: str) -> Callable[[Random], str]:
    """A pattern: some words between what the forms have before and behind them, wildcards of its own among them."""

    def draw(chance: Random) -> str:
        word = chance.choice(TEXTS) if chance.random() < 0.3 else "".join(chance.choices(WORDS, k=chance.randint(1, 3)))
        return quote(chance.choice(forms).replace("*", word[:40]))

    return draw


def _kind(table: Table, template: str, *constants: Callable[[Random], str]) -> Kind:
    """A template with a % for each constant."""
    parts = template.split("%")
    return Kind(
        table, lambda chance: parts[0] + "".join(c(chance) + p for c, p in zip(constants, parts[1:], strict=True))
    )


def _signed(table: Table, template: str, *constants: Callable[[Random], str]) -> Kind:
    """The same, with a comparison drawn for each `?`."""
    kind = _kind(table, template, *constants)

    def draw(chance: Random) -> str:
        pieces = kind.clause(chance).split(" ? ")
        return pieces[0] + "".join(f" {chance.choice(('<', '<=', '>', '>=', '=', '<>'))} {p}" for p in pieces[1:])

    return Kind(table, draw)


KINDS = {
    "equality and range": _kind(EXECUTION, "symbol = % and price > %", _t, _n),
    "range": _signed(EXECUTION, "price ? %", _n),
    "two ranges": _signed(EXECUTION, "price ? % and quantity ? %", _n, _n),
    "between": _kind(EXECUTION, "price between % and %", _n, _n),
    "not between": _kind(EXECUTION, "quantity not between % and %", _n, _n),
    "list": _kind(EXECUTION, "symbol in (%)", _many(_t)),
    "list of numbers": _kind(READING, "amount in (%)", _many(_n)),
    "list and range": _kind(EXECUTION, "symbol in (%) and quantity >= %", _many(_t), _n),
    "list or range, and not range": _kind(
        EXECUTION, "(symbol in (%) or price > %) and not quantity < %", _many(_t), _n, _n
    ),
    "prefix": _kind(EXECUTION, "symbol like %", _like("*%", "*%%")),
    "prefix and range": _kind(EXECUTION, "market like % and price <= %", _like("*%"), _n),
    "infix": _kind(SPORT_EVENT, "data_event like %", _like("%*%", "%*", "%*_%", "_*%", "%*%*%")),
    "infix and equality": _kind(SPORT_EVENT, "data_event like % and sport = %", _like("%*%"), _w),
    "infix or prefix": _kind(SPORT_EVENT, "data_event like % or match_title like %", _like("%*%"), _like("*%")),
    "any pattern": _kind(
        EXECUTION, "symbol like % and market not like %", _like("*", "_*", "%*_", "%"), _like("%*", "*%")
    ),
    "list left out": _kind(EXECUTION, "symbol not in (%) and price not in (%)", _many(_t), _many(_n)),
    "lists": _kind(READING, "city in (%) or amount in (%) and number not in (%)", _many(_t), _many(_n), _many(_l)),
    "equalities": _kind(EXECUTION, "symbol = % or market = % or price = %", _t, _t, _n),
    "texts in order": _signed(EXECUTION, "symbol ? % and not market ? %", _t, _t),
    "texts in order, or none": _signed(READING, "city ? % or city ? % or city is null and number ? %", _t, _t, _l),
    "null": _kind(READING, "(city is null or city <> %) and (amount is not null or number > %)", _t, _l),
    "unknown": _signed(READING, "not (amount ? % and (city = % or not number ? %))", _n, _t, _l),
    "case": _kind(EXECUTION, "case when price > % then symbol = % else market = % end", _n, _t, _t),
    "case and equality": _kind(READING, "city = % and case when amount > % then wet else code = 7 end", _t, _n),
    "function of a text": _kind(EXECUTION, "lower(symbol) = % and length(market) > %", _t, _w),
    "function of a number": _signed(EXECUTION, "abs(price - 50) ? % or round(quantity, 1) ? %", _n, _n),
    "moment": _signed(READING, "at ? % and not at ? %", _at, _at),
    "whole": _signed(READING, "code ? % or number ? %", _w, _l),
    "whole against decimal": _signed(READING, "number ? % and code ? %", _b, _b),
    "condition": _signed(READING, "wet and number ? % or not wet and code = %", _l, _w),
    "inside of JSON": _kind(READING, "payload->>'b' = % or payload->>'a' in (%)", _t, _many(_t)),
    "array": _kind(READING, "'a' = any(tags) and code <> %", _w),
    "what differs in no constant": _kind(READING, "at is null or wet is distinct from true and code <= %", _w),
}
