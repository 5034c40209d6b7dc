"""PostgreSQL and nats-server for the time of a benchmark, in a directory of their own, durable as in production."""

import itertools
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from psycopg2 import sql

import db.apply
from bench import queries
from servers.nats import EmbeddedNats
from servers.postgres import EmbeddedPostgres

TEMPLATE = "template_chat"
SETTINGS = {"track_wal_io_timing": "on"}


class Servers:
    """Both servers; each row of the table gets a database of its own.

    Rows that deal rooms over several servers of Postgres have `others` started for them, which run until the end.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.postgres = self._make("postgres")
        self.others: list[EmbeddedPostgres] = []
        self.nats = EmbeddedNats(directory / "nats", free_port())
        self._numbers = itertools.count(1)

    def start(self) -> None:
        """Start both and make the database that the others are copied from; raises StackError or MigrateError."""
        self.nats.start()
        self._start(self.postgres)

    def stop(self) -> None:
        """Stop all."""
        self.nats.stop()
        for postgres in (self.postgres, *self.others):
            postgres.stop()

    def create_database(self) -> str:
        """The URL of a new migrated database."""
        return self.create_databases(1)[0]

    def create_databases(self, count: int) -> list[str]:
        """The URLs of new migrated databases of one name, each on a server of its own; raises what start() does."""
        while len(self.others) < count - 1:
            self.others.append(self._make(f"postgres-{len(self.others) + 2}"))
            self._start(self.others[-1])
        name = f"bench_{next(self._numbers)}"
        chosen = [self.postgres, *self.others][:count]
        for postgres in chosen:
            # A database's settings are not copied with it.
            for statement in (queries.CREATE_FROM_TEMPLATE, queries.SET_SEARCH_PATH):
                self._execute(statement, name, postgres)
        return [postgres.url(name) for postgres in chosen]

    def track_functions(self, url: str) -> None:
        """Have Postgres count the time that a database's functions take."""
        self._execute(queries.TRACK_FUNCTIONS, url.rpartition("/")[2])

    def drop_database(self, url: str) -> None:
        """Drop a database that is not needed any more."""
        self._execute(queries.DROP_DATABASE, url.rpartition("/")[2])

    def _make(self, name: str) -> EmbeddedPostgres:
        return EmbeddedPostgres(self.directory / name, free_port(), settings=SETTINGS, say=lambda text: None)

    def _start(self, postgres: EmbeddedPostgres) -> None:
        postgres.start()
        postgres.create_database(TEMPLATE)
        db.apply.migrate(postgres.url(TEMPLATE))

    def _execute(self, statement: str, database: str, postgres: EmbeddedPostgres | None = None) -> None:
        postgres = postgres or self.postgres
        names = {"database": database, "template": TEMPLATE, "role": postgres.user}
        connection = psycopg2.connect(postgres.superuser_url)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql.SQL(statement).format(**{key: sql.Identifier(name) for key, name in names.items()}))
        finally:
            connection.close()


@contextmanager
def running_servers() -> Iterator[Servers]:
    """Servers for the time of the block; nothing of them is left."""
    # Unlike a home directory, this can be entered by the user that Postgres runs as.
    directory = Path(tempfile.mkdtemp(prefix="edgechat-bench-"))
    servers = Servers(directory)
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()
        shutil.rmtree(directory, ignore_errors=True)


def free_port() -> int:
    """A TCP port of 127.0.0.1 on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
