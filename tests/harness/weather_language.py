"""Conditions over the columns that only added feeds have, drawn at random, each with what it means in Python.

A row holds Python's values: bool, datetime in UTC, a list of texts, JSON as `json.loads` reads it; None is NULL. JSON's
own null is JSON_NULL, to tell it from a payload that is not there.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from harness import drawing, meaning
from harness.conditions import join
from harness.drawing import Drawn
from harness.language import Clause, follow, quote

JSON_NULL = object()
TAGS = ("x", "y", "", "A", "a b", "Ω", "it's", '"', "{}", "\\")
TIMES = ("2031-11-01", "2031-11-01 12:00", "1970-01-01 00:00", "2031-11-01 12:00:00.5", "2031-03-10 02:30")
KEYS = ("a", "b", "n", "tags")
NUMBERS = (0, 1, -1, 5, 7, 2.5, 100)
JSON_TEXTS = ("x", "y", "", "5", "a b")

Values = Mapping[str, Any]


def time_of(text: str) -> datetime:
    """What a literal without a zone stands for."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def get(value: Any, key: str | int) -> Any:
    """`->`: unknown where there is nothing."""
    if isinstance(value, dict) and isinstance(key, str):
        return value.get(key)
    if isinstance(value, list) and isinstance(key, int) and -len(value) <= key < len(value):
        return value[key]
    return None


def text_of(value: Any) -> str | None:
    """`->>`, of what is no object and no list."""
    if value is None or value is JSON_NULL:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def is_number(value: Any) -> bool:
    """A condition is none, though Python says so."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_among(tags: list[str | None] | None, text: str) -> meaning.Truth:
    """= ANY."""
    return None if tags is None else meaning.either(*(meaning.compare("=", tag, text) for tag in tags))


def is_not_all(tags: list[str | None] | None, text: str) -> meaning.Truth:
    """<> ALL."""
    return None if tags is None else meaning.both(*(meaning.compare("<>", tag, text) for tag in tags))


def _clause(text: str, means: Callable[[Values], meaning.Truth]) -> Clause:
    return Clause(text, means)


def conditions() -> Drawn:
    """Clauses for the feed."""
    return drawing.recursive(
        drawing.one_of(truths(), times(), lists(), payloads(), payloads()),
        lambda inner: drawing.one_of(
            inner.map(lambda c: Clause(f"not ({c.text})", follow(meaning.negate, c))),
            drawing.tuples(inner, drawing.sampled_from(["and", "or"]), inner).map(join),
        ),
        depth=2,
    )


def truths() -> Drawn:
    """Of the column of true and false."""
    states = {"true": True, "false": False, "unknown": None}

    def tested(words: str, state: str) -> Clause:
        return _clause(f"wet is {words}{state}", lambda row: (row["wet"] is states[state]) is (words == ""))

    tests = [tested(words, state) for state in states for words in ("", "not ")]
    return drawing.sampled_from(
        [
            *tests,
            _clause("isWet", lambda row: row["wet"]),
            _clause("not wet", lambda row: meaning.negate(row["wet"])),
            _clause("wet = 'yes'", lambda row: row["wet"]),
            _clause("wet <> true", lambda row: meaning.negate(row["wet"])),
            _clause("coalesce(wet, true)", lambda row: row["wet"] is not False),
        ]
    )


def times() -> Drawn:
    """Of the column of times."""

    def compared(parts: tuple[str, str, str]) -> Clause:
        sign, text, form = parts
        value = time_of(text)
        return _clause(f"at {sign} {form.format(text)}", lambda row: _compare(sign, row["at"], value))

    forms = ["'{}'", "timestamp '{}'", "timestamptz '{}'", "cast('{}' as timestamp)"]
    signs = drawing.sampled_from(sorted(meaning.COMPARISONS))
    hours = drawing.integers(0, 23).map(
        lambda hour: _clause(
            f"extract(hour from at at time zone 'UTC') >= {hour}",
            lambda row: None if row["at"] is None else row["at"].hour >= hour,
        )
    )
    nothing = drawing.just(_clause("at is null", lambda row: row["at"] is None))
    return drawing.one_of(
        drawing.tuples(signs, drawing.sampled_from(TIMES), drawing.sampled_from(forms)).map(compared), hours, nothing
    )


def lists() -> Drawn:
    """Of the column of lists."""

    def written(wanted: list[str]) -> str:
        return f"array[{', '.join(map(quote, wanted))}]"

    def holds(wanted: list[str], tags: list[str | None] | None) -> meaning.Truth:
        return None if tags is None else set(wanted) <= set(tags)

    def shares(wanted: list[str], tags: list[str | None] | None) -> meaning.Truth:
        return None if tags is None else bool(set(wanted) & set(tags))

    tag = drawing.sampled_from(TAGS)
    some = drawing.lists(tag, 1, 3)
    return drawing.one_of(
        tag.map(lambda t: _clause(f"{quote(t)} = any(tags)", lambda row: is_among(row["tags"], t))),
        tag.map(lambda t: _clause(f"{quote(t)} <> all(tags)", lambda row: is_not_all(row["tags"], t))),
        some.map(lambda w: _clause(f"tags @> {written(w)}", lambda row: holds(w, row["tags"]))),
        some.map(lambda w: _clause(f"tags && {written(w)}", lambda row: shares(w, row["tags"]))),
        some.map(lambda w: _clause(f"tags = {written(w)}", lambda row: _compare("=", row["tags"], w))),
        drawing.just(_clause("tags = '{}'", lambda row: _compare("=", row["tags"], []))),
        drawing.integers(0, 4).map(lambda n: _clause(f"cardinality(tags) > {n}", lambda row: _longer(row["tags"], n))),
        drawing.just(_clause("tags is not null", lambda row: row["tags"] is not None)),
    )


def payloads() -> Drawn:
    """Of the column of JSON. Texts of objects and lists are Postgres's affair, so their keys hold none."""
    keys = drawing.sampled_from(KEYS[:3])
    number = drawing.sampled_from(NUMBERS)
    text = drawing.sampled_from(JSON_TEXTS)

    def counted(parts: tuple[str, str, float]) -> Clause:
        key, sign, wanted = parts

        def means(row: Values) -> meaning.Truth:
            value = get(row["payload"], key)
            if value is None:
                return None
            return is_number(value) and _compare(sign, value, wanted)

        return _clause(f"jsonb_typeof(payload->'{key}') = 'number' and payload->'{key}' {sign} '{wanted}'", means)

    def told(parts: tuple[str, str, str]) -> Clause:
        key, sign, wanted = parts
        return _clause(
            f"payload->>'{key}' {sign} {quote(wanted)}",
            lambda row: meaning.compare(sign, text_of(get(row["payload"], key)), wanted),
        )

    def deep(parts: tuple[str, str]) -> Clause:
        form, wanted = parts
        return _clause(
            f"{form} = {quote(wanted)}",
            lambda row: meaning.compare("=", text_of(get(get(row["payload"], "o"), "k")), wanted),
        )

    def first(parts: tuple[int, str]) -> Clause:
        place, wanted = parts
        return _clause(
            f"payload->'tags'->>{place} = {quote(wanted)}",
            lambda row: meaning.compare("=", text_of(get(get(row["payload"], "tags"), place)), wanted),
        )

    def has(key: str) -> Clause:
        return _clause(
            f"payload ? '{key}'",
            lambda row: None if row["payload"] is None else _has(row["payload"], key),
        )

    signs = drawing.sampled_from(sorted(meaning.COMPARISONS))
    forms = drawing.sampled_from(["payload->'o'->>'k'", "payload #>> '{o,k}'"])
    equal = drawing.tuples(keys, number).map(
        lambda p: _clause(f"payload @> '{{\"{p[0]}\": {p[1]}}}'", partial(_contains, *p))
    )
    return drawing.one_of(
        drawing.tuples(keys, signs, number).map(counted),
        drawing.tuples(keys, signs, text).map(told),
        drawing.tuples(forms, text).map(deep),
        drawing.tuples(drawing.sampled_from([0, 1, -1]), text).map(first),
        keys.map(has),
        equal,
        drawing.just(_clause("payload is null", lambda row: row["payload"] is None)),
    )


