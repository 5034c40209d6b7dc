"""A refused clause is answered in terms of the clause, for a person, and with nothing that is not theirs to know."""

import re

import asyncpg
import pytest

from harness.clauses import FEED_IDS, guard_clause, read_attacks, read_corpus
from harness.versions import mostly_newest
from harness.weather import add_weather

EXPLAIN_ERROR = "select reason, place from chat.explain_clause_error(2, $1, $2, $3, $4)"
JUDGE_CLAUSE = "select reason from chat.judge_clause($1, $2)"
KNOWN = """
select word from chat.allowed_word
union select word from pg_get_keywords()
union select lower(field_name) from chat.feed_column
union select column_name from chat.feed_column
"""
RELATIONS = "select relname from pg_class union select nspname from pg_namespace union select rolname from pg_roles"
SETTINGS = "select name from pg_settings union select setting from pg_settings where setting ~ '[a-zA-Z/]{4}'"
# Words of our own reasons that happen to be names, too.
PLAIN = {"feed", "columns", "character", "syntax", "error"}
LONGEST = 400
WORD = re.compile(r"[A-Za-z_/][\w/]{3,}")
LITERAL = re.compile(r"'(?:[^']|'')*'")

COLUMNS = "columns are symbol, market, price, quantity, executionEpoch, stateSymbol"
REASONS = {
    "stateSymbl = 'PA'": f"no column `stateSymbl`; {COLUMNS}; did you mean stateSymbol? (at character 1)",
    "price > 1 and simbol = 'x'": f"no column `simbol`; {COLUMNS}; did you mean symbol? (at character 15)",
    "market = GOLF": f"no column `GOLF`; {COLUMNS}; text stands in single quotes: 'GOLF' (at character 10)",
    "lenght(symbol) > 1": "did you mean length? (at character 1)",
    "symbol::strng = 'x'": "no type `strng` in filters; types are bigint, boolean",
    "symbol ~ 'x'": "`~` is not allowed in a filter; use LIKE (at character 8)",
    "price == 1": "`==` is not SQL; use = (at character 7)",
    "price => 1": "`=>` is not SQL; use >= (at character 7)",
    "price > 1 && price < 2": "`&&` is not allowed in a filter; use AND, OR, NOT (at character 11)",
    "price > 1; select 1": "`;` is not allowed in a filter; a filter is one condition (at character 10)",
    'symbol = "PA"': f"no column \"PA\"; {COLUMNS}; text stands in single quotes: 'PA' (at character 10)",
    "symbol = ‘PA’": "`‘` is a typographic quote (U+2018); type ' around text (at character 10)",
    "symbol = 'PA": "a text literal is not closed; end it with ' (at character 10)",
    "symbol = E'a'": "a text literal may not have a prefix",
    "price > 1 -- x": "a comment is not allowed in a filter (at character 11)",
    "price > 1e9": "`1e9` is not a number that a filter takes; write 1000000000 (at character 9)",
    "price > 1e-3": "`1e-3` is not a number that a filter takes; write 0.001 (at character 9)",
    "price > 1_000": "`1_000` is not a number that a filter takes; write 1000 (at character 9)",
    "price > 1e19": "`1e19` is not a number that a filter takes; write up to 18 digits, or up to 15",
    "price > 1,000": "the clause is a list, not a condition; join conditions with AND or OR, and write numbers without",
    "market in (GOLF, TENNIS)": "text stands in single quotes: 'GOLF' (at character 12)",
    "GOLF = market": "text stands in single quotes: 'GOLF' (at character 1)",
    "market = 'O'Brien'": "a quote in a text is written twice; write 'O''Brien' (at character 12)",
    "market = 'O'Brien": "a quote in a text is written twice (at character 12)",
    "market in 'GOLF'": "syntax error at `'GOLF'`; IN takes a list in parentheses: in ('GOLF') (at character 11)",
    "price between 1, 5": "syntax error at `,`; write between 1 and 5 (at character 16)",
    "market is 'GOLF'": "IS goes before NULL, TRUE, FALSE or DISTINCT FROM; write = 'GOLF' (at character 11)",
    "price not > 5": "syntax error at `not`; an operator, AND or OR is missing before it (at character 7)",
    "length > 5": "`length` is a function; write what it is of behind it: length(…) (at character 1)",
    "left > 'x'": "`left` is a function; write what it is of behind it: left(…) (at character 6)",
    "symbol = 'a' escape '!'": "ESCAPE stands behind the pattern of LIKE, and one character in quotes behind it",
    "symbol like 'a' escape 'ab'": "ESCAPE takes one character in quotes, right behind the pattern in quotes",
    "symbol like 'a!' escape '!'": "the pattern of LIKE ends in its escape character; write that twice (at",
    "price = '9e131071'": "a number has more digits than a filter takes; at most 60 are allowed",
    "round(price, quantity::integer) = 1": "round() takes the number of places as a plain number from -15 to 15",
    " * ".join(["price"] * 22)
    + " > 1": "the clause computes with decimals 21 times (+ - * / % or rounding); at most 20",
    "price::numeric(10, 2) > 1": "a number of digits behind numeric is not allowed in a filter; write round(…, 2)",
    "price::float::numeric > 1": "making a decimal of a float is not allowed in a filter; leave the cast to a float",
    "'a' < 'b'": "the comparison of texts of which none is a column is not allowed in a filter; write the result",
    "lower('A') = symbol": "lower() of texts of which none is a column is not allowed in a filter; write the result",
    "exists (select 1)": "`exists` is not allowed in a filter; a filter is one condition on the columns of the feed",
    "(price > 1": "1 parenthesis left open; close with `)`",
    "price > 1)": "`)` closes a parenthesis that was not opened (at character 10)",
    " ": "the clause is empty; write a condition, or NONE to filter nothing out",
    f"symbol = '{'x' * 2000}'": "the clause has 2011 bytes; at most 2000 are allowed",
    " or ".join(f"price={number}" for number in range(100)): "parts; at most 300 are allowed",
    "price > 'high'": "compares a number (price) with text 'high' (at character 9)",
    "'x' < price": "compares a number (price) with text 'x' (at character 1)",
    "price > 1 and quantity between 1 and 'ten'": "compares a number (quantity) with text 'ten' (at character 38)",
    "price = 'now' or executionEpoch = 'now'": "compares a number (price) with text 'now' (at character 9)",
    "symbol = 'x' or executionEpoch = 'now'": "compares a number (executionEpoch) with text 'now' (at character 34)",
    "price > 1 and length(symbol) = 'three'": "compares a number with text 'three' (at character 32)",
    "symbol = 1": "`=` does not go between text and a number (at character 8)",
    "price like '5%'": "LIKE does not go between a number and text (at character 7)",
    "- symbol = 'x'": "`-` does not go before text (at character 1)",
    "lower(price) = 'x'": "lower() does not take a number (at character 1)",
    "price": "the clause is a number, not a condition; compare it with something (at character 1)",
    "price and true": "AND wants a condition, not a number; compare it with something (at character 1)",
    "coalesce(price, symbol) = 'x'": "COALESCE mixes a number with text; its values must be of one kind",
    "price::boolean": "a number cannot be made a condition",
    "price::text = '1'": "making text of a number, or a number of text, is not allowed in a filter",
    "substring(symbol from 'a.*') = 'x'": "substring() with a pattern is not allowed in a filter",
    "(price, quantity) < (1, 2)": "lists such as (a, b) are only allowed behind IN",
    "price >": "the clause ends too early",
    "(price >) and true": "something is missing before `)` (at character 9)",
    "price price": "syntax error at `price`; an operator, AND or OR is missing before it (at character 7)",
    "price / quantity > 1": "divides by zero on a row where the divisor is 0; guard it with nullif(…, 0)",
    "executionEpoch * 10000000000 > 0": "a number is out of range",
    "symbol = substring(market from 1 for -1)": "the length given to substring() is negative on some rows",
}

