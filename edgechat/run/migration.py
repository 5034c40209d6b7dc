"""`edgechat migrate` as a child of `edgechat up`, and the lock that a killed one leaves in the database.

yoyo's lock is a committed row with the process id of its holder, so it outlives a SIGKILL and would stop the next one.
"""

import psutil
import psycopg2

from edgechat.home import Home
from edgechat.run.part import Part
from runtime import process
from runtime.errors import ServerStartError

LOCK_EXISTS = "select to_regclass('public.yoyo_lock') is not null"
LOCK_HOLDERS = "select pid from public.yoyo_lock"
BREAK_LOCK = "delete from public.yoyo_lock where pid = %s"


def run_migration(home: Home, wait: process.Wait) -> None:
    """Bring the database up to date in a process of its own, so that a signal to stop need not wait for it.

    Raises ServerStartError with the reason, or what `wait` raises.
    """
    migration = Part("migrate", ["migrate"], home)
    migration.launch()
    child = migration.child
    assert child is not None
    try:
        while child.poll() is None:
            wait(process.POLL_SECONDS)
    finally:
        reason = migration.reason()
        migration.stop(1.0)
    if child.returncode != 0:
        raise ServerStartError(f"the database could not be brought up to date:\n{reason}")


def break_stale_lock(database_url: str) -> None:
    """Remove the lock of a process that is dead. Only for a database that nobody migrates from another machine."""
    connection = psycopg2.connect(database_url, connect_timeout=10)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(LOCK_EXISTS)
            if not cursor.fetchone()[0]:
                return
            cursor.execute(LOCK_HOLDERS)
            for (pid,) in cursor.fetchall():
                if not psutil.pid_exists(pid):
                    cursor.execute(BREAK_LOCK, (pid,))
    finally:
        connection.close()