def _has(payload: Any, key: str) -> bool:
    return key in payload if isinstance(payload, (dict, list)) else payload == key


def _longer(tags: list[str | None] | None, number: int) -> meaning.Truth:
    return None if tags is None else len(tags) > number


def _contains(key: str, number: float, row: Values) -> meaning.Truth:
    if row["payload"] is None:
        return None
    value = get(row["payload"], key)
    return is_number(value) and bool(value == number)


def _compare(sign: str, left: Any, right: Any) -> meaning.Truth:
    return None if left is None else bool(meaning.COMPARISONS[sign](left, right))


def _rarely(value: Drawn) -> Drawn:
    return drawing.one_of(value, value, value, value, drawing.just(None))


_scalars = drawing.one_of(
    drawing.sampled_from(NUMBERS), drawing.sampled_from(JSON_TEXTS), drawing.sampled_from([True, False, JSON_NULL])
)
_objects = drawing.tuples(
    drawing.lists(drawing.tuples(drawing.sampled_from(KEYS[:3]), _scalars), 0, 4),
    drawing.lists(_scalars, 0, 3),
    _rarely(_scalars),
).map(lambda p: {**dict(p[0]), **({"tags": p[1]} if p[1] else {}), **({} if p[2] is None else {"o": {"k": p[2]}})})
rows = drawing.tuples(
    _rarely(drawing.sampled_from([True, False])),
    _rarely(drawing.sampled_from([*map(time_of, TIMES), time_of("0001-01-01"), time_of("9999-12-31 23:59:59.999999")])),
    _rarely(drawing.lists(_rarely(drawing.sampled_from(TAGS)), 0, 4)),
    _rarely(drawing.one_of(_objects, _objects, _objects, _objects, drawing.lists(_scalars, 0, 3), _scalars)),
).map(lambda p: dict(zip(("wet", "at", "tags", "payload"), p, strict=True)))


def as_json(value: Any) -> str | None:
    """A payload as it is stored; None if there is none."""
    return None if value is None else json.dumps(value, default=lambda _: None)
