"""A clause means the same whatever the database's locale is, as far as words of the language of filters go.

The wheels' Postgres has no ICU, and takes locales other than its own from the system. So a Turkish one, where the small
letter of `I` is another than `i`, is made for the test; where `localedef` cannot, the tests with Postgres's own locales
and the one over the files are left.
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

LOCALE = "tr_TR.UTF-8"
DATABASES = {
    16: ["locale_provider libc locale 'C'", "locale_provider libc locale 'C.UTF-8'"],
    18: [
        "locale_provider libc locale 'C'",
        "locale_provider builtin locale 'C.UTF-8'",
        "locale_provider builtin locale 'C' builtin_locale 'PG_UNICODE_FAST'",
    ],
}
TURKISH = f"locale_provider libc locale '{LOCALE}'"
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
# Small letters of other scripts whose capitals are ASCII, and a capital whose small letter is.
FOREIGN = ("\u017fame", "all\u0131", "\u212aone")

# `r` and `row_ids` are ranges, and these functions their bounds.
FOLDING = re.compile(r"\b(?:lower|upper|initcap)\((?!r\)|t\.row_ids\))[^)]*\)?|\bilike\b|~\*|\(\?i\)", re.IGNORECASE)
FOLDED = 'collate "C"'


@pytest.fixture(scope="module")
def turkish_servers() -> Iterator[Callable[[int], PostgresServer]]:
    """The server of a major version that knows the Turkish locale."""
    with locale_made(), started_when_asked() as server:
        yield server


@contextmanager
def locale_made() -> Iterator[None]:
    """The Turkish locale in a directory of its own, where the servers that are started meanwhile find it.

    A small system has nothing to make it from, and the wheels of Postgres bring no locale of the kind: there the test
    that every function says by which locale it folds letters must do.
    """
    if shutil.which("localedef") is None:
        pytest.skip("no localedef on this system to make a Turkish locale with")
    with temporary_directory() as directory, pytest.MonkeyPatch.context() as patch:
        # For the user that Postgres runs as.
        directory.chmod(0o755)
        made = subprocess.run(
            ["localedef", "-i", "tr_TR", "-f", "UTF-8", "--no-archive", str(directory / LOCALE)],
            capture_output=True,
            text=True,
            check=False,
        )
        if not (directory / LOCALE / "LC_CTYPE").exists():
            pytest.skip(f"localedef makes no Turkish locale on this system: {made.stderr.strip()}")
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
    finally:
        await connection.close()


async def test_white_space_around_keywords(connection: asyncpg.Connection) -> None:
    """Any of ASCII, on either side; a keyword with anything else beside it, or in two parts, is none."""
    for word in ("NONE", "all", "Same"):
        for space in (*string.whitespace, string.whitespace, "\r\n"):
            for text in (f"{space}{word}", f"{word}{space}", f"{space}{word}{space}"):
                assert await connection.fetchval(KEYWORD, text) == word.upper(), repr(text)
        for other in (f"{word[:2]}\n{word[2:]}", f"{word}\u00a0", f"\u2003{word}", f"{word}v", f"{word}\x1f"):
            assert await connection.fetchval(KEYWORD, other) is None, repr(other)


@pytest.mark.parametrize(("postgres_version", "options"), [(v, o) for v, all_ in DATABASES.items() for o in all_])
async def test_words_in_postgres_own_locales(postgres: PostgresServer, options: str) -> None:
    """Capitals and small letters of ASCII are one, and letters of other scripts are none of them."""
    database = postgres.create_otherwise(options)
    try:
        await check_words(database)
    finally:
        postgres.drop(database)


@pytest.mark.parametrize("postgres_version", [18, 16])
async def test_words_in_a_turkish_database(
    turkish_servers: Callable[[int], PostgresServer], postgres_version: int
) -> None:
    """So are they where the database takes `I` and `i` for two letters, each with another one beside it."""
    server = turkish_servers(postgres_version)
    database = server.create_otherwise(TURKISH)
    connection = psycopg2.connect(database)
    with connection.cursor() as cursor:
        cursor.execute("select lower('I'), upper('i')")
        assert cursor.fetchone() == ("\u0131", "\u0130")
    connection.close()
    await check_words(database)


def test_no_function_takes_letters_as_the_database_does() -> None:
    """Where case does not matter, the file says by which rules."""
    for path in db.apply.FUNCTIONS.rglob("*.sql"):
        for line in code(path).splitlines():
            for found in FOLDING.findall(line):
                assert FOLDED in found, f"{path.name}: {line.strip()}"


def code(path: Path) -> str:
    """A file without its comments and without text in quotes."""
    text = re.sub(r"--.*", "", path.read_text(encoding="utf-8"))
    return re.sub(r"'(?:[^']|'')*'", "''", text)