SPORTS = {
    "sport = TENNIS": (
        "`TENNIS` is the name of a value, and the values are numbers; write sport_name = 'TENNIS' (at character 9)"
    ),
    "sport = 'Football'": (
        "compares a number (sport) with text 'Football'; write sport_name = 'FOOTBALL' (at character 9)"
    ),
    'SPORT <> "golf"': (
        "`\"golf\"` is the name of a value, and the values are numbers; write sport_name <> 'GOLF' (at character 10)"
    ),
    "sport in (TENNIS, GOLF) and match_title like 'A%'": (
        "`TENNIS` is the name of a value, and the values are numbers; "
        "write sport_name in ('TENNIS', 'GOLF') and match_title like 'A%' (at character 11)"
    ),
    "match_title = 'TENNIS' or 'BOXING' = sport": (
        "compares a number (sport) with text 'BOXING'; write match_title = 'TENNIS' or 'BOXING' = sport_name "
        "(at character 27)"
    ),
}

DECEIVING = {
    "\u00a0": ("a no-break space", "type a plain space"),
    "\u3000": ("a space of another kind", "type a plain space"),
    "\u2028": ("a space of another kind", "type a plain space"),
    "\u200b": ("a zero-width space", "leave it out"),
    "\u200c": ("a zero-width non-joiner", "leave it out"),
    "\u200d": ("a zero-width joiner", "leave it out"),
    "\ufeff": ("a byte order mark", "leave it out"),
    "\u00ad": ("a character that is not seen", "leave it out"),
    "\u202e": ("a character that is not seen", "leave it out"),
    "\u2013": ("is an en dash", "type a plain -"),
    "\u2014": ("is an em dash", "type a plain -"),
    "\u2011": ("is a dash", "type a plain -"),
    "\u2212": ("is a minus sign of another kind", "type a plain -"),
    "\u2018": ("is a typographic quote", "type ' around text"),
    "\u2019": ("is a typographic quote", "type ' around text"),
    "\u201c": ("is a typographic quote", "type ' around text"),
    "\u201d": ("is a typographic quote", "type ' around text"),
    "\uff30": ("is a fullwidth character", "type a plain P"),
    "\uff1e": ("is a fullwidth character", "type a plain >"),
    "\u0440": ("`\u0440`", "words are of the letters a to z"),
    "\u00f8": ("`\u00f8`", "words are of the letters a to z"),
    "\U0001f600": ("`\U0001f600`", "words are of the letters a to z"),
    "\U0010fffd": ("`\U0010fffd`", "words are of the letters a to z"),
}


