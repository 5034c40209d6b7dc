"""Brings a database up to date: migrations first, then every function and view anew.

Functions and views have no migrations: their files are the truth, and each is `create or replace`. Where Postgres
refuses to replace, as with other parameter names, another result or other columns, the former one is dropped first. A
function of schema `chat` whose file is gone is dropped, and so is what a function was under its former parameters.
Everything runs under yoyo's lock, so two processes may call `migrate` at once. `yoyo apply` alone ends in the same
database: db/migrations/post-apply.py calls `apply_functions`.
"""

import logging
from pathlib import Path
from typing import Any

import psycopg2
import yoyo

from db.backend import LOCK_TIMEOUT, open_backend, take_turn
from db.grants import grant_rights
from db.server import find_refusal, find_warnings
from runtime.logs import event
from runtime.primary import NoPrimaryError, primary_url
from runtime.session import SESSION_SETTINGS

HERE = Path(__file__).parent
MIGRATIONS = HERE / "migrations"
FUNCTIONS = HERE / "functions"
VIEWS = HERE / "views"
YOYO_ERRORS = (yoyo.exceptions.BadMigration, yoyo.exceptions.MigrationConflict)
BUSY = f"another migration of this database is still under way after {LOCK_TIMEOUT:.0f} s"

REMEMBER_FUNCTIONS = """
select set_config('chat.known', coalesce(string_agg(p.oid || ':' || p.xmin, ','), ''), true)
from pg_proc as p
where p.pronamespace = 'chat'::regnamespace
"""
# A file is named after its function or view.
DROP_FORMER_FUNCTIONS = """
select format('drop function %%s', p.oid::regprocedure)
from pg_proc as p
where p.pronamespace = 'chat'::regnamespace and p.proname = %s
"""
# With what shows the same of all servers.
DROP_FORMER_VIEW = """
select format(f.command, f.prefix || v.name)
from (values (%s)) as v(name)
cross join (
  values (1, 'drop view if exists chat.%%I', 'all_'), (2, 'drop view chat.%%I', '')
) as f(place, command, prefix)
order by f.place
"""
DROP_FORMER_ORIGINAL = "select format('drop view public.%%I', %s)"
IRREPLACEABLE = (psycopg2.errors.InvalidFunctionDefinition, psycopg2.errors.InvalidTableDefinition)
"""What `create or replace` is refused with if the former one was something else."""
# Every file writes its function's row anew, so a row that is as it was has no file any more, or is the function under
# its former parameters.
DROP_STRAY_FUNCTIONS = """
do $$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid
    from pg_proc as p
    where p.pronamespace = 'chat'::regnamespace
      and p.oid || ':' || p.xmin = any (string_to_array(current_setting('chat.known'), ','))
  loop
    execute format('drop function %s', v_function);
  end loop;
end
$$
"""
# The functions may decide otherwise from now on.
FORGET_VERDICTS = "delete from chat.filter_verdict"
RENEW_FILTERS = "select feed, clause, canonical, reason, room_ids from chat.renew_filters()"
BUILD_FEEDS = "select chat.build_feed(f.feed_id) from chat.feed as f where f.state <> 'removed'"
BUILD_ALL_VIEWS = "select chat.build_all_views()"
LOCK_LOG = "select chat.lock_log()"
ROUTE_FILTERS = "select chat.route_missing_filters()"
REFRESH_ROUTERS = "select chat.refresh_router(f.feed_id) from chat.feed as f where f.state <> 'removed'"

SHOWN_ROOMS = 5
"""Of those with the same filter, in a line of the log."""

logger = logging.getLogger("migrate")


class MigrateError(Exception):
    """The database could not be brought up to date; the message says which step failed and why."""


