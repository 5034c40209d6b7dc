"""Makes clauses: of the filters' grammar, of anything that SQL has, and mutants of the collections."""

import random
import re
from collections.abc import Sequence

from fuzz.types import TypedConditions
from harness.clauses import Case, read_attacks, read_corpus
from harness.weather import WEATHER

LONGEST_SEED = 200
"""Characters of a clause to mutate; the long ones are about cost, which every mutant of theirs would have too."""

COLUMNS = {
    1: (("sport", "sport", '"Sport"'), ("match_title", "data_event", "sport_name", '"sport_name"', '"DATA_EVENT"')),
    2: (
        ("price", "quantity", "price", "executionEpoch", "execution_epoch", '"price"', '"executionEpoch"'),
        ("symbol", "market", "stateSymbol", "STATE_SYMBOL", '"Symbol"', '"state_symbol"'),
    ),
    WEATHER: (("station", "reading", "degrees", '"Degrees"'), ("town", "Town", '"town"', "payload->>'a'")),
}
TEXTS = (
    *("''", "'a'", "'GOLF'", "'%_%'", "'Bodø 東京'", "'it''s'", "'5'", "'-1e3'", "'{OPEXPR}'", "'$$;--'", "'true'"),
    *(r"'a\b'", r"'\%\\'", r"'\'", r"'\''\\'", "'::text'", "'~~ '''", "'\"symbol\"'", "') or true --'"),
)
PATTERNS = (*TEXTS, "'%!%%'", "'100!!_%'", "'%''%'", r"'%\_\\%'", "'!'", "'" + "ab" * 50 + "'", "'" + "!%" * 50 + "'")
ESCAPES = ("'!'", "'!'", "'%'", r"'\'", "''''", "''", "'東'", "'a'", "'!!'", "null", "('!')", "E'!'", '"symbol"')
NUMBERS = (
    *("0", "1", "7", "-1", "50.5", ".5", "1600000000", "999999999999999999", "2147483647", "123456.654321"),
    *("99.99", "0.01", "-0.25", "100.00", "999999999999999.999999999999999"),
)
EXTREMES = ("'NaN'", "'-Infinity'", "'9e59'", "'9e60'", "'1e-58'", "'1e-9000'", "'9e131071'", "'" + "7" * 61 + ".5'")
PLACES = ("0", "1", "2", "15", "-15", "16", "-16", "255", "241", "-241", "256", "65538", "'2'", "- -2", "1+1", "null")
TYPES = (
    *("integer", "bigint", "smallint", "real", "float", "double precision", "text", "boolean"),
    *("numeric", "numeric", "decimal", "numeric(10, 2)"),
)
COMPARISONS = ("=", "<>", "!=", "<", ">", "<=", ">=")
SIGNS = r"""' '' " ; -- /* */ ( ) , :: : $$ $1 \ . [ ] { } @ ~ || ^ & # ? ! % * + - / = == => := .. ` é E' U&' b' x'"""
WORDS = r"""
  select from where union exists any all some array row cast collate escape similar values table with over filter limit
  offset having returning NONE SAME current_user current_date now() random() pg_sleep(1) version() 1e9 0x1 1_0
  tags payload wet at jsonb timestamptz -> ->> #>> ? ?| @> <@ && any( all( array[ ] 'now' '{now}' [1] time zone 'UTC'
  ::timestamptz ::text[] ::jsonb extract( collate interval '{x}'
  ::regclass ::numeric ::json ::text ::integer ctid tableoid xmin message timetag chat.member pg_authid pg_catalog.
  execution operator(pg_catalog.=) document normalized symmetric overlaps uescape cast( as "symbol" "ctid" "select"
  "sym""bol" "message" "price" U&"symbol" '\' \' '::text' ,255) ,2) %2 ::numeric(5) '9e131071' '1e-9000'
"""
NASTY = (
    *SIGNS.split(),
    *WORDS.split(),
    *("\n", "\x01", "\x7f", "\u2018", "\u00a0", "\u200b", "\ufeff", "\U0001f3c8", "9" * 19),
    *("repeat('x', 1000000000)", "interval '1 day'", "is json", "is distinct from", "at time zone", "b'1'"),
)
TOKEN = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\w+|\s+|.""", re.DOTALL)


class ClauseMaker:
    """A stream of clauses that a seed determines."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._typed = TypedConditions(self._random)
        self._seeds = [case for case in [*read_corpus(), *read_attacks()] if len(case.clause) <= LONGEST_SEED]

    def make(self) -> tuple[int, str]:
        """A feed's number and a clause for it."""
        feed_id = self._random.choice((1, 2, WEATHER, WEATHER))
        kind = self._random.random()
        if kind < 0.35:
            return feed_id, self._condition(feed_id, self._random.randint(0, 4))
        if kind < 0.45:
            return feed_id, self._mutate(self._condition(feed_id, 2))
        if kind < 0.9:
            seed = self._pick(self._seeds)
            return seed.feed_id, self._mutate(seed.clause)
        return feed_id, self._soup(feed_id)

    def _pick(self, seeds: Sequence[Case]) -> Case:
        return self._random.choice(seeds)

    def _mutate(self, clause: str) -> str:
        tokens = TOKEN.findall(clause)
        for _ in range(self._random.randint(1, 4)):
            place = self._random.randint(0, len(tokens))
            kind = self._random.random()
            if kind < 0.35:
                tokens[place:place] = [self._random.choice(("", " ")), self._random.choice(NASTY)]
            elif kind < 0.5:
                del tokens[place : place + self._random.randint(1, 3)]
            elif kind < 0.65:
                tokens[place : place + 1] = [self._random.choice(NASTY)]
            elif kind < 0.75 and tokens:
                tokens.insert(place, self._random.choice(tokens))
            elif kind < 0.85:
                other = TOKEN.findall(self._pick(self._seeds).clause)
                tokens[place:] = other[self._random.randint(0, len(other)) :]
            elif kind < 0.95:
                tokens = [self._random.choice(("(", "not (", "lower(", "-(")), *tokens, ")"]
            else:
                text = list("".join(tokens))
                self._random.shuffle(text)
                tokens = text
        return "".join(tokens)

    def _soup(self, feed_id: int) -> str:
        numbers, texts = COLUMNS[feed_id]
        words = (
            *NASTY,
            *numbers,
            *texts,
            *TEXTS,
            *NUMBERS,
            *COMPARISONS,
            *TYPES,
            "and",
            "or",
            "not",
            "in",
            "like",
            "escape",
            "case",
        )
        return " ".join(self._random.choice(words) for _ in range(self._random.randint(1, 12)))

    def _condition(self, feed_id: int, depth: int) -> str:
        pick = self._random.choice
        if feed_id == WEATHER and self._random.random() < (0.2 if depth > 0 else 0.6):
            return self._typed.make()
        inner = depth - 1
        kind = self._random.randint(0, 11) if depth > 0 else self._random.randint(6, 11)
        if kind <= 1:
            return f"{self._condition(feed_id, inner)} {pick(('and', 'or', 'AND'))} {self._condition(feed_id, inner)}"
        if kind == 2:
            return f"not ({self._condition(feed_id, inner)})"
        if kind == 3:
            state = pick(("true", "false", "unknown", "null"))
            return f"({self._condition(feed_id, inner)}) is {pick(('', 'not '))}{state}"
        if kind == 4:
            parts = [self._condition(feed_id, inner) for _ in range(3)]
            return f"case when {parts[0]} then {parts[1]} else {parts[2]} end"
        if kind == 5:
            return f"({self._condition(feed_id, inner)}) = ({self._condition(feed_id, inner)})"
        text = self._text(feed_id, depth)
        if kind == 6:
            return self._like(feed_id, text)
        if kind == 7:
            return self._in(feed_id, depth)
        if kind == 8:
            return f"{text} {pick(COMPARISONS)} {self._text(feed_id, depth)}"
        number = self._number(feed_id, depth)
        if kind == 9:
            between = pick(("between", "not between", "between symmetric", "not between symmetric"))
            return f"{number} {between} {self._number(feed_id, 0)} and {pick(NUMBERS)}"
        if kind == 10:
            return f"{number} is {pick(('', 'not '))}distinct from {self._number(feed_id, depth)}"
        return f"{number} {pick(COMPARISONS)} {self._number(feed_id, depth)}"

    def _like(self, feed_id: int, text: str) -> str:
        pick = self._random.choice
        pattern = pick((*PATTERNS, self._text(feed_id, 0)))
        escape = f" {pick(('escape', 'ESCAPE'))} {pick(ESCAPES)}" if self._random.random() < 0.5 else ""
        return f"{text} {pick(('like', 'not like', 'ilike', 'not ilike'))} {pattern}{escape}"

    def _in(self, feed_id: int, depth: int) -> str:
        pick = self._random.choice
        # Now and then more than the nodes of a clause, which literals in a list are not.
        count = self._random.randint(1, 12) if self._random.random() < 0.9 else self._random.randint(100, 400)
        is_text = pick((True, False))
        value = self._text(feed_id, depth) if is_text else self._number(feed_id, depth)
        members = [pick(TEXTS if is_text else NUMBERS) for _ in range(count)]
        if self._random.random() < 0.2:
            members[-1] = pick((self._number(feed_id, 1), self._text(feed_id, 1), *EXTREMES))
        return f"{value} {pick(('in', 'not in'))} ({','.join(members)})"

    def _text(self, feed_id: int, depth: int) -> str:
        pick = self._random.choice
        if depth <= 0:
            return pick((*COLUMNS[feed_id][1], *TEXTS))
        inner = self._text(feed_id, depth - 1)
        number = pick(("1", "3", "-2", "0", "length(" + inner + ")"))
        return pick(
            (
                *(f"{name}({inner})" for name in ("lower", "upper", "trim", "btrim", "ltrim", "rtrim")),
                *(f"{name}({inner}, {number})" for name in ("left", "right", "substr", "substring")),
                f"substring({inner} from {number} for {number})",
                f"substring({inner} from {pick(TEXTS)})",
                f"trim({pick(('both', 'leading', 'trailing'))} {pick(TEXTS)} from {inner})",
                f"coalesce(nullif({inner}, {pick(TEXTS)}), {inner})",
                f"greatest({inner}, {pick(TEXTS)}, {self._text(feed_id, 0)})",
                f"{inner}::{pick(TYPES)}",
                f"cast({inner} as {pick(TYPES)})",
                f"case when {self._condition(feed_id, 0)} then {inner} else {pick(TEXTS)} end",
                inner,
            )
        )

    def _number(self, feed_id: int, depth: int) -> str:
        pick = self._random.choice
        if depth <= 0:
            return pick((*COLUMNS[feed_id][0], *COLUMNS[feed_id][0], *NUMBERS, pick(EXTREMES)))
        inner = self._number(feed_id, depth - 1)
        return pick(
            (
                *(f"{name}({inner})" for name in ("abs", "round", "floor", "ceil", "ceiling", "trunc", "sign")),
                *(f"({inner} {sign} {self._number(feed_id, 0)})" for sign in "+-*/%"),
                *(f"{name}({inner}, {pick(PLACES)})" for name in ("round", "round", "trunc")),
                f"mod({inner}, {pick(NUMBERS)})",
                f"-({inner})",
                f"{inner}::{pick(TYPES)}",
                f"cast({inner} as {pick(TYPES)})",
                "(" + f" {pick('+-*/%')} ".join([inner, *[pick(NUMBERS)] * self._random.randint(1, 25)]) + ")",
                f"length({self._text(feed_id, depth - 1)})",
                f"position({pick(TEXTS)} in {self._text(feed_id, depth - 1)})",
                f"coalesce(nullif({inner}, 0), {pick(NUMBERS)})",
                f"{pick(('least', 'greatest'))}({inner}, {self._number(feed_id, 0)}, {pick(NUMBERS)})",
                inner,
            )
        )