@pytest.mark.parametrize("postgres_version", [18, 16])
async def test_reasons_say_what_is_wrong(connection: asyncpg.Connection) -> None:
    """What is wrong, what to write instead where that can be told, and the place where Postgres tells it."""
    for clause, reason in REASONS.items():
        assert reason in await explain(connection, FEED_IDS["execution"], clause), clause
    for clause, reason in SPORTS.items():
        assert await explain(connection, FEED_IDS["sport_event"], clause) == reason


@pytest.mark.parametrize("postgres_version", [18, 16])
async def test_a_clause_that_a_reason_says_to_write_is_taken(connection: asyncpg.Connection) -> None:
    """Names of sports, in whatever way they are written, and numbers."""
    for clause, reason in SPORTS.items():
        written = reason.partition("; write ")[2].partition(" (at character")[0]
        assert written, clause
        assert await connection.fetchval(JUDGE_CLAUSE, FEED_IDS["sport_event"], written) is None, written
    for clause in ("price > 1e9", "price > 1e-3", "price > 1_000", "market = 'O'Brien'"):
        told = await explain(connection, FEED_IDS["execution"], clause)
        written = told.partition("; write ")[2].partition(" (at character")[0]
        corrected = f"{clause.split()[0]} = {written}"
        assert await connection.fetchval(JUDGE_CLAUSE, FEED_IDS["execution"], corrected) is None, corrected


@mostly_newest
async def test_characters_that_deceive_are_named(connection: asyncpg.Connection) -> None:
    """What is not seen, or looks like another one: its name, code point and place, and what to type instead."""
    for character, (reason, remedy) in DECEIVING.items():
        code = f"(U+{ord(character):04X})"
        for around, place in (("price {}> 1", 7), ("pri{}ce > 1", 4), ("price > 1{}", 10)):
            clause = around.format(character)
            told = await explain(connection, FEED_IDS["execution"], clause)
            assert f"{reason} {code}" in told, repr(clause)
            assert told.endswith(f"; {remedy} (at character {place})"), (clause, told)
    # In text they are the member's own.
    text = "".join(DECEIVING)
    assert await connection.fetchval(JUDGE_CLAUSE, FEED_IDS["execution"], f"symbol = '{text}'") is None
    assert await explain(connection, FEED_IDS["execution"], "symbol = 'Bod\u00f8") == (
        "a text literal is not closed; end it with ' (at character 10)"
    )


