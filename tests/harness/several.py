"""Several servers for a test: databases of one Postgres, each with a URL of its own, and a map of them in NATS."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2

from harness.parts import KEPT, ROOT, Stack
from harness.servers import PostgresServer, temporary_directory
from runtime.server_map import without_account

BUCKET = "test-servers"
COMMAND_SECONDS = 120.0


@dataclass
class Servers:
    """Databases by the names that they are to have, the first one with the login; and commands about them."""

    urls: dict[str, str]
    nats_url: str
    home: Path

    @property
    def environ(self) -> dict[str, str]:
        """What a command or a part gets."""
        return {
            **{key: os.environ[key] for key in KEPT if key in os.environ},
            "PYTHONPATH": str(ROOT),
            "EDGECHAT_HOME": str(self.home),
            "DATABASE_URL": next(iter(self.urls.values())),
            "NATS_URL": self.nats_url,
            "SERVER_MAP": BUCKET,
        }

    def address(self, name: str) -> str:
        """A server's URL as the map has it."""
        return without_account(self.urls[name])

    def run(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """A command of edgechat, to its end."""
        command = [sys.executable, "-m", "edgechat", *arguments]
        environ = self.environ | settings
        return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=COMMAND_SECONDS)

    def do(self, *arguments: str, **settings: str) -> str:
        """What a command prints that must succeed."""
        done = self.run(*arguments, **settings)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def add(self, *names: str) -> str:
        """Add servers, which must succeed; what that prints."""
        return "".join(self.do("server", "add", name, self.address(name)) for name in names)

    def listed(self) -> dict[str, Any]:
        """What `server list` tells, whether all is well or not."""
        told = self.run("server", "list", "--json")
        found: dict[str, Any] = json.loads(told.stdout)
        is_well = not found["faults"] and all(server["is_up"] for server in found["servers"])
        assert told.returncode == (0 if is_well else 1), told.stdout + told.stderr
        return found

    def status(self) -> dict[str, Any]:
        """What `status` tells, whether all is well or not."""
        found: dict[str, Any] = json.loads(self.run("status", "--json").stdout)
        return found

    def execute(self, name: str, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """The rows of a statement at one of them, committed."""
        connection = psycopg2.connect(self.urls[name])
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement, values)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            connection.close()

    def held(self, name: str) -> set[int]:
        """The slots that one of them holds."""
        return {slot for (slot,) in self.execute(name, "select slot from chat.slot")}


@contextmanager
def parts_on(servers: Servers) -> Iterator[Stack]:
    """Starts parts on all of them; these are stopped afterwards."""
    first, *others = servers.urls.values()
    with temporary_directory() as directory:
        stack = Stack(
            first, servers.nats_url, Path(directory), others, {"SERVER_MAP": BUCKET, "NATS_URL": servers.nats_url}
        )
        try:
            yield stack
        finally:
            stack.stop()


@contextmanager
def several(postgres: PostgresServer, nats_url: str, count: int = 3) -> Iterator[Servers]:
    """Databases db1, db2, … that are up to date, none in a map yet; dropped afterwards."""
    urls = {f"db{number}": postgres.create_migrated() for number in range(1, count + 1)}
    try:
        with temporary_directory() as home:
            yield Servers(urls, nats_url, home)
    finally:
        for url in urls.values():
            postgres.drop(url)
