"""Clauses of the language of filters, drawn at random, each with its parts and, for many, what it means in Python."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from operator import itemgetter
from typing import Any, Generic, TypeVar

from harness import drawing, meaning
from harness.drawing import Drawn

Row = Mapping[str, Any]
Value = TypeVar("Value", Decimal, str)

DECIMALS = (
    *("0", "0.01", "0.05", "-0.05", "0.1", "1", "-1", "1.1", "2.2", "2.25", "2.35", "-2.5", "3", "4", "5", "7", "10"),
    *("10.1", "20.3", "33.33", "50.5", "99.99", "100", "16777216", "123456.7", "1600000000", "1600000000.5", ".5"),
    # Of as many digits as a 32-bit float holds of any decimal.
    *("12345.67", "12345.68", "99999.98", "99999.99", "0.0123456", "1.000001", "-1234.567"),
)
DIVISORS = ("10", "1", "0.1", "0.25", "3", "-3", "7.5")
PLACES = (0, 1, 2, -1)
TEXTS = (
    *("", " ", "a", "A", "PA", "NY", "GOLF", "Golf", "TENNIS", "BOXING", "100%", "100", "_", "%", "a_b", "axb"),
    *("O'Neil", '"', "\\", "a\\b", "C:\\%", "Bodø/Glimt 東京", "İı", "ß", "Straße", "Ω", "\U0010ffff", "é", "z", "{}"),
)
# Each with its escape; none means that ESCAPE is left out.
PATTERNS: tuple[tuple[str, str | None], ...] = (
    *(("%", None), ("", None), ("_", None), ("%o%", None), ("G%F", None), ("a\\_b", None), ("%\\%", None)),
    *(("\\\\", None), ("%東京", None), ("%\\\\%", None), ("__", None), ("%'%", None), ("%ß%", None), ("T%", None)),
    *(("100!%", "!"), ("a!_b", "!"), ("%!!%", "!"), ("a\\b", "!"), ("a\\b", ""), ("a\\%", "\\"), ("%é%", "é")),
    *(("100'%", "'"), ("C:\\!%", "!"), ("%%_", "%"), ("%a%%", "%"), ("_東%", "_"), ("İ%", "x"), ("xİ%", "x")),
)
SIGNS = tuple(meaning.COMPARISONS)


@dataclass(frozen=True)
class Term(Generic[Value]):
    """A value in a clause; `means` is None if Python does not follow."""

    text: str
    means: Callable[[Row], Value | None] | None = None


@dataclass(frozen=True)
class Clause:
    """A condition; `parts` are what `connective` joins at its top as Postgres's grammar does, itself if nothing is."""

    text: str
    means: Callable[[Row], meaning.Truth] | None = None
    connective: str | None = None
    parts: tuple[str, ...] = ()

    def split(self, connective: str) -> tuple[str, ...]:
        """The parts if it is joined by this connective."""
        return self.parts if self.connective == connective else (self.text,)


@dataclass(frozen=True)
class Columns:
    """How a feed's columns may be called: for each, the key of its value in a Row and its names."""

    numbers: Mapping[str, Sequence[str]]
    decimals: Mapping[str, Sequence[str]]
    texts: Mapping[str, Sequence[str]]


def quote(text: str) -> str:
    """A text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def follow(function: Callable[..., Any], *terms: Term[Any] | Clause) -> Callable[[Row], Any] | None:
    """The function of what the terms mean; None if Python does not follow one of them."""
    meanings = [term.means for term in terms if term.means is not None]
    return (lambda row: function(*(each(row) for each in meanings))) if len(meanings) == len(terms) else None


def known(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, but unknown if one of its arguments is."""
    return lambda *values: None if None in values else function(*values)


def _literal(text: str) -> Term[Decimal]:
    value = Decimal(text)
    return Term(text, lambda _: value)


def _text_literal(text: str) -> Term[str]:
    return Term(quote(text), lambda _: text)


def _columns(names: Mapping[str, Sequence[str]]) -> Drawn:
    return drawing.sampled_from([Term(name, itemgetter(key)) for key, called in names.items() for name in called])


literals = drawing.sampled_from(DECIMALS).map(_literal)
text_literals = drawing.sampled_from(TEXTS).map(_text_literal)
# Texts that stand for numbers, and arithmetic that Postgres does while it plans.
other_numbers = drawing.sampled_from(
    [
        Term[Decimal]("1.1 * 2", lambda _: Decimal("2.2")),
        Term[Decimal]("(100 - 0.01)", lambda _: Decimal("99.99")),
        Term[Decimal]("'99.99'", lambda _: Decimal("99.99")),
        Term[Decimal]("2 * (3 + 2.05)", lambda _: Decimal("10.10")),
        Term[Decimal]("1 / 3.0"),
        Term[Decimal]("7 / 2"),
        Term[Decimal]("cast('20.3' as numeric)", lambda _: Decimal("20.3")),
        Term[Decimal]("cast(3 as bigint)", lambda _: Decimal(3)),
        Term[Decimal]("abs(-50.5)", lambda _: Decimal("50.5")),
        Term[Decimal]("round(2.345, 2)", lambda _: Decimal("2.35")),
        Term[Decimal]("trunc(-2.57, 1)", lambda _: Decimal("-2.5")),
    ]
)