@mostly_newest
async def test_reasons_tell_nothing_of_the_server(connection: asyncpg.Connection) -> None:
    """No reason names a relation, role, schema or setting that the clause did not, whatever the clause asks for."""

    async def words(query: str) -> set[str]:
        return {row[0].lower() for row in await connection.fetch(query)}

    await add_weather(connection)
    secrets = (await words(RELATIONS) | await words(SETTINGS)) - await words(KNOWN) - set(FEED_IDS) - PLAIN
    assert {"pg_authid", "member", "room_log", "shared_buffers"} <= secrets
    for case in [*read_corpus(), *read_attacks()]:
        # The long ones are about time, take some, and are answered in few words.
        if case.is_valid or len(case.clause) > LONGEST:
            continue
        reason = await explain(connection, case.feed_id, case.clause)
        told = {word.lower() for word in WORD.findall(LITERAL.sub("", reason))}
        leaked = (told & secrets) - set(WORD.findall(case.clause.lower()))
        assert not leaked, (case.clause, reason)


@pytest.mark.parametrize(
    ("there", "not_there"),
    [
        ("'pg_authid'::regclass is null", "'pg_nothing'::regclass is null"),
        ("member = 1", "nothing = 1"),
        ("exists (select from chat.member)", "exists (select from chat.nothing)"),
        ("judge_clause(1, 'a') is null", "jodge_clause(1, 'a') is null"),
        ("execution.price = 1", "nothings1.price = 1"),
        ("current_setting('data_directory') = 'x'", "current_setting('no_such_setting') = 'x'"),
    ],
)
async def test_nobody_learns_what_exists(connection: asyncpg.Connection, there: str, not_there: str) -> None:
    """A name that exists and one that does not are refused in the same words."""
    names = re.compile(r"[`']\w+[`']|\d+")
    reasons = [names.sub("", await explain(connection, 2, clause)) for clause in (there, not_there)]
    assert reasons[0] == reasons[1]


@pytest.mark.parametrize(
    ("clause", "place", "state", "message", "reason"),
    [
        (
            "symbol = 1 price",
            12,
            "42601",
            "Syntaxfehler bei »price«",
            "syntax error at `price`; an operator, AND or OR",
        ),
        (
            "symbol = 1",
            8,
            "42883",
            "Operator existiert nicht: text = integer",
            "`=` does not go between text and a number",
        ),
        ("lower(price) = 'a'", 1, "42883", "Funktion lower(numeric) existiert nicht", "lower() does not take a number"),
        (
            "price = 'hoch'",
            9,
            "22P02",
            "ungültige Eingabesyntax für Typ numeric: »hoch«",
            "a number (price) with text 'hoch'",
        ),
        (
            "price",
            1,
            "42804",
            "Argument von WHERE muss Typ boolean haben, nicht Typ numeric",
            "the clause is a number, not",
        ),
        (
            "price and true",
            1,
            "42804",
            "Argument von AND muss Typ boolean haben, nicht Typ numeric",
            "AND wants a condition",
        ),
        (
            "price in (1, symbol)",
            14,
            "42804",
            "CASE-Typen numeric und text passen nicht zusammen",
            "CASE mixes a number with",
        ),
        (
            "price::boolean",
            6,
            "42846",
            "kann Typ numeric nicht in Typ boolean umwandeln",
            "a number cannot be made a condition",
        ),
        ("length > 5", 1, "42703", "Spalte »length« existiert nicht", "`length` is a function"),
    ],
)
async def test_reasons_are_the_same_in_every_language_of_the_server(
    connection: asyncpg.Connection, clause: str, place: int, state: str, message: str, reason: str
) -> None:
    """They come from the SQLSTATE, the place and the clause; of the message, only names of types and functions."""
    told = await connection.fetchrow(EXPLAIN_ERROR, clause, state, message, place)
    assert told is not None
    assert reason in told["reason"]
    assert told["place"] == place


async def explain(connection: asyncpg.Connection, feed_id: int, clause: str) -> str:
    """The reason that a member gets for one filter."""
    if (guarded := await guard_clause(connection, feed_id, clause)) is not None:
        return guarded.partition(" filter: ")[2]
    reason: str = await connection.fetchval(JUDGE_CLAUSE, feed_id, clause)
    assert reason, clause
    return reason