def migrate(database_url: str) -> None:
    """Apply pending migrations, then all functions and views. Raises MigrateError; running it again changes nothing."""
    try:
        backend = open_backend(primary_url(database_url))
    except (psycopg2.Error, NoPrimaryError) as error:
        raise MigrateError(f"cannot connect to the database: {str(error).strip()}") from error
    migrations = yoyo.read_migrations(str(MIGRATIONS))
    with backend:
        try:
            take_turn(backend)
        except psycopg2.errors.LockNotAvailable as error:
            raise MigrateError(BUSY) from error
        try:
            with backend.lock(LOCK_TIMEOUT):
                _check_server(backend.connection)
                pending = backend.to_apply(migrations)
                for migration in pending:
                    logger.info("applying %s", migration.id, extra=event("migrating", migration=migration.id))
                backend.apply_migrations_only(pending)
                apply_functions(backend.connection)
        except yoyo.exceptions.LockTimeout as error:
            raise MigrateError(f"{BUSY}; if none is: delete from public.yoyo_lock ({error})") from error
        except (psycopg2.Error, *YOYO_ERRORS) as error:
            raise MigrateError(f"the database could not be brought up to date: {str(error).strip()}") from error
    named = event("migrated", count=len(pending))
    logger.info("the database is up to date (%d migrations applied now)", len(pending), extra=named)


def apply_functions(connection: Any) -> None:
    """Create or replace every function and view over a psycopg2 connection, all or none. Raises MigrateError."""
    with connection.cursor() as cursor:
        in_transaction = connection.info.transaction_status != psycopg2.extensions.TRANSACTION_STATUS_IDLE
        cursor.execute("savepoint functions" if in_transaction else "begin")
        try:
            _check_server(connection)
            for warning in find_warnings(connection):
                logger.warning(warning, extra=event("database_setting"))
            for name, value in SESSION_SETTINGS.items():
                cursor.execute(f"set local {name} = {value}")
            # Bodies name functions of files that come later.
            cursor.execute("set local check_function_bodies = off")
            cursor.execute(REMEMBER_FUNCTIONS)
            for path in sorted(FUNCTIONS.rglob("*.sql")):
                _apply_file(cursor, path, DROP_FORMER_FUNCTIONS)
            # Before a feed's table is locked, as everything that writes has it: else a batch might wait for us, and we
            # for it.
            cursor.execute(LOCK_LOG)
            # Their triggers are the public views', too.
            cursor.execute(BUILD_FEEDS)
            for path in sorted(VIEWS.glob("*.sql")):
                _apply_file(cursor, path, DROP_FORMER_VIEW)
            cursor.execute(BUILD_ALL_VIEWS)
            # In the schema where the original's users look for them.
            for path in sorted((VIEWS / "public").glob("*.sql")):
                _apply_file(cursor, path, DROP_FORMER_ORIGINAL)
            cursor.execute(DROP_STRAY_FUNCTIONS)
            # Before a clause is tried again, by the role that has no rights.
            if (advice := grant_rights(connection)) is not None:
                logger.warning(advice, extra=event("roles_missing"))
            cursor.execute(FORGET_VERDICTS)
            cursor.execute(RENEW_FILTERS)
            for renewed in cursor.fetchall():
                logger.info(explain_renewed(*renewed), extra=event("filter_renewed"))
            cursor.execute(ROUTE_FILTERS)
            cursor.execute(REFRESH_ROUTERS)
        except BaseException:
            cursor.execute("rollback to functions" if in_transaction else "rollback")
            raise
        if not in_transaction:
            cursor.execute("commit")


def explain_renewed(feed: str, clause: str, canonical: str | None, reason: str | None, room_ids: list[int]) -> str:
    """What became of a filter that was in force before this version."""
    rooms = f"room{'s' if len(room_ids) > 1 else ''} {', '.join(map(str, room_ids[:SHOWN_ROOMS]))}"
    if len(room_ids) > SHOWN_ROOMS:
        rooms += f" and {len(room_ids) - SHOWN_ROOMS} more"
    what = f"is now {canonical}" if canonical is not None else f"was set aside: {reason}"
    return f"{rooms}: the {feed} filter {clause} {what}"


def _check_server(connection: Any) -> None:
    refusal = find_refusal(connection)
    if refusal is not None:
        raise MigrateError(refusal)


def _apply_file(cursor: Any, path: Path, drop_former: str) -> None:
    definition = path.read_text(encoding="utf-8")
    try:
        cursor.execute("savepoint file")
        try:
            cursor.execute(definition)
        except IRREPLACEABLE:
            cursor.execute("rollback to file")
            cursor.execute(drop_former, (path.stem,))
            for (drop,) in cursor.fetchall():
                cursor.execute(drop)
            cursor.execute(definition)
        cursor.execute("release file")
    except psycopg2.Error as error:
        # FUNCTIONS and VIEWS stand side by side.
        raise MigrateError(f"{path.relative_to(FUNCTIONS.parent)}: {str(error).strip()}") from error
