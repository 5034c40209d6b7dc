"""What nothing is migrated on: a server that filters were not tested on, a database that cannot hold every letter.

A server whose messages cannot be read is warned of.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest

import db.apply
import db.server
from harness.servers import PostgresServer

SCHEMAS = "select count(*) from pg_namespace where nspname in ('chat', 'room_filter')"
ENCODINGS = ("LATIN1", "SQL_ASCII", "EUC_JP")
KNOWN = ", ".join(map(str, db.server.TESTED_VERSIONS))


def count_schemas(url: str) -> int:
    """How many schemas of ours are in a database."""
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(SCHEMAS)
            return int(cursor.fetchone()[0])
    finally:
        connection.close()


@pytest.mark.parametrize("version", [150_019, 190_000, 90_624])
def test_an_untested_version_is_refused(version: int) -> None:
    """What was found, what is allowed and what to do are said."""
    reason = db.server.explain_version(version)
    assert reason is not None
    assert f"this is PostgreSQL {version // 10_000}, " in reason
    assert "16, 17 and 18 only" in reason
    assert "use one of these servers, or a version of edge-chatroom" in reason


def make_schemas_alone(url: str, migrations: Path = db.apply.MIGRATIONS) -> subprocess.CompletedProcess[str]:
    """yoyo's own command line, from elsewhere than the project's directory."""
    return subprocess.run(
        [sys.executable, "-m", "yoyo", "apply", "--batch", "--database", url, str(migrations)],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("version", [160_012, 170_008, 180_002])
def test_a_tested_version_is_taken(version: int) -> None:
    """Any minor version of these will do."""
    assert db.server.explain_version(version) is None


def test_another_language_is_warned_of() -> None:
    """The setting, the message, and the statement that mends it are said where migrate may not run it."""
    reason = db.server.explain_language("Division durch Null", "de_DE.UTF-8", "edgechat")
    assert reason is not None
    assert "not in English (lc_messages is 'de_DE.UTF-8', it says 'Division durch Null')" in reason
    assert """`alter database "edgechat" set lc_messages = 'C'`""" in reason
    assert db.server.explain_language("division by zero", "en_US.UTF-8", "edgechat") is None


def test_a_system_without_capitals_is_warned_of() -> None:
    """What does not work as it should, and what to do."""
    assert "PostgreSQL 17 and later" in (db.server.explain_collation("16.9", True) or "")
    assert db.server.explain_collation("16.9", False) is None


@pytest.mark.parametrize("is_allowed", [True, False])
def test_another_language_is_put_right_by_who_may(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch, is_allowed: bool
) -> None:
    """Sessions that begin after migrate get messages in English; whoever may not see to that is told what to do."""
    # The servers that the tests run on know English only; any other first message stands for another language.
    monkeypatch.setattr(db.server, "LANGUAGE", db.server.LANGUAGE.replace("sqlerrm", "'Division durch Null'"))
    database = postgres.create_otherwise("encoding 'UTF8' locale_provider libc locale 'C'")
    name = database.rpartition("/")[2]
    as_superuser = f"{postgres.server.superuser_url.rpartition('/')[0]}/{name}"
    try:
        connection = psycopg2.connect(as_superuser if is_allowed else database)
        warnings = db.server.find_warnings(connection)
        connection.commit()
        connection.close()
        assert [f'alter database "{name}" set lc_messages' in warning for warning in warnings] == [True][is_allowed:]
        assert (
            count_rows(as_superuser, "select from pg_db_role_setting where setconfig @> '{lc_messages=C}'")
            == is_allowed
        )
    finally:
        postgres.drop(database)


def count_rows(url: str, query: str) -> int:
    """How many rows a query has."""
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return int(cursor.rowcount)
    finally:
        connection.close()


@pytest.mark.parametrize("postgres_version", [18, 16])
def test_migrate_refuses_an_untested_version(empty_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`edgechat migrate` makes nothing on this server if only another version was tested."""
    monkeypatch.setattr(db.server, "TESTED_VERSIONS", (14, 15))
    with pytest.raises(db.apply.MigrateError, match=r"this is PostgreSQL \d+, and filters were tested on 14 and 15"):
        db.apply.migrate(empty_database)
    assert count_schemas(empty_database) == 0


