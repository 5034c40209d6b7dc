"""The servers that a run of the tests starts, each once, when the first test asks for it."""

import itertools
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Protocol

import psutil
import psycopg2
from psycopg2 import sql

import db.apply
from db.grants import PARTS
from servers.nats import EmbeddedNats
from servers.postgres import EmbeddedPostgres

TEMPLATE = "template_chat"
MEMORY = Path("/dev/shm")
LEAST_MEMORY = 6 * 2**30
"""Bytes that are free where all files of a run are kept in memory; it takes about half of that."""
SEARCH_PATH = "public, chat"
CONNECT_SECONDS = 10
STATEMENT_LIMIT = "-c statement_timeout=60s"

CREATE_OTHERWISE = "create database {{database}} owner {{role}} template template0 {options}"
# Copied as files: a row of the log for each page costs more than the checkpoints that this takes.
CREATE_FROM_TEMPLATE = "create database {database} template {template} owner {role} strategy file_copy"
SET_SEARCH_PATH = f"alter database {{database}} set search_path = {SEARCH_PATH}"
# A sequence writes ahead to the log which numbers it will give. Its copy takes that for done, so a crash would have it
# give numbers twice. After setval it writes anew.
SETTLE_SEQUENCES = """
select setval(format('%I.%I', s.schemaname, s.sequencename)::regclass, s.last_value)
from pg_sequences as s
where s.last_value is not null
"""
ALLOW = "alter database {{database}} with allow_connections {}"
END_SESSIONS = "select pg_terminate_backend(a.pid) from pg_stat_activity as a where a.datname = {name}"
DROP_DATABASE = "drop database if exists {database} with (force)"


def free_port() -> int:
    """A TCP port of 127.0.0.1 that is nobody's now, and that no other test of this run is given.

    It is none of those that the system gives to outgoing connections, from 32768 up: one of a client's hundreds would
    sooner or later take the port of a server that a test has killed and wants back.
    """
    for port in itertools.islice(_PORTS, 20_000):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("there is no free port left")


def _own_ports() -> Iterator[int]:
    """Those that this process of the run may give away, in any order, and each again when all were given.

    A part may take seconds to listen. Were ports drawn by chance, two parts would get the same one about once in a run.
    """
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    count = 17_000 // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    ports = list(range(15_000 + number * count, 15_000 + (number + 1) * count))
    # Not the common one, which hypothesis seeds. Not one after the other: workers of a gateway take those that follow.
    Random().shuffle(ports)
    return itertools.cycle(ports)


_PORTS = _own_ports()


class NatsServer(Protocol):
    """A nats-server, or a cluster of them."""

    @property
    def url(self) -> str:
        """What NATS_URL says of it."""

    def is_ready(self) -> bool:
        """Whether it takes connections."""

    def start(self) -> None:
        """Start what does not run."""

    def kill(self) -> None:
        """SIGKILL."""


