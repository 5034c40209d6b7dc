"""Conditions over columns that only added feeds have: true or false, times, lists of texts, JSON."""

import random

CONDITIONS = (
    "wet",
    '"wet"',
    "isWet",
    "not wet",
    "wet is true",
    "wet is not unknown",
    "wet = 'yes'",
    "coalesce(wet, at > at)",
)
TIMES = (
    *("'2031-11-01'", "timestamp '2031-11-01 12:00'", "timestamptz '2031-11-01T12:00:00.5+01:00'", "'-infinity'"),
    *(
        "'now'",
        "'Today'",
        "timestamp ' now'",
        "cast('yesterday' as timestamptz)",
        "'epoch'",
        "'01/02/2031'",
        "'allballs'",
    ),
    *(
        "'2031-11-01 12:00 EST'",
        "timestamptz(0) 'now'",
        "'99999-01-01'",
        "now()",
        "current_date",
        "'tomorrow'::timestamp",
    ),
    *(
        "at",
        "at",
        '"AT"',
        "null",
        "'10000000-01-01'",
        "'now'::text::timestamptz",
        "at at time zone 'UTC'",
        "date 'now'",
    ),
)
LISTS = (
    *(
        "tags",
        "tags",
        "array['x', 'y']",
        "'{x,y}'",
        "'{}'",
        "array['x', null]",
        "array[town]",
        "array['x'] || tags",
        "null",
    ),
    *("'{x,y}'::text[]", "array[lower('X')]", "array[array['x']]", "'{{x},{y}}'", "array[" + "'x'," * 60 + "'y']"),
    *("array(select town)", "'{x", "tags[1]", "tags[1:2]", "case when wet then tags end", "coalesce(tags, '{a}')"),
)
KEYS = (
    "'a'",
    "'b'",
    "'tags'",
    "0",
    "-1",
    "'it''s'",
    "town",
    "('a')",
    "'a'::text",
    "'{a,b}'",
    "null",
    "lower('A')",
    "E'a'",
)
VALUES = (
    *(
        "'5'",
        "'-1.5e3'",
        "'\"x\"'",
        "'true'",
        "'null'",
        "'{}'",
        "'[]'",
        "'{\"a\": 1}'",
        "'[1, {\"a\": [2]}]'",
        "'x'",
        "5",
    ),
    *(
        "'1e131000'",
        "'5'::jsonb",
        "payload",
        "payload->'a'",
        "null",
        "'[" + "1," * 80 + "1]'",
        "array['1']",
        "'\"\\u0000\"'",
    ),
)
PARTS = ("hour", "dow", "year", "epoch", "timezone", "century", "'hour'", "town", "'nothing'", "day")
ZONES = ("'UTC'", "'UTC'", "'utc'", "'Europe/Berlin'", "town", "'+01'", "null", "'U' || 'TC'")
SIGNS = ("=", "<>", "<", ">", "<=", ">=")

TEXTS = ("town", "'x'", "lower(town)", "array['x']", "payload->>'a'")


class TypedConditions:
    """Makes them of what a generator of random numbers determines."""

    def __init__(self, chance: random.Random) -> None:
        self._pick = chance.choice

    def make(self) -> str:
        """One condition, most often one that Postgres takes."""
        return self._pick((self._condition, self._time, self._list, self._list, self._json, self._json, self._part))()

    def _condition(self) -> str:
        return f"{self._pick(CONDITIONS)} {self._pick(('', '= wet', 'and wet', 'is false', '= true', '> wet', '= 1'))}"

    def _time(self) -> str:
        pick = self._pick
        return pick(
            (
                f"at {pick(SIGNS)} {pick(TIMES)}",
                f"{pick(TIMES)} {pick(SIGNS)} at",
                f"at {pick(('between', 'not between', 'between symmetric'))} {pick(TIMES)} and {pick(TIMES)}",
                f"at in ({pick(TIMES)}, {pick(TIMES)})",
                f"at is distinct from {pick(TIMES)}",
                f"{pick(('greatest', 'least', 'coalesce', 'nullif'))}(at, {pick(TIMES)}) {pick(SIGNS)} {pick(TIMES)}",
                f"case at when {pick(TIMES)} then true else {pick(CONDITIONS)} end",
                f"at = {pick(('any', 'all'))}({pick(LISTS)})",
                f"at {pick('+-')} {pick(TIMES)} {pick(SIGNS)} {pick(TIMES)}",
            )
        )

    def _part(self) -> str:
        pick = self._pick
        time = f"{pick(TIMES)} at time zone {pick(ZONES)}" if pick((True, True, True, False)) else pick(TIMES)
        return f"extract({pick(PARTS)} from {time}) {pick(SIGNS)} {pick(('0', '12', '2031', '3.5', 'degrees'))}"

    def _list(self) -> str:
        pick = self._pick
        return pick(
            (
                f"{pick(TEXTS)} {pick((*SIGNS, 'like'))} {pick(('any', 'all', 'some'))}({pick(LISTS)})",
                f"{pick(LISTS)} {pick(('@>', '<@', '&&', '=', '<>', '<', 'is distinct from'))} {pick(LISTS)}",
                f"{pick(('cardinality', 'array_ndims'))}({pick(LISTS)}) > 1",
                f"array_length({pick(LISTS)}, {pick(('1', '2', 'station'))}) {pick(SIGNS)} 1",
                f"{pick(('greatest', 'coalesce', 'nullif'))}(tags, {pick(LISTS)}) = {pick(LISTS)}",
                f"tags is {pick(('', 'not '))}null",
                f"tags in ({pick(LISTS)}, {pick(LISTS)})",
            )
        )

    def _json(self) -> str:
        pick = self._pick
        part = "payload" + "".join(f"{pick(('->', '->', '#>'))}{pick(KEYS)}" for _ in range(pick((0, 1, 1, 2, 3))))
        text = f"{part}{pick(('->>', '->>', '#>>'))}{pick(KEYS)}"
        return pick(
            (
                f"{part} {pick((*SIGNS, '@>', '<@', 'is distinct from'))} {pick(VALUES)}",
                f"{pick(VALUES)} {pick((*SIGNS, '@>', '<@'))} {part}",
                f"{part} in ({pick(VALUES)}, {pick(VALUES)})",
                f"{part} between {pick(VALUES)} and {pick(VALUES)}",
                f"{part} {pick(('?', '?|', '?&', '@?', '@@', '-', '||'))} {pick((*KEYS, *LISTS))}",
                f"{text} {pick((*SIGNS, 'like', 'ilike', '~'))} {pick(('town', repr('x'), repr('a%'), '5', 'null'))}",
                f"{pick(('lower', 'upper', 'length', 'trim', 'jsonb_typeof'))}({pick((text, part))}) = 'x'",
                f"({pick((text, part))})::{pick(('numeric', 'integer', 'boolean', 'text', 'jsonb'))} > 5",
                f"{pick(('greatest', 'coalesce', 'nullif'))}({part}, {pick(VALUES)}) = {pick(VALUES)}",
                f"{pick((text, part))} is null",
            )
        )
