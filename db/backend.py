"""yoyo's way into the database: by any URL that Postgres takes, one at a time, past the lock of a dead process."""

from psycopg2.extensions import parse_dsn
from yoyo.backends import DatabaseBackend
from yoyo.connections import DatabaseURI, get_backend_class
from yoyo.migrations import default_migration_table

APPLICATION_NAME = "edgechat migrate"
# The files are UTF-8, whatever the database has for its clients.
SETTINGS = {"application_name": APPLICATION_NAME, "client_encoding": "utf8"}
LOCK_TIMEOUT = 60.0
"""Seconds to wait for somebody else's migration to end."""

TURN = int.from_bytes(b"edgechat")
"""Key of the advisory lock of whoever migrates."""

TAKE_TURN = f"""
set lock_timeout = '{LOCK_TIMEOUT:.0f}s';
select pg_advisory_lock({TURN});
reset lock_timeout
"""
# Of those that migrate with this module only the one with the turn comes here, and yoyo's own command line has no
# application name: without such a session nobody is left whose lock it could be. What kind another role's session is,
# Postgres tells only to some.
BREAK_DEAD_LOCK = """
delete from public.yoyo_lock
where not exists (
  select from pg_stat_activity as a
  where a.datname = current_database() and a.pid <> pg_backend_pid()
    and coalesce(a.backend_type, 'client backend') = 'client backend' and coalesce(a.application_name, '') = ''
)
"""


def open_backend(database_url: str) -> DatabaseBackend:
    """yoyo's backend for a database. Raises psycopg2.Error.

    yoyo takes URLs apart itself: it leaves a database's name quoted and knows no second host. Postgres's own way
    (PostgreSQL's documentation, section 34.1.1) is used instead.
    """
    parts = parse_dsn(database_url)
    place = [parts.pop(key, None) for key in ("user", "password", "host", "port", "dbname")]
    uri = DatabaseURI("postgresql", *place, parts | SETTINGS)
    backend = get_backend_class("postgresql")(uri, default_migration_table)
    backend.init_database()
    return backend


def take_turn(backend: DatabaseBackend) -> None:
    """Wait for others that migrate, then remove the lock that a dead process may have left.

    yoyo's lock is a committed row with the process id of its holder: it outlives a SIGKILL, and on another machine the
    id says nothing. Raises psycopg2.errors.LockNotAvailable after LOCK_TIMEOUT.
    """
    with backend.connection.cursor() as cursor:
        cursor.execute(TAKE_TURN)
        cursor.execute(BREAK_DEAD_LOCK)
