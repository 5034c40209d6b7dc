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
PIN = "search_path=pg_catalog, pg_temp"
DEFINERS = "select p.proname from pg_proc as p where p.pronamespace = 'chat'::regnamespace and p.prosecdef"
TRIGGER_FUNCTIONS = """
select p.proname from pg_proc as p join pg_trigger as t on t.tgfoid = p.oid where p.pronamespace = 'chat'::regnamespace
"""
PATHS = """
select p.proname, s.setting
from pg_proc as p
cross join lateral unnest(p.proconfig) as s(setting)
where p.pronamespace = 'chat'::regnamespace and s.setting like 'search_path=%'
"""
UNPINNED_ROUTERS = """
select p.proname
from pg_proc as p
where p.pronamespace = 'room_filter'::regnamespace
  and not (p.prosecdef and p.proconfig @> array['search_path=pg_catalog, pg_temp'])
"""
# Pinned without being called from outside, each for the reason in its file.
ALSO_PINNED = {"build_all_views", "link_servers", "renew_filters", "validate_clause"}
CALLED = re.compile(r"chat\.(\w+)")
SHOWN_IN_PSQL = ("README.md", "docs/psql.md")
PUBLIC_FUNCTIONS = """
select p.oid::regprocedure::text
from pg_proc as p
where p.pronamespace = 'public'::regnamespace
  and not exists (select from pg_depend as d where d.objid = p.oid and d.deptype = 'e')
"""
FEED_COLUMNS = """
select f.name, a.attname
from chat.feed as f
join pg_attribute as a on a.attrelid = format('feed.%I', f.name)::regclass and a.attnum > 0 and not a.attisdropped
"""
FILTER_COLUMNS = """
select c.column_name, c.type_name, format_type(a.atttypid, a.atttypmod) as stored,
  a.attcollation = 'chat.code_points'::regcollation as is_ours
from chat.feed_column as c
join chat.feed as f on f.feed_id = c.feed_id
join pg_attribute as a on a.attrelid = format('feed.%I', f.name)::regclass and a.attname = c.column_name
"""
FEED_KEYS = """
select f.name, f.key_column, array_agg(a.attname::text) as keys
from chat.feed as f
left join pg_index as i on i.indrelid = format('feed.%I', f.name)::regclass and i.indisprimary
left join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
group by f.feed_id
"""
PROBES = "select p.type_name, array_agg(p.number order by p.number) as array from chat.probe_value as p group by 1"
DISABLED_TRIGGERS = "select t.tgname from pg_trigger as t where t.tgenabled <> 'O'"
TRIGGERS = """
select c.relname, t.tgname
from pg_trigger as t
join pg_class as c on c.oid = t.tgrelid
where not t.tgisinternal and c.relnamespace = $1::text::regnamespace
order by c.relname, t.tgname
"""
MADE_IN_PUBLIC = """
select c.relname
from pg_class as c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'S') and c.relname not like '%yoyo%'
"""
TABLES_OF_THE_ORIGINAL = ("chat_event", "execution", "sport_event")


async def test_every_function_has_its_file(connection: asyncpg.Connection) -> None:
    """Every function of schema chat has a file of its name, every file its function, and no name stands for two."""
    names = Counter(row["proname"] for row in await connection.fetch(CHAT_FUNCTIONS))
    assert names == Counter(path.stem for path in FUNCTION_FILES)


async def test_only_what_is_called_from_outside_runs_as_its_owner(connection: asyncpg.Connection) -> None:
    """What bridge, gateway, people in psql or triggers call runs with its owner's rights, and nothing else does,
    but for what is another role's."""
    names = {path.stem for path in FUNCTION_FILES}
    triggers = {row["proname"] for row in await connection.fetch(TRIGGER_FUNCTIONS)}
    definers = {row["proname"] for row in await connection.fetch(DEFINERS)}
    assert definers == _granted() | (_shown() & names) | triggers | {"try_without_rights"}


async def test_what_is_called_from_outside_pins_its_path(connection: asyncpg.Connection) -> None:
    """What is called from outside says where names are found; every other function inherits that."""
    definers = {row["proname"] for row in await connection.fetch(DEFINERS)}
    paths = {row["proname"]: row["setting"] for row in await connection.fetch(PATHS)}
    assert paths == dict.fromkeys(definers | ALSO_PINNED, PIN)
    assert await connection.fetch(UNPINNED_ROUTERS) == []


