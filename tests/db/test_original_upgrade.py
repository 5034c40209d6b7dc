"""A database from before the original's views, and one in which the original's own tables are."""

import re
from decimal import Decimal

import pytest
import yoyo

import db.apply
from harness.original_tables import TABLES, make
from harness.servers import PostgresServer
from harness.statement import query

pytestmark = pytest.mark.parametrize("postgres_version", [18, 16])

BEFORE = "0019.mean-what-people-mean"


def test_a_database_with_rows_migrates(empty_database: str) -> None:
    """Its rows are in the views, ids go on, and going back keeps both."""
    migrations = yoyo.read_migrations(str(db.apply.MIGRATIONS))
    with yoyo.get_backend(empty_database) as backend:
        backend.apply_migrations_only(migrations.filter(lambda migration: migration.id <= BEFORE))
    row = "insert into {}.execution (symbol, market, price, quantity, execution_epoch, state_symbol, message) "
    five = "select 'a', 'b', n + 0.25, 1, 1, 'PA', 'm' from generate_series(1, 5) as n"
    query(empty_database, row.format("chat") + five)
    query(empty_database, "insert into chat.chat_event (msgtype, username) values (2, 'adam')")
    db.apply.migrate(empty_database)
    assert query(empty_database, "select sum(price) from execution") == [(Decimal("16.25"),)]
    assert query(empty_database, "select userstatus, username from chat_event") == [("", "adam")]
    query(empty_database, row.format("feed") + "values ('a', 'b', 1, 1, 1, 'PA', 'm')")
    query(empty_database, "insert into chat_event (msgtype) values (3)")
    query(empty_database, "insert into sport_event (sport, match_title, data_event) values (3, 'a', 'b')")
    assert [query(empty_database, f"select max({table}_id) from {table}") for table in TABLES] == [
        [(1,)],
        [(6,)],
        [(2,)],
    ]
    with yoyo.get_backend(empty_database) as backend:
        backend.rollback_migrations(backend.to_rollback(migrations.filter(lambda migration: migration.id > BEFORE)))
    # Not by a row: the functions of now route it, and need what later migrations made.
    next_id = "select nextval(pg_get_serial_sequence('chat.execution', 'execution_id'))"
    assert query(empty_database, next_id) == [(7,)]


def test_the_router_of_a_running_bridge_is_kept(database: str) -> None:
    """Its trigger, as the version before made it, gets its condition in the migration and is never away."""
    query(
        database,
        "drop trigger route on feed.execution; create trigger route after insert on feed.execution "
        "referencing new table as new_rows for each statement execute function room_filter.route_execution()",
    )
    with yoyo.get_backend(database) as backend:
        last = yoyo.read_migrations(str(db.apply.MIGRATIONS)).filter(lambda migration: migration.id > BEFORE)
        backend.rollback_migrations(backend.to_rollback(last))
        backend.apply_migrations_only(last)
    triggers = "select count(*), count(tgqual) from pg_trigger where tgname = 'route'"
    assert query(database, triggers) == [(2, 2)]


def test_tables_of_the_original_in_the_same_database_are_named(postgres: PostgresServer, empty_database: str) -> None:
    """Ours does not go over them; the error says how to move them away and how their rows come over."""
    make(empty_database)
    with pytest.raises(db.apply.MigrateError, match=r"public\.sport_event .* is there already") as refused:
        db.apply.migrate(empty_database)
    create, alter = re.findall(
        r"\((create schema original); (alter table .*? set schema original)\)", str(refused.value)
    )[0]
    query(empty_database, create)
    for table in TABLES:
        query(empty_database, alter.replace("public.sport_event", f"public.{table}"))
    db.apply.migrate(empty_database)
    for table in TABLES:
        query(empty_database, f"insert into public.{table} select * from original.{table}")
        rows = "select * from {}.{} order by 1"
        assert query(empty_database, rows.format("public", table)) == query(
            empty_database, rows.format("original", table)
        )
