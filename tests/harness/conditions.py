"""Conditions of the language of filters, drawn at random: comparisons of terms, and what joins them."""

from functools import partial
from typing import Any

from harness import drawing, meaning
from harness.drawing import Drawn
from harness.language import (
    PATTERNS,
    SIGNS,
    Clause,
    Columns,
    Term,
    decimal_terms,
    follow,
    literals,
    number_terms,
    other_numbers,
    quote,
    raising_terms,
    text_literals,
    text_terms,
)

Parts = tuple[Any, ...]


def conditions(columns: Columns) -> Drawn:
    """Clauses for one feed."""
    return drawing.recursive(
        (comparisons(columns)),
        lambda inner: drawing.one_of(
            inner.map(lambda c: Clause(f"not ({c.text})", follow(meaning.negate, c))),
            drawing.tuples(inner, drawing.sampled_from(["and", "or"]), inner).map(join),
            drawing.tuples(inner, drawing.sampled_from(["true", "false", "unknown"])).map(_test),
            drawing.tuples(inner, inner, inner).map(
                lambda p: Clause(f"case when {p[0].text} then {p[1].text} else {p[2].text} end", follow(_choose, *p))
            ),
        ),
        depth=2,
    )


def comparisons(columns: Columns) -> Drawn:
    """Conditions without AND, OR and NOT between them."""
    exact, numbers, texts = decimal_terms(columns), number_terms(columns), text_terms(columns)
    any_literal = literals | other_numbers
    return drawing.one_of(
        _compared(exact, any_literal),
        _compared(numbers, any_literal | numbers),
        _compared(raising_terms(columns), any_literal),
        _between(exact | numbers, any_literal),
        _listed(exact | numbers, literals),
        _distinct(exact | numbers, any_literal),
        _compared(texts, text_literals),
        _listed(texts, text_literals),
        _distinct(texts, text_literals),
        drawing.tuples(texts, drawing.sampled_from(PATTERNS), drawing.sampled_from(["like", "not like", "ilike"])).map(
            _like
        ),
        (texts | numbers).map(lambda t: Clause(f"{t.text} is null", follow(lambda v: v is None, t))),
    )


def join(parts: tuple[Clause, str, Clause]) -> Clause:
    """AND or OR of two."""
    left, connective, right = parts
    function = meaning.both if connective == "and" else meaning.either
    # The grammar joins to the left.
    joined = (*left.split(connective), right.text)
    return Clause(f"({left.text}) {connective} ({right.text})", follow(function, left, right), connective, joined)


def _test(parts: tuple[Clause, str]) -> Clause:
    clause, state = parts
    wanted = {"true": True, "false": False, "unknown": None}[state]
    return Clause(f"({clause.text}) is {state}", follow(lambda truth: truth is wanted, clause))


def _choose(condition: meaning.Truth, then: meaning.Truth, otherwise: meaning.Truth) -> meaning.Truth:
    return then if condition else otherwise


def _compared(left: Drawn, right: Drawn) -> Drawn:
    def write(parts: Parts) -> Clause:
        one, sign, other = parts
        return Clause(f"{one.text} {sign} {other.text}", follow(partial(meaning.compare, sign), one, other))

    return drawing.tuples(left, drawing.sampled_from(SIGNS), right).map(write)


def _between(left: Drawn, bounds: Drawn) -> Drawn:
    def write(parts: Parts) -> Clause:
        words, value, low, high = parts

        def means(value: Any, low: Any, high: Any) -> meaning.Truth:
            inside = meaning.both(meaning.compare(">=", value, low), meaning.compare("<=", value, high))
            if "symmetric" in words:
                turned = meaning.both(meaning.compare(">=", value, high), meaning.compare("<=", value, low))
                inside = meaning.either(inside, turned)
            return meaning.negate(inside) if "not" in words else inside

        return Clause(f"{value.text} {words} {low.text} and {high.text}", follow(means, value, low, high))

    words = drawing.sampled_from(["between", "not between", "between symmetric", "not between symmetric"])
    return drawing.tuples(words, left, bounds, bounds).map(write)


def _listed(left: Drawn, values: Drawn) -> Drawn:
    def write(parts: Parts) -> Clause:
        value, words, listed = parts

        def means(value: Any, *among: Any) -> meaning.Truth:
            inside = meaning.either(*(meaning.compare("=", value, other) for other in among))
            return meaning.negate(inside) if words == "not in" else inside

        return Clause(f"{value.text} {words} ({', '.join(v.text for v in listed)})", follow(means, value, *listed))

    return drawing.tuples(left, drawing.sampled_from(["in", "not in"]), drawing.lists(values, 1, 12)).map(write)


def _distinct(left: Drawn, right: Drawn) -> Drawn:
    def write(parts: Parts) -> Clause:
        one, words, other = parts

        def means(a: Any, b: Any) -> meaning.Truth:
            return (meaning.rank(a) != meaning.rank(b)) is ("not" not in words)

        return Clause(f"{one.text} {words} {other.text}", follow(means, one, other))

    return drawing.tuples(left, drawing.sampled_from(["is distinct from", "is not distinct from"]), right).map(write)


def _like(parts: tuple[Term[Any], tuple[str, str | None], str]) -> Clause:
    term, (pattern, escape), words = parts

    def means(text: Any) -> meaning.Truth:
        truth = meaning.like(text, pattern, "\\" if escape is None else escape)
        return meaning.negate(truth) if words == "not like" else truth

    ending = "" if escape is None else f" escape {quote(escape)}"
    clause = f"{term.text} {words} {quote(pattern)}{ending}"
    # Capitals are Postgres's affair.
    return Clause(clause, None if words == "ilike" else follow(means, term))
