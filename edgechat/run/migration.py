"""`edgechat migrate` as a child of `edgechat up`, and `edgechat server add` where there are several servers."""

from collections.abc import Mapping, Sequence

from edgechat.home import Home, numbered
from edgechat.run.part import Part
from runtime import process
from runtime.errors import ServerStartError
from runtime.server_map import without_account

MIGRATE = "migrate"
DEAL = "server-add"


def run_migration(home: Home, wait: process.Wait) -> None:
    """Bring the database up to date in a process of its own, so that a signal to stop need not wait for it.

    Raises ServerStartError with the reason, or what `wait` raises.
    """
    _run_to_end([Part(MIGRATE, ["migrate"], home)], wait, "the database could not be brought up to date")


def run_migrations(home: Home, wait: process.Wait, urls: Sequence[str]) -> None:
    """The same for several databases, side by side. Not by their map, which may have the ports of the last start."""
    parts = [
        Part(numbered(MIGRATE, number), ["migrate"], home, settings={"DATABASE_URL": url, "SERVER_MAP": ""})
        for number, url in enumerate(urls, 1)
    ]
    _run_to_end(parts, wait, "a database could not be brought up to date")


def add_servers(home: Home, wait: process.Wait, urls: Mapping[str, str], server_map: str) -> None:
    """Deal rooms over the servers of these names; nothing is done for those that have slots. Raises as above."""
    account = next(iter(urls.values()))
    for name, url in urls.items():
        command = ["server", "add", "--if-new", name, without_account(url)]
        part = Part(DEAL, command, home, settings={"DATABASE_URL": account, "SERVER_MAP": server_map})
        _run_to_end([part], wait, f"rooms could not be dealt over the server {name}")


def _run_to_end(parts: Sequence[Part], wait: process.Wait, failure: str) -> None:
    try:
        for part in parts:
            part.launch()
        children = [part.child for part in parts if part.child is not None]
        while any(child.poll() is None for child in children):
            wait(process.POLL_SECONDS)
    finally:
        reasons = [part.reason() for part in parts]
        for part in parts:
            part.stop(1.0)
    for child, reason in zip(children, reasons, strict=True):
        if child.returncode != 0:
            raise ServerStartError(f"{failure}:\n{reason}")
