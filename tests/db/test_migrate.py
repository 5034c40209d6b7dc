"""However a database comes to its schema, it is the same; doing it again changes nothing."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import pytest
from yoyo import read_migrations

import db.apply
from db.backend import LOCK_TIMEOUT, open_backend
from db.schema import SCHEMA, describe, dump
from harness.servers import PostgresServer

OIDS = """
select coalesce(array_agg(p.oid::bigint order by p.oid), '{}')
from pg_proc as p
where p.pronamespace in ('chat'::regnamespace, 'room_filter'::regnamespace)
"""
# Every function that takes something and that nothing depends on becomes one of the same types with other names and
# another result.
MAKE_FORMER_FUNCTIONS = """
do $$
declare
  v_function record;
begin
  for v_function in
    select
      p.oid::regprocedure as signature,
      p.proname as name,
      case when p.prorettype = 'void'::regtype then 'xid8' else 'void' end as result,
      (select string_agg(format('p_former_%s %s', a.number, format_type(a.type, null)), ', ' order by a.number)
       from unnest(p.proargtypes) with ordinality as a (type, number)) as arguments
    from pg_proc as p
    where p.pronamespace = 'chat'::regnamespace
      and p.pronargs > 0
      and not exists (select from pg_depend as d where d.refobjid = p.oid and d.deptype = 'n')
  loop
    execute format('drop function %s', v_function.signature);
    execute format(
      'create function chat.%I(%s) returns %s language plpgsql as $f$begin end$f$',
      v_function.name, v_function.arguments, v_function.result
    );
  end loop;
end
$$
"""
COUNT_FORMER_FUNCTIONS = "select count(*) from pg_proc where 'p_former_1' = any (proargnames)"
FORMER_VIEWS = """
drop view chat.filter_cost, chat.filter_history, chat.room_filters, chat.all_filter_cost, chat.all_room_filters;
drop view public.sport_event, public.execution, public.chat_event;
create view public.sport_event as select 1 as former;
create view public.execution as select 1 as former;
create view public.chat_event as select 1 as former;
create view chat.filter_cost as select 1 as former;
create view chat.filter_history as select 1 as former;
create view chat.room_filters as select 1 as former
"""
LOCK = "insert into public.yoyo_lock (locked, ctime, pid) values (1, now(), 1)"
LOCKS = "select count(*) from public.yoyo_lock"
DATABASE_SETTINGS = """
select count(*)
from pg_db_role_setting as s
where s.setdatabase = (select d.oid from pg_database as d where d.datname = current_database())
"""


def query(url: str, statement: str) -> object:
    """The one value that a statement returns; None if it returns none."""
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None
    finally:
        connection.close()


def yoyo(command: str, url: str, *options: str) -> None:
    """yoyo's own command line, from elsewhere than the project's directory."""
    subprocess.run(
        [sys.executable, "-m", "yoyo", command, "--batch", *options, "--database", url, str(db.apply.MIGRATIONS)],
        cwd="/",
        env={**os.environ, "USER": "tests"},
        check=True,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the function files, for a test to change."""
    shutil.copytree(db.apply.FUNCTIONS, tmp_path / "functions")
    shutil.copytree(db.apply.VIEWS, tmp_path / "views")
    monkeypatch.setattr(db.apply, "FUNCTIONS", tmp_path / "functions")
    monkeypatch.setattr(db.apply, "VIEWS", tmp_path / "views")
    return tmp_path / "functions"


def find(files: Path, name: str) -> Path:
    """The file of a function, whatever its chapter."""
    (path,) = files.rglob(f"{name}.sql")
    return path


@pytest.mark.parametrize("postgres_version", [18, 16])
def test_yoyo_alone_makes_the_same_as_migrate(postgres: PostgresServer, empty_database: str, database: str) -> None:
    """`yoyo apply` given only the URL of an empty database makes the same as migrate; a second run changes nothing."""
    yoyo("apply", empty_database)
    applied = dump(postgres.pg_dump, empty_database)
    assert applied == dump(postgres.pg_dump, database)
    oids = query(empty_database, OIDS)
    assert query(empty_database, "select count(*) from chat.feed") == 2
    yoyo("apply", empty_database)
    assert dump(postgres.pg_dump, empty_database) == applied
    assert query(empty_database, OIDS) == oids