def decimal_terms(columns: Columns) -> Drawn:
    """Decimals that no allowed row makes raise, all of which Python follows."""

    def called(term: Term[Decimal]) -> Drawn:
        simple: dict[str, Callable[..., Any]] = {
            "abs": Decimal.copy_abs,
            "floor": meaning.floor,
            "ceil": meaning.ceiling,
            "ceiling": meaning.ceiling,
        }
        simple |= {"round": partial(meaning.round_at, places=0), "trunc": partial(meaning.cut_at, places=0)}
        placed: dict[str, Callable[..., Any]] = {"round": meaning.round_at, "trunc": meaning.cut_at}
        return drawing.one_of(
            drawing.sampled_from(sorted(simple)).map(
                lambda f: Term(f"{f}({term.text})", follow(known(simple[f]), term))
            ),
            drawing.tuples(drawing.sampled_from(sorted(placed)), drawing.sampled_from(PLACES)).map(
                lambda p: Term(f"{p[0]}({term.text}, {p[1]})", follow(known(partial(placed[p[0]], places=p[1])), term))
            ),
            drawing.tuples(
                drawing.sampled_from(["({} % {})", "({} %% {})", "mod({}, {})"]), drawing.sampled_from(DIVISORS)
            ).map(lambda p: Term(p[0].format(term.text, p[1]), follow(known(meaning.remainder), term, _literal(p[1])))),
            literals.map(lambda n: Term(f"({term.text} + {n.text})", follow(known(meaning.add), term, n))),
            literals.map(lambda n: Term(f"({term.text} * {n.text})", follow(known(meaning.multiply), term, n))),
            drawing.just(Term[Decimal](f"(- {term.text})", follow(known(lambda n: n.copy_negate()), term))),
        )

    integers = _columns(columns.numbers)
    casts = drawing.tuples(integers, drawing.sampled_from(["cast({} as numeric)", "{}::decimal", "({}::numeric)"])).map(
        lambda p: Term[Decimal](p[1].format(p[0].text), p[0].means)
    )
    decimals = _columns(columns.decimals) if columns.decimals else casts
    leaves = drawing.one_of(decimals, decimals, decimals, casts)
    return leaves | drawing.recursive(leaves, lambda inner: inner.flatmap(called), depth=2)


def number_terms(columns: Columns) -> Drawn:
    """Numbers of all kinds, among them such as raise on some rows."""
    integers = _columns(columns.numbers)
    exact = decimal_terms(columns)
    anything = integers | exact | literals
    texts = text_terms(columns)
    return drawing.one_of(
        integers,
        exact,
        exact,
        texts.map(lambda t: Term[Decimal](f"length({t.text})", follow(known(lambda s: Decimal(len(s))), t))),
        drawing.tuples(integers, drawing.sampled_from("+-*/%"), anything).map(
            lambda p: Term[Decimal](f"({p[0].text} {p[1]} {p[2].text})")
        ),
        drawing.tuples(exact, drawing.sampled_from("-*/%"), exact).map(
            lambda p: Term[Decimal](f"({p[0].text} {p[1]} {p[2].text})")
        ),
        drawing.tuples(
            anything, drawing.sampled_from(["integer", "bigint", "smallint", "real", "numeric", "double precision"])
        ).map(lambda p: Term[Decimal](f"cast({p[0].text} as {p[1]})")),
        drawing.tuples(anything, anything).map(lambda p: Term[Decimal](f"nullif({p[0].text}, {p[1].text})")),
        drawing.tuples(drawing.sampled_from(["greatest", "least"]), exact, literals).map(_extreme),
        integers.map(lambda n: Term[Decimal](f"round({n.text})")),
    )


def raising_terms(columns: Columns) -> Drawn:
    """Numbers that raise on rows that are rare: where a type ends, or where a divisor is zero."""
    return drawing.one_of(
        drawing.tuples(
            _columns(columns.numbers),
            drawing.sampled_from(
                ["({} + 1)", "({} - 10)", "({} * 1000)", "abs({})", "(- {})", "(100 / ({} - 100))", "(7 % ({} - 3))"]
            ),
        ).map(lambda p: Term[Decimal](p[1].format(p[0].text))),
        drawing.tuples(
            decimal_terms(columns),
            drawing.sampled_from(
                ["cast({} as bigint)", "(1.5 / ({} - 100))", "mod(5, {} - 3)", "(cast({} as real) * cast(100 as real))"]
            ),
        ).map(lambda p: Term[Decimal](p[1].format(p[0].text))),
    )


def _extreme(parts: tuple[str, Term[Any], Term[Any]]) -> Term[Any]:
    name, left, right = parts
    best: Callable[..., Any] = max if name == "greatest" else min
    # What is unknown is left out; the right one is a literal.
    means = follow(lambda a, b: b if a is None else best(a, b, key=meaning.rank), left, right)
    return Term(f"{name}({left.text}, {right.text})", means)


def text_terms(columns: Columns) -> Drawn:
    """Texts, each with a column in it: the comparison of two literals is refused."""
    column = _columns(columns.texts)
    return column | drawing.recursive(
        column,
        lambda inner: drawing.one_of(
            drawing.tuples(drawing.sampled_from(["lower", "upper", "trim", "ltrim"]), inner).map(
                lambda p: Term[str](f"{p[0]}({p[1].text})")
            ),
            inner.map(lambda t: Term[str](f"left({t.text}, 3)", follow(known(lambda s: s[:3]), t))),
            inner.map(lambda t: Term[str](f"substr({t.text}, 2)", follow(known(lambda s: s[1:]), t))),
            drawing.tuples(inner, text_literals).map(
                lambda p: Term[str](f"nullif({p[0].text}, {p[1].text})", follow(lambda s, t: None if s == t else s, *p))
            ),
            drawing.tuples(inner, text_literals).map(
                lambda p: Term[str](
                    f"coalesce({p[0].text}, {p[1].text})", follow(lambda s, t: t if s is None else s, *p)
                )
            ),
            drawing.tuples(drawing.sampled_from(["greatest", "least"]), inner, text_literals).map(_extreme),
        ),
        depth=2,
    )