def test_migrate_refuses_it_again(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does it change the functions of a database that has come to this server with an upgrade."""
    monkeypatch.setattr(db.server, "TESTED_VERSIONS", (14, 15))
    with pytest.raises(db.apply.MigrateError, match="tested on 14 and 15 only"):
        db.apply.migrate(database)
    connection = psycopg2.connect(database)
    with pytest.raises(db.apply.MigrateError, match="tested on 14 and 15 only"):
        db.apply.apply_functions(connection)
    connection.close()


@pytest.mark.parametrize("postgres_version", [18, 16])
def test_yoyo_alone_refuses_it_too(empty_database: str, tmp_path: Path) -> None:
    """`yoyo apply` makes nothing either: its first migration has the same list of versions."""
    migrations = tmp_path / "migrations"
    shutil.copytree(db.apply.MIGRATIONS, migrations)
    first = migrations / "0001.create-schemas.sql"
    text, count = re.subn(re.escape(f"not in ({KNOWN})"), "not in (14, 15)", first.read_text(encoding="utf-8"))
    assert count == 1
    first.write_text(text, encoding="utf-8")
    result = make_schemas_alone(empty_database, migrations)
    assert result.returncode != 0
    assert re.search(r"this is PostgreSQL 1[68]\.\d+.*, and filters were tested on 16, 17 and 18 only", result.stderr)
    assert count_schemas(empty_database) == 0


@pytest.mark.parametrize("postgres_version", [18, 16])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_migrate_refuses_another_encoding(postgres: PostgresServer, encoding: str) -> None:
    """What was found, what is allowed, and the statement that makes a database of it; migrate takes what that makes."""
    database = postgres.create_otherwise(f"encoding '{encoding}' locale_provider libc locale 'C'")
    try:
        with pytest.raises(db.apply.MigrateError, match=f"encoding is {encoding}, and only UTF8 ") as refused:
            db.apply.migrate(database)
        assert count_schemas(database) == 0
        (statement,) = re.findall(r"`(create database .*)`", str(refused.value))
        other = run_as_superuser(postgres, statement)
    finally:
        postgres.drop(database)
    try:
        db.apply.migrate(other)
        assert count_schemas(other) == 2
    finally:
        postgres.drop(other)


def run_as_superuser(postgres: PostgresServer, statement: str) -> str:
    """Make a database; its URL."""
    connection = psycopg2.connect(f"{postgres.server.superuser_url.rpartition('/')[0]}/postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()
    return postgres.server.url(statement.split()[2])


def test_the_statement_quotes_names() -> None:
    """The name of the database that it makes is another than that of the one there is."""
    reason = db.server.explain_encoding("LATIN1", '"my chat_utf8"', '"Own er"')
    assert reason is not None
    assert """`create database "my chat_utf8" owner "Own er" encoding 'UTF8' template template0`""" in reason
    assert db.server.explain_encoding("UTF8", "chat_utf8", "edgechat") is None


@pytest.mark.parametrize("postgres_version", [18, 16])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_yoyo_alone_refuses_another_encoding(postgres: PostgresServer, encoding: str) -> None:
    """Before its first migration has made anything, in the words of migrate."""
    database = postgres.create_otherwise(f"encoding '{encoding}' locale_provider libc locale 'C'")
    try:
        result = make_schemas_alone(database)
        assert result.returncode != 0
        assert f"encoding is {encoding}, and only UTF8 holds" in result.stderr
        assert "encoding 'UTF8' template template0`" in result.stderr
        assert count_schemas(database) == 0
    finally:
        postgres.drop(database)