@pytest.mark.parametrize("postgres_version", [18, 16])
def test_rolling_back_leaves_nothing(postgres: PostgresServer, empty_database: str) -> None:
    """Rolling everything back leaves nothing of ours; applying again makes the same schema."""
    yoyo("apply", empty_database)
    applied = dump(postgres.pg_dump, empty_database)
    yoyo("rollback", empty_database, "--all")
    assert query(empty_database, "select count(*) from pg_namespace where nspname in ('chat', 'room_filter')") == 0
    assert query(empty_database, DATABASE_SETTINGS) == 0
    yoyo("apply", empty_database)
    assert dump(postgres.pg_dump, empty_database) == applied


def test_each_migration_can_be_undone_and_done_again(postgres: PostgresServer, empty_database: str) -> None:
    """Each migration can be undone, from the last to the first, and done again."""
    backend = open_backend(empty_database)
    migrations = read_migrations(str(db.apply.MIGRATIONS))
    with backend, backend.lock(LOCK_TIMEOUT):
        backend.apply_migrations(migrations)
        applied = dump(postgres.pg_dump, empty_database)
        last_first = list(backend.to_rollback(migrations))
        assert len(last_first) == len([*db.apply.MIGRATIONS.glob("*.rollback.sql")])
        for migration in last_first:
            backend.rollback_migrations(migrations.replace([migration]))
            assert backend.to_apply(migrations)[0].id == migration.id
        backend.apply_migrations(backend.to_apply(migrations))
    assert dump(postgres.pg_dump, empty_database) == applied


def test_migrating_twice_changes_nothing(postgres: PostgresServer, database: str) -> None:
    """migrate on an up-to-date database changes nothing, rows included."""
    before = dump(postgres.pg_dump, database)
    oids = query(database, OIDS)
    db.apply.migrate(database)
    assert dump(postgres.pg_dump, database) == before
    assert query(database, OIDS) == oids
    assert query(database, "select count(*) from chat.setting") == 1


def test_two_that_migrate_at_once_wait_for_each_other(
    postgres: PostgresServer, empty_database: str, database: str
) -> None:
    """Two processes that bring an empty database up to date at once wait for each other."""
    with ThreadPoolExecutor() as pool:
        list(pool.map(db.apply.migrate, [empty_database] * 2))
    assert dump(postgres.pg_dump, empty_database) == dump(postgres.pg_dump, database)


def test_the_lock_of_a_process_that_is_dead_is_broken(database: str) -> None:
    """Whatever process has its number now, or on another machine: nobody who could hold it is connected."""
    query(database, LOCK)
    db.apply.migrate(database)
    assert query(database, LOCKS) == 0


@pytest.mark.parametrize("is_superuser", [False, True])
def test_a_lock_that_may_be_somebodys_is_kept(
    postgres: PostgresServer, database: str, monkeypatch: pytest.MonkeyPatch, is_superuser: bool
) -> None:
    """yoyo's own command line has no name in Postgres: while somebody without one is connected, it may be that.

    Of a superuser's session its owner is told little.
    """
    monkeypatch.setattr(db.apply, "LOCK_TIMEOUT", 1.0)
    query(database, LOCK)
    superuser_url = f"{postgres.server.superuser_url.rpartition('/')[0]}/{database.rpartition('/')[2]}"
    nameless = psycopg2.connect(superuser_url if is_superuser else database)
    try:
        with pytest.raises(db.apply.MigrateError, match=r"still under way.*delete from public\.yoyo_lock"):
            db.apply.migrate(database)
    finally:
        nameless.close()
    assert query(database, LOCKS) == 1


@pytest.mark.parametrize("name", ["a b", "a+b", "a%2Bb", "zürich", 'it\'s "the" one/two?'])
def test_a_database_may_have_any_name(postgres: PostgresServer, name: str) -> None:
    """What a URL wants quoted is quoted in it."""
    postgres.server.create_database(name)
    db.apply.migrate(postgres.server.url(name))
    assert query(postgres.server.url(name), "select current_database()::text") == name


