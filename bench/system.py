"""The system under load: a database, a bridge, gateways, a crowd and a publisher, each a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg2

from bench import crowd, publisher, queries
from bench.errors import BenchError
from bench.form import Form
from bench.json_payload import COLUMNS, JSON_FORM
from bench.payload import EVENT_FORM
from bench.servers import Servers, free_port
from bench.usage import Usage
from bench.worker import Worker
from runtime import process
from runtime.port import answers
from runtime.server_map import without_account

ROOT = Path(__file__).parents[1]
START_SECONDS = 60.0
STOP_SECONDS = 15.0
POLL_SECONDS = 0.02
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")
"""The variables of this process's environment that parts get: none that could be a setting."""


class System:
    """To be used in `with`; `rooms` rooms for `size` users each. Raises BenchError if something does not start.

    `dealt`: the rooms are dealt over so many servers of Postgres, each with a bridge of its own.

    What is published is the sport feed or, if there are any, `added` feeds of JSON, whose messages take turns.

    `profile`: the bridge and the gateways run under cProfile and leave `<part>.prof` in this directory. `track`:
    Postgres counts its functions' time.
    """

    def __init__(
        self,
        servers: Servers,
        rooms: int,
        size: int,
        *,
        gateways: int = 1,
        feed: bool = True,
        added: int = 0,
        profile: Path | None = None,
        track: bool = False,
        dealt: int = 1,
    ) -> None:
        self.servers = servers
        self._urls = servers.create_databases(dealt)
        self.database_url = self._urls[0]
        if track:
            servers.track_functions(self.database_url)
        self.ports = [free_port() for _ in range(gateways)]
        self._rooms = rooms
        self._size = size
        self._has_feed = feed
        # Those whose messages are published.
        self.feeds = [f"bench_{number}" for number in range(added)] or ["sport_event"]
        self._are_added = added > 0
        self._profile = profile
        # For a stream and subjects of its own: the streams of earlier rows stay, and no two may have the same subject.
        self._name = self.database_url.rpartition("/")[2]
        # What is to be stopped.
        self._exits = ExitStack()
        # Of our own parts, by name.
        self._pids: dict[str, int] = {}

    def __enter__(self) -> Self:
        with ExitStack() as exits:
            self._exits = exits
            self._connections = [self._connect(url) for url in self._urls]
            self.connection = self._connections[0]
            if len(self._urls) > 1:
                self._deal()
            publication = self._add_feeds() if self._are_added else (EVENT_FORM, [f"event.{self._name}"])
            for port in self.ports:
                self._start_part("gateway", {"CONTAINER_PORT": str(port)}, partial(answers, "127.0.0.1", port))
            if self._has_feed:
                for number, url in enumerate(self._urls):
                    self._start_part("bridge", {"DATABASE_URL": url}, partial(self._has_position, number))
                self.publisher = self.start_worker(
                    Worker("publisher", publisher.serve, self.servers.nats.port, *publication)
                )
            self.crowd = self.start_worker(Worker("crowd", crowd.serve))
            self._exits = exits.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exits.close()

    def fetch(self, query: str) -> list[tuple[Any, ...]]:
        """A query's rows, of all servers."""
        rows: list[tuple[Any, ...]] = []
        for connection in self._connections:
            with connection.cursor() as cursor:
                cursor.execute(query)
                rows += cursor.fetchall()
        return rows

    def execute(self, *statements: tuple[Any, ...]) -> None:
        """Run statements with their arguments, all in one transaction."""
        self.connection.autocommit = False
        try:
            with self.connection, self.connection.cursor() as cursor:
                for query, *arguments in statements:
                    cursor.execute(query, arguments or None)
        finally:
            self.connection.autocommit = True

    def usage(self) -> Usage:
        """The processor time that each process has used so far."""
        pids = dict(self._pids)
        pids["nats-server"] = self.servers.nats.child.pid if self.servers.nats.child else 0
        for pid, name in self.fetch(queries.BACKENDS):
            pids[f"postgres: {name.removeprefix('edgechat ')} {pid}"] = pid
        return Usage.of(pids)

    def pid(self, name: str) -> int:
        """The process id of a part: gateway, bridge, crowd, publisher."""
        return self._pids[name]

    def parts(self, kind: str) -> list[str]:
        """The names of all parts of a kind."""
        return [name for name in self._pids if name.startswith(kind)]

    def start_worker(self, worker: Worker) -> Worker:
        """Have a worker counted among the processes, and stopped at the end."""
        self._exits.callback(worker.stop)
        self._pids[worker.name] = worker.pid
        return worker

    def kill(self, name: str) -> None:
        """End one of our own parts without a word."""
        os.kill(self._pids.pop(name), signal.SIGKILL)

    def _connect(self, url: str) -> psycopg2.extensions.connection:
        connection = psycopg2.connect(url)
        connection.autocommit = True
        self._exits.callback(connection.close)
        return connection

    def _has_position(self, number: int) -> bool:
        with self._connections[number].cursor() as cursor:
            cursor.execute(queries.HAS_POSITION)
            [(found,)] = cursor.fetchall()
            return bool(found)

    def _deal(self) -> None:
        """Give each server as many slots as any other; raises BenchError."""
        for number, url in enumerate(self._urls, 1):
            command = [sys.executable, "-m", "edgechat", "server", "add", f"db{number}", without_account(url)]
            done = subprocess.run(command, env=self._environ(), capture_output=True, text=True)
            if done.returncode:
                raise BenchError(f"server {number} could not be added: {done.stdout}{done.stderr}")

    def _add_feeds(self) -> tuple[Form, list[str]]:
        """Before bridge and gateways start, so that nobody has to wait until these have taken them up."""
        subjects = [f"{feed}.{self._name}" for feed in self.feeds]
        with self.connection.cursor() as cursor:
            for feed, subject in zip(self.feeds, subjects, strict=True):
                cursor.execute(queries.ADD_FEED, (feed, f"{subject}.>", COLUMNS))
        return JSON_FORM, [f"{subject}.new" for subject in subjects]

    def _start_part(self, name: str, settings: Mapping[str, str], is_ready: Callable[[], bool]) -> None:
        number = sum(known.startswith(name) for known in self._pids)
        title = f"{name} {number + 1}" if number else name
        log = self.servers.directory / f"{self._name}-{title}.log"
        profile = ["-m", "cProfile", "-o", str(self._profile / f"{title}.prof")] if self._profile else []
        child = process.spawn(
            [sys.executable, *profile, "-m", "edgechat", name], log, environ={**self._environ(), **settings}
        )
        self._exits.callback(process.stop, child, signal.SIGTERM, STOP_SECONDS)
        self._pids[title] = child.pid
        _wait_for(is_ready, child, title, log)

    def _environ(self) -> dict[str, str]:
        return (
            {key: os.environ[key] for key in KEPT if key in os.environ}
            | {
                "PYTHONPATH": str(ROOT),
                # Several gateways would want the same.
                "GATEWAY_METRICS_PORT": "0",
                "BRIDGE_METRICS_PORT": "0",
                "DATABASE_URL": self.database_url,
                "NATS_URL": self.servers.nats.url,
                # All clients are on this machine.
                "MAX_CONNECTIONS_PER_ADDRESS": "0",
                "NUM_CHATROOMS": str(self._rooms),
                "MAX_NUMUSERS": f"[{self._size}]",
                "EVENT_TOPIC": f"event.{self._name}",
                "EXECUTION_TOPIC": f"execution.{self._name}",
                "FEED_STREAM": self._name,
            }
            | ({"SERVER_MAP": self._name} if len(self._urls) > 1 else {})
        )


def _wait_for(is_ready: Callable[[], bool], child: subprocess.Popen[bytes], name: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not is_ready():
        if child.poll() is not None or time.monotonic() > deadline:
            raise BenchError(f"the {name} did not start:\n{process.tail(log)}")
        time.sleep(POLL_SECONDS)
