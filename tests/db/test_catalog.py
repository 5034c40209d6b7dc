"""What is in the database is what the files say, in the way that they are to say it."""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import asyncpg
import pytest

import db.apply

FUNCTION_FILES = sorted(db.apply.FUNCTIONS.rglob("*.sql"))
# Written by pg_dump.
GENERATED = {"schema.sql"}
LONGEST_LINE = 120
RULES = (
    *("allowed_word", "allowed_node", "allowed_type", "allowed_function"),
    *("probe_value", "feed_column", "setting"),
)

CHAT_FUNCTIONS = "select p.proname from pg_proc as p where p.pronamespace = 'chat'::regnamespace"
UNPINNED_DEFINERS = """
select p.oid::regprocedure::text
from pg_proc as p
where p.pronamespace in ('chat'::regnamespace, 'room_filter'::regnamespace)
  and p.prosecdef
  and not coalesce(p.proconfig, '{}') @> array['search_path=pg_catalog, pg_temp']
"""
PUBLIC_FUNCTIONS = """
select p.oid::regprocedure::text
from pg_proc as p
where p.pronamespace = 'public'::regnamespace
  and not exists (select from pg_depend as d where d.objid = p.oid and d.deptype = 'e')
"""
DISABLED_TRIGGERS = "select t.tgname from pg_trigger as t where t.tgenabled <> 'O'"
TRIGGERS = """
select c.relname, t.tgname
from pg_trigger as t
join pg_class as c on c.oid = t.tgrelid
where not t.tgisinternal and c.relnamespace = 'chat'::regnamespace
order by c.relname, t.tgname
"""


async def test_a_file_a_function(connection: asyncpg.Connection) -> None:
    """Every function of schema chat has a file of its name, every file its function, and no name stands for two."""
    names = Counter(row["proname"] for row in await connection.fetch(CHAT_FUNCTIONS))
    assert names == Counter(path.stem for path in FUNCTION_FILES)


async def test_definers_are_pinned(connection: asyncpg.Connection) -> None:
    """No function that runs with its owner's rights finds names where its caller says, generated ones included."""
    assert await connection.fetch(UNPINNED_DEFINERS) == []


async def test_nothing_in_public(connection: asyncpg.Connection) -> None:
    """Nothing of ours is made in schema public."""
    assert await connection.fetch(PUBLIC_FUNCTIONS) == []


async def test_triggers(connection: asyncpg.Connection) -> None:
    """A feed's table locks before and routes after, a table of the filters' rules counts changes, and none is off."""
    feeds = [row["name"] for row in await connection.fetch("select name from chat.feed order by name")]
    assert {tuple(row) for row in await connection.fetch(TRIGGERS)} == {
        *((feed, trigger) for feed in feeds for trigger in ("begin_routing", "route")),
        *((table, "count_rule_change") for table in RULES),
    }
    assert await connection.fetch(DISABLED_TRIGGERS) == []


@pytest.mark.parametrize("path", FUNCTION_FILES, ids=lambda path: path.stem)
def test_form_of_a_file(path: Path) -> None:
    """A file says what its function is for, defines it and no other, and states its volatility and language."""
    text = path.read_text(encoding="utf-8")
    assert re.match(r"-- [A-Z].*[.:?]", text), "the file starts with what the function is for"
    assert re.findall(r"^create or replace function ([a-z_.]+)\(", text, re.MULTILINE) == [f"chat.{path.stem}"]
    head = text.split("as $$")[0]
    assert len(re.findall(r"^(immutable|stable|volatile)$", head, re.MULTILINE)) == 1
    assert len(re.findall(r"^language (sql|plpgsql)$", head, re.MULTILINE)) == 1
    assert not re.search(r"\bdrop function\b", text)


def test_lines_fit() -> None:
    """No line of SQL is wider than a line of Python may be."""
    for path in db.apply.HERE.rglob("*.sql"):
        if path.name not in GENERATED:
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                assert len(line) <= LONGEST_LINE, f"{path.name}, line {number}"


def test_migrations_hold_no_function() -> None:
    """The body of a function stands in its own file only."""
    for path in db.apply.MIGRATIONS.glob("*.sql"):
        assert "create or replace function" not in path.read_text(encoding="utf-8"), path.name


def test_every_migration_has_its_rollback() -> None:
    """A missing rollback file would roll back without a word and leave the table."""
    names = {path.name for path in db.apply.MIGRATIONS.glob("*.sql")}
    forward = {name for name in names if not name.endswith(".rollback.sql")}
    assert forward
    assert names - forward == {name.replace(".sql", ".rollback.sql") for name in forward}


def test_migrations_are_numbered() -> None:
    """Migrations count from 0001 without a gap, and each after the first depends on the one before."""
    paths = sorted(path for path in db.apply.MIGRATIONS.glob("*.sql") if not path.name.endswith(".rollback.sql"))
    assert [path.name[:5] for path in paths] == [f"{number:04}." for number in range(1, len(paths) + 1)]
    for before, path in pairwise(paths):
        assert f"-- depends: {before.stem}" in path.read_text(encoding="utf-8"), path.name
