"""A clause means the same whatever the database's locale is: its words, and the texts that it compares.

The wheels' Postgres has no ICU, and takes locales other than its own from the system. So a Turkish one, where the small
letter of `I` is another than `i`, and an American one, where capitals do not come first, are made for the test; where
`localedef` cannot, the tests with Postgres's own locales and the one over the files are left.
"""

import os
import re
import shutil
import string
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import psycopg2
import pytest

import db.apply
from harness.servers import PostgresServer, started_when_asked, temporary_directory
from harness.versions import mostly_newest

# What such a database makes of a few texts by itself.
LOCALES = {
    "tr_TR.UTF-8": ("select lower('I'), upper('i')", ("\u0131", "\u0130")),
    "en_US.utf8": ("select 'GOLF' < 'b', lower('I')", (False, "i")),
}
DATABASES = {
    16: ["locale_provider libc locale 'C'", "locale_provider libc locale 'C.UTF-8'"],
    18: [
        "locale_provider libc locale 'C'",
        "locale_provider builtin locale 'C.UTF-8'",
        "locale_provider builtin locale 'C' builtin_locale 'PG_UNICODE_FAST'",
    ],
}
JUDGE_CLAUSE = "select reason from chat.judge_clause(2, $1)"
KEYWORD = "select chat.clause_keyword($1)"

TAKEN = (
    "PRICE IN (1, 2) AND SYMBOL LIKE 'I%' OR MARKET IS NOT NULL",
    "price BETWEEN SYMMETRIC 2 AND 1 AND market ILIKE 'x'",
    "STATESYMBOL IS DISTINCT FROM 'PA' AND EXECUTIONEPOCH > 1",
    "TRIM(BOTH ' ' FROM SYMBOL) = 'x' AND POSITION('I' IN SYMBOL) = 0 AND PRICE::INTEGER = 1",
)
REFUSED = {
    "SIMBOL = 'I'": "did you mean symbol? (at character 1)",
    "PRICE > 1 AND EXECUTIONEPOCH = 'x'": "compares a number (EXECUTIONEPOCH) with text 'x'",
    "PRICE IN (1) UNION SELECT 1": "`UNION` is not allowed",
    "SYMBOL = 1::STRIN": "no type `STRIN`",
}
# A clause and which of TEXTS pass it. In en_US `GOLF` would follow `b`, and in Turkish `I` is no capital of `i`.
TEXTS = ("GOLF", "golf", "ISTANBUL", "istanbul", "\u0130STANBUL", "BOD\u00d8", "bod\u00f8", "a-b", "ab", "\U0001f3be")
COMPARED = {
    "market < 'b'": {"GOLF", "ISTANBUL", "BOD\u00d8", "a-b", "ab"},
    "market > 'a' and market < 'ac'": {"a-b", "ab"},
    "market between 'A' and 'Z'": {"GOLF", "ISTANBUL", "BOD\u00d8"},
    "lower(market) = 'istanbul'": {"ISTANBUL", "istanbul", "\u0130STANBUL"},
    "upper(market) = 'ISTANBUL'": {"ISTANBUL", "istanbul"},
    "market ilike 'ist%'": {"ISTANBUL", "istanbul", "\u0130STANBUL"},
    "market ilike 'bod\u00f8'": {"BOD\u00d8", "bod\u00f8"},
    "greatest(market, 'b') = 'b'": {"GOLF", "ISTANBUL", "BOD\u00d8", "a-b", "ab"},
    "nullif(lower(market), 'golf') is null": {"GOLF", "golf"},
    "case when price > 0 then market else 'x' end < 'H'": {"GOLF", "BOD\u00d8"},
}
STORE = """
insert into feed.execution (symbol, market, price, quantity, execution_epoch, state_symbol, message)
select 'a', m, 1, 1, 1, 'PA', '' from unnest($1::text[]) as m
"""
FILTER = "select filter_id from chat.judge_clause(2, $1)"
CANONICAL = "select canonical from chat.filter where filter_id = $1"

# Small letters of other scripts whose capitals are ASCII, and a capital whose small letter is.
FOREIGN = ("\u017fame", "all\u0131", "\u212aone")

# `r`, `p_keys` and `row_ids` are ranges, and these functions their bounds.
# What stands between parentheses, with others within it, three deep.
WITHIN = r"[^()]*"
for _ in range(3):
    WITHIN = rf"(?:[^()]|\({WITHIN}\))*"
FOLDING = re.compile(
    rf"\b(?:lower|upper|initcap)\((?!r\)|p_keys\)|t\.row_ids\)){WITHIN}\)?|\bilike\b|~\*|\(\?i\)", re.IGNORECASE
)
FOLDED = ('collate "C"', "collate chat.code_points")
"""The rules that are the same in every database."""


@pytest.fixture(scope="module")
def servers_with_locales() -> Iterator[Callable[[int], PostgresServer]]:
    """The server of a major version that knows the locales."""
    with locales_made(), started_when_asked() as server:
        yield server