async def test_nothing_is_made_in_public(connection: asyncpg.Connection) -> None:
    """Nothing of ours is made in schema public but what the original had there."""
    assert await connection.fetch(PUBLIC_FUNCTIONS) == []
    assert {row["relname"] for row in await connection.fetch(MADE_IN_PUBLIC)} == {
        *TABLES_OF_THE_ORIGINAL,
        *(f"{table}_{table}_id_seq" for table in TABLES_OF_THE_ORIGINAL),
    }


async def test_every_trigger_is_there_and_on(connection: asyncpg.Connection) -> None:
    """A feed's table locks before and routes after, a table of the filters' rules counts changes, and none is off.

    The record of moderators is kept as it is. Those of the original's views write to the tables, and the two feeds that
    there are make a message where none is.
    """
    feeds = [row["name"] for row in await connection.fetch("select name from chat.feed order by name")]
    assert {tuple(row) for row in await connection.fetch(TRIGGERS, "public")} == {
        (table, trigger) for table in TABLES_OF_THE_ORIGINAL for trigger in ("number_on", "write")
    }
    assert {tuple(row) for row in await connection.fetch(TRIGGERS, "feed")} == {
        (feed, trigger) for feed in feeds for trigger in ("begin_routing", "make_message", "route")
    }
    assert {tuple(row) for row in await connection.fetch(TRIGGERS, "chat")} == {
        *((table, "count_rule_change") for table in RULES),
        ("moderation", "protect_moderation"),
    }
    assert await connection.fetch(DISABLED_TRIGGERS) == []


async def test_columns_of_feeds_are_described_as_they_are(connection: asyncpg.Connection) -> None:
    """Each feed's key is called what chat.feed says; names with an underscore in front are left to its router."""
    columns = await connection.fetch(FEED_COLUMNS)
    assert columns
    assert [row for row in columns if row["attname"].startswith("_")] == []
    for row in await connection.fetch(FEED_KEYS):
        assert row["keys"] == [row["key_column"]], row["name"]


async def test_columns_that_filters_name_mean_the_same_everywhere(connection: asyncpg.Connection) -> None:
    """Their types are as described, and texts compare by our collation and not by the database's."""
    columns = await connection.fetch(FILTER_COLUMNS)
    assert len(columns) > 9
    for row in columns:
        assert row["stored"] == row["type_name"], row
        assert row["is_ours"] is (row["type_name"] == "text"), row


async def test_every_type_has_its_probe_values(connection: asyncpg.Connection) -> None:
    """A clause is tried on five edge cases: each type that a column may have, has that many values."""
    assert {row["type_name"]: row["array"] for row in await connection.fetch(PROBES)} == {
        type_name: [1, 2, 3, 4, 5]
        for type_name in ("bigint", "boolean", "integer", "jsonb", "numeric", "text", "text[]", "timestamptz")
    }


@pytest.mark.parametrize("path", FUNCTION_FILES, ids=lambda path: path.stem)
def test_form_of_a_file(path: Path) -> None:
    """A file says what its function is for, defines it and no other, and states its volatility and language."""
    text = path.read_text(encoding="utf-8")
    assert re.match(r"-- [A-Z].*[.:?]", text), "the file starts with what the function is for"
    assert re.findall(r"^create or replace function ([a-z_.]+)\(", text, re.MULTILINE) == [f"chat.{path.stem}"]
    head = text.split("as $$")[0]
    assert len(re.findall(r"^(immutable|stable|volatile)$", head, re.MULTILINE)) == 1
    assert len(re.findall(r"^language (sql|plpgsql)$", head, re.MULTILINE)) == 1
    assert not re.search(r"^drop function\b", text, re.MULTILINE)


def test_lines_of_sql_fit() -> None:
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


def _granted() -> set[str]:
    """The functions that db/grants.sql lets others than the owner call."""
    text = (db.apply.HERE / "grants.sql").read_text(encoding="utf-8")
    return {name for listed in re.findall(r"grant execute on function([^;]*)", text) for name in CALLED.findall(listed)}


def _shown() -> set[str]:
    """Whatever stands before a parenthesis in the texts for people in psql, and what the views call that they show."""
    root = db.apply.HERE.parent
    text = "\n".join((root / name).read_text(encoding="utf-8") for name in SHOWN_IN_PSQL)
    views = [path.read_text(encoding="utf-8") for path in db.apply.VIEWS.glob("*.sql") if path.stem in text]
    return {*re.findall(r"\b(\w+)\(", text), *(name for view in views for name in re.findall(r"chat\.(\w+)\(", view))}