class PostgresServer:
    """A server and the databases of the tests on it. A migrated database is made once and copied for each test."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self.server = server
        self._numbers = itertools.count(1)
        self._has_template = False

    @property
    def version(self) -> int:
        """Major version."""
        return self.server.version

    @property
    def pg_dump(self) -> Path:
        """The server's own pg_dump."""
        return self.server.install / "bin" / "pg_dump"

    def create_empty(self) -> str:
        """The URL of a new database with nothing in it."""
        name = f"test_{next(self._numbers)}"
        self.server.create_database(name)
        return self.server.url(name)

    def create_otherwise(self, options: str) -> str:
        """The URL of a new database with nothing in it, made with options of `create database`: locale, encoding."""
        name = f"test_{next(self._numbers)}"
        self._execute(CREATE_OTHERWISE.format(options=options), name)
        return self.server.url(name)

    def create_migrated(self) -> str:
        """The URL of a new database with everything in it that `edgechat migrate` makes."""
        if not self._has_template:
            self.server.create_database(TEMPLATE)
            db.apply.migrate(self.server.url(TEMPLATE))
            self._execute(SETTLE_SEQUENCES, TEMPLATE, within=TEMPLATE)
            self._has_template = True
        name = f"test_{next(self._numbers)}"
        self._execute(CREATE_FROM_TEMPLATE, name)
        # The settings of a database are not copied with it.
        self._execute(SET_SEARCH_PATH, name)
        return self.server.url(name)

    def drop(self, url: str) -> None:
        """Drop a database, whoever is connected to it."""
        self._execute(DROP_DATABASE, url.rpartition("/")[2])

    @contextmanager
    def closed(self, url: str) -> Iterator[None]:
        """A database that nobody gets into for the time of the block: one of several servers that is away."""
        database = url.rpartition("/")[2]
        self._execute(ALLOW.format("false"), database)
        try:
            self._execute(END_SESSIONS, database)
            yield
        finally:
            self._execute(ALLOW.format("true"), database)

    def _execute(self, statement: str, database: str, within: str = "postgres") -> None:
        url = f"{self.server.superuser_url.rpartition('/')[0]}/{within}"
        connection = psycopg2.connect(url, connect_timeout=CONNECT_SECONDS, options=STATEMENT_LIMIT)
        connection.autocommit = True
        names = {"database": database, "template": TEMPLATE, "role": self.server.user}
        identifiers = {key: sql.Identifier(name) for key, name in names.items()}
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql.SQL(statement).format(name=sql.Literal(database), **identifiers))
        finally:
            connection.close()


@contextmanager
def running_postgres(version: int, settings: dict[str, str] | None = None) -> Iterator[PostgresServer]:
    """A server for the time of the block; nothing is left of it."""
    with temporary_directory() as directory:
        passwords = {part: f"the {part}'s" for part in PARTS}
        server = EmbeddedPostgres(
            *(directory / "data", free_port(), version), durable=False, settings=settings, part_passwords=passwords
        )
        try:
            server.start()
            yield PostgresServer(server)
        finally:
            server.stop()


@contextmanager
def started_when_asked() -> Iterator[Callable[[int], PostgresServer]]:
    """Servers by their major versions, each started when it is first asked for."""
    with ExitStack() as stack:
        servers: dict[int, PostgresServer] = {}

        def server(version: int) -> PostgresServer:
            if version not in servers:
                servers[version] = stack.enter_context(running_postgres(version))
            return servers[version]

        yield server


def revive(server: EmbeddedPostgres | NatsServer) -> None:
    """Have a server up, whatever was done to it: killed, frozen, or left half started by a test that failed."""
    if not server.is_ready():
        server.kill()
        server.start()


@contextmanager
def frozen(server: EmbeddedPostgres) -> Iterator[None]:
    """All of Postgres stopped for the time of the block: connections stay open, nothing is answered."""
    assert server.child is not None
    postmaster = psutil.Process(server.child.pid)
    family = [postmaster]
    try:
        # First the one that makes the others; any of these may be ending by itself just now.
        postmaster.suspend()
        family += postmaster.children(recursive=True)
        _signal(family, signal.SIGSTOP)
        yield
    finally:
        _signal(family, signal.SIGCONT)


def _signal(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)


@contextmanager
def running_nats() -> Iterator[EmbeddedNats]:
    """A nats-server with JetStream for the time of the block; nothing is left of it."""
    with temporary_directory() as directory:
        server = EmbeddedNats(directory / "data", free_port(), durable=False)
        try:
            server.start()
            yield server
        finally:
            server.stop()


@contextmanager
def temporary_directory() -> Iterator[Path]:
    """A directory of our own making: pytest's would be closed to the user that Postgres runs as."""
    directory = Path(tempfile.mkdtemp(prefix="edgechat-test-", dir=_in_memory()))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _in_memory() -> Path | None:
    """Where files cost least: to copy a database makes five hundred, for which a disk takes eight times as long.

    None where TMPDIR says otherwise, or memory is short, as in a container whose /dev/shm has 64 MB.
    """
    has_room = (
        "TMPDIR" not in os.environ
        and os.access(MEMORY, os.W_OK | os.X_OK)
        and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
        and min(shutil.disk_usage(MEMORY).free, psutil.virtual_memory().available) > LEAST_MEMORY
    )
    return MEMORY if has_room else None
