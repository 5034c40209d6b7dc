"""`edgechat migrate` as a child of `edgechat up`."""

from edgechat.home import Home
from edgechat.run.part import Part
from runtime import process
from runtime.errors import ServerStartError


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