def test_an_edited_function_is_put_in_force(files: Path, database: str) -> None:
    """migrate puts an edited function in force though no migration is pending."""
    path = find(files, "room_channel")
    path.write_text(path.read_text().replace("chat_room_", "elsewhere_"))
    db.apply.migrate(database)
    assert query(database, "select chat.room_channel(3)") == "elsewhere_3"


def test_a_function_without_its_file_is_dropped(files: Path, database: str) -> None:
    """A function whose file is gone is dropped."""
    query(database, "create function chat.stray(integer) returns integer language sql as 'select 1'")
    db.apply.migrate(database)
    assert query(database, "select count(*) from pg_proc where proname = 'stray'") == 0


def test_a_function_with_other_parameters_leaves_no_overload(files: Path, database: str) -> None:
    """A function that got another parameter replaces the one without: no overload stays behind."""
    path = find(files, "room_channel")
    path.write_text(path.read_text().replace("(p_room_id integer)", "(p_room_id integer, p_more text default '')"))
    db.apply.migrate(database)
    assert query(database, "select count(*) from pg_proc where proname = 'room_channel'") == 1
    assert query(database, "select chat.room_channel(3)") == "chat_room_3"


@pytest.mark.parametrize("postgres_version", [18, 16])
def test_functions_and_views_that_were_something_else_are_replaced(postgres: PostgresServer, database: str) -> None:
    """Parameters by other names, other results and other columns are replaced, which Postgres alone refuses to do."""
    current = dump(postgres.pg_dump, database)
    query(database, FORMER_VIEWS)
    query(database, MAKE_FORMER_FUNCTIONS)
    former = query(database, COUNT_FORMER_FUNCTIONS)
    assert isinstance(former, int)
    assert former > len([*db.apply.FUNCTIONS.rglob("*.sql")]) / 2
    db.apply.migrate(database)
    assert dump(postgres.pg_dump, database) == current


def test_a_former_function_that_somebody_uses_stays_and_is_named(postgres: PostgresServer, database: str) -> None:
    """What somebody else's view needs is not dropped behind their back; the error names the view and the file."""
    query(database, "drop function chat.room_channel(integer)")
    query(database, "create function chat.room_channel(integer) returns integer language sql as 'select 1'")
    query(database, "create view public.theirs as select chat.room_channel(1)")
    before = dump(postgres.pg_dump, database)
    with pytest.raises(db.apply.MigrateError, match=r"room_channel\.sql: (?s:.*)view theirs depends on"):
        db.apply.migrate(database)
    assert dump(postgres.pg_dump, database) == before


def test_a_broken_function_changes_nothing_and_is_named(files: Path, postgres: PostgresServer, database: str) -> None:
    """A file that Postgres does not take changes nothing, and the error names it."""
    before = dump(postgres.pg_dump, database)
    find(files, "has_bit").write_text("create or replace function chat.has_bit(")
    other = find(files, "room_channel")
    other.write_text(other.read_text().replace("chat_room_", "x_"))
    with pytest.raises(db.apply.MigrateError, match=r"functions/log/has_bit\.sql"):
        db.apply.migrate(database)
    assert dump(postgres.pg_dump, database) == before


def test_a_database_that_cannot_be_reached_is_told() -> None:
    """A database that cannot be reached is an error of ours, in one line for a person."""
    with pytest.raises(db.apply.MigrateError, match="cannot connect"):
        db.apply.migrate("postgresql://nobody@127.0.0.1:1/nowhere")


def test_tables_are_found_without_their_schema(empty_database: str) -> None:
    """After migrating, the tables are found without their schema's name."""
    db.apply.migrate(empty_database)
    assert query(empty_database, "select count(*) from sport_event") == 0
    assert query(empty_database, "select count(*) from room_filters") == 0


def test_the_committed_schema_is_that_of_the_migrations(postgres: PostgresServer, database: str) -> None:
    """db/schema.sql is the schema that the migrations make: a change of theirs is seen in a review."""
    assert SCHEMA.read_text(encoding="utf-8") == describe(postgres.pg_dump, database), "run `make schema`"