@contextmanager
def locales_made() -> Iterator[None]:
    """The locales in a directory of their own, where the servers that are started meanwhile find them.

    A small system has nothing to make them from, and the wheels of Postgres bring none of the kind: there the test that
    every function says by which locale it folds letters must do.
    """
    # Skipped only where locales cannot be made: a test against a locale that is not there would say nothing.
    if shutil.which("localedef") is None:
        pytest.skip("no localedef on this system to make locales with")
    with temporary_directory() as directory, pytest.MonkeyPatch.context() as patch:
        # For the user that Postgres runs as.
        directory.chmod(0o755)
        for locale in LOCALES:
            made = subprocess.run(
                ["localedef", "-i", locale.split(".")[0], "-f", "UTF-8", "--no-archive", str(directory / locale)],
                capture_output=True,
                text=True,
                check=False,
            )
            # localedef is there, and its sources (Debian's package `locales`) are not.
            if not (directory / locale / "LC_CTYPE").exists():
                pytest.skip(f"localedef makes no {locale} on this system: {made.stderr.strip()}")
        patch.setitem(os.environ, "LOCPATH", str(directory))
        yield


async def check_words(database: str) -> None:
    """Everything that is said of words holds in this database."""
    db.apply.migrate(database)
    connection = await asyncpg.connect(database)
    try:
        for clause in TAKEN:
            for text in (clause, clause.lower()):
                assert await connection.fetchval(JUDGE_CLAUSE, text) is None, text
        for clause, reason in REFUSED.items():
            assert reason in await connection.fetchval(JUDGE_CLAUSE, clause), clause
        for word in ("NONE", "none", "All", "sAME"):
            assert await connection.fetchval(KEYWORD, word) == word.upper()
        for word in FOREIGN:
            assert await connection.fetchval(KEYWORD, word) is None, word
            assert await connection.fetchval(JUDGE_CLAUSE, word) is not None, word
        await check_texts(connection)
    finally:
        await connection.close()


async def check_texts(connection: asyncpg.Connection) -> None:
    """Texts compare by code points, and have the capitals and small letters of Unicode."""
    await connection.execute("select chat.configure_rooms('{1}')")
    await connection.execute(STORE, TEXTS)
    for clause, expected in COMPARED.items():
        canonical = await connection.fetchval(CANONICAL, await connection.fetchval(FILTER, clause))
        assert canonical is not None, clause
        rows = await connection.fetch(f"select market from feed.execution where {canonical}")
        assert {row["market"] for row in rows} == expected, clause


async def test_white_space_around_keywords(connection: asyncpg.Connection) -> None:
    """Any of ASCII, on either side; a keyword with anything else beside it, or in two parts, is none."""
    for word in ("NONE", "all", "Same"):
        for space in (*string.whitespace, string.whitespace, "\r\n"):
            for text in (f"{space}{word}", f"{word}{space}", f"{space}{word}{space}"):
                assert await connection.fetchval(KEYWORD, text) == word.upper(), repr(text)
        for other in (f"{word[:2]}\n{word[2:]}", f"{word}\u00a0", f"\u2003{word}", f"{word}v", f"{word}\x1f"):
            assert await connection.fetchval(KEYWORD, other) is None, repr(other)


@pytest.mark.parametrize(("postgres_version", "options"), [(v, o) for v, all_ in DATABASES.items() for o in all_])
async def test_clauses_in_postgres_own_locales(postgres: PostgresServer, options: str) -> None:
    """Capitals and small letters of ASCII are one in words, other letters are none of them, and texts compare alike."""
    database = postgres.create_otherwise(options)
    try:
        await check_words(database)
    finally:
        postgres.drop(database)


@pytest.mark.parametrize("locale", LOCALES)
@mostly_newest
async def test_clauses_in_the_system_s_locales(
    servers_with_locales: Callable[[int], PostgresServer], postgres_version: int, locale: str
) -> None:
    """So do they where the database itself takes `I` and `i` for two letters, or puts small letters first."""
    server = servers_with_locales(postgres_version)
    database = server.create_otherwise(f"locale_provider libc locale '{locale}'")
    query, expected = LOCALES[locale]
    connection = psycopg2.connect(database)
    with connection.cursor() as cursor:
        cursor.execute(query)
        assert cursor.fetchone() == expected
    connection.close()
    await check_words(database)


def test_no_function_takes_letters_as_the_database_does() -> None:
    """Where case does not matter, the file says by which rules."""
    for path in db.apply.FUNCTIONS.rglob("*.sql"):
        for line in code(path).splitlines():
            for found in FOLDING.findall(line):
                assert any(rules in found for rules in FOLDED), f"{path.name}: {line.strip()}"


def code(path: Path) -> str:
    """A file without its comments and without text in quotes."""
    text = re.sub(r"--.*", "", path.read_text(encoding="utf-8"))
    return re.sub(r"'(?:[^']|'')*'", "''", text)
