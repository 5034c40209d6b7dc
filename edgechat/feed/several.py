"""Changes that several servers make together: the call runs at each, and is committed when all have done it."""

import select
import shlex
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from typing import Any

import psycopg2
from psycopg2 import extensions, extras

from edgechat.feed.database import FeedRefusedError, ask_over, connect, refusal
from runtime.primary import NoPrimaryError

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 60.0
"""For a call at one of them: meanwhile the others, which have done it, hold up their rows."""
PING = "select 1"

Rows = list[dict[str, Any]]


class Servers:
    """Connections to all servers by their names; to be used in `with`. With one server, "" is its name."""

    def __init__(self, urls: Mapping[str, str], words: Sequence[str]) -> None:
        """`words` are those of the command, to be shown where it has to be run again for one server."""
        self._urls = urls
        self._words = words
        # For each answer.
        self._seconds = CONNECT_SECONDS
        self._exits = ExitStack()
        self.connections: dict[str, extensions.connection] = {}

    def __enter__(self) -> "Servers":
        """Connect to all; raises FeedRefusedError if one is away, and with one server what psycopg2 raises."""
        if len(self._urls) > 1:
            # psycopg2 itself would wait for ever for one that is frozen.
            extensions.set_wait_callback(lambda connection: _wait(connection, self._seconds))
            self._exits.callback(extensions.set_wait_callback, None)
        try:
            for name, url in self._urls.items():
                self.connections[name] = self._exits.enter_context(closing(self._connect(name, url)))
        except BaseException:
            self._exits.close()
            raise
        self._seconds = ANSWER_SECONDS
        return self

    def __exit__(self, *_: object) -> None:
        self._exits.close()

    def listen(self, statement: str) -> None:
        """Run at each what changes nothing, committed at once."""
        for connection in self.connections.values():
            ask_over(connection, statement)

    def change(self, statement: str, **values: Any) -> dict[str, Rows]:
        """The rows of a statement at each, committed at all or at none.

        Raises FeedRefusedError, which says where it is done if a commit fails after others; with one server also what
        psycopg2 raises.
        """
        if len(self.connections) == 1:
            ((name, connection),) = self.connections.items()
            return {name: ask_over(connection, statement, **values)}
        rows = {name: self._run(name, statement, values) for name in self.connections}
        self._commit()
        return rows

    def _connect(self, name: str, url: str) -> extensions.connection:
        if len(self._urls) == 1:
            return connect(url)
        try:
            connection = connect(url)
            ask_over(connection, PING)
        except (psycopg2.Error, NoPrimaryError) as error:
            raise self._refused(name, error) from None
        return connection

    def _run(self, name: str, statement: str, values: Mapping[str, Any]) -> Rows:
        try:
            with self.connections[name].cursor(cursor_factory=extras.RealDictCursor) as cursor:
                cursor.execute(statement, values)
                return [dict(row) for row in cursor.fetchall()] if cursor.description else []
        except psycopg2.Error as error:
            for connection in self.connections.values():
                with suppress(psycopg2.Error):
                    connection.rollback()
            raise self._refused(name, error) from None

    def _commit(self) -> None:
        done: list[str] = []
        failed: dict[str, psycopg2.Error] = {}
        for name, connection in self.connections.items():
            try:
                connection.commit()
            except psycopg2.Error as error:
                failed[name] = error
                if not done and len(failed) == 1:
                    self._roll_back_others(name)
                    raise self._refused(name, error) from None
            else:
                done.append(name)
        if failed:
            words = "; ".join(f"{name}: {_in_line(error)}" for name, error in failed.items())
            commands = "; ".join(f"edgechat {shlex.join([*self._words, '--server', name])}" for name in failed)
            raise FeedRefusedError(
                f"it is done at {', '.join(done)}, and it is not known whether at {', '.join(failed)}, which was lost "
                f"at the last moment ({words}): look with `edgechat feed list --server NAME`, and where it is not done "
                f"run: {commands}"
            )

    def _roll_back_others(self, failed: str) -> None:
        for name, connection in self.connections.items():
            if name != failed:
                with suppress(psycopg2.Error):
                    connection.rollback()

    def _refused(self, name: str, error: Exception) -> FeedRefusedError:
        words = refusal(error) if isinstance(error, psycopg2.Error) else None
        return FeedRefusedError(f"server {name}: {words or _in_line(error)}; nothing was changed at any server")


def _in_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _wait(connection: extensions.connection, seconds: float) -> None:
    """Wait for an answer; raises OperationalError after so long."""
    deadline = time.monotonic() + seconds
    ways: dict[int, Callable[[int, float], bool]] = {
        extensions.POLL_READ: lambda file, left: bool(select.select([file], [], [], left)[0]),
        extensions.POLL_WRITE: lambda file, left: bool(select.select([], [file], [], left)[1]),
    }
    while (state := connection.poll()) != extensions.POLL_OK:
        if not ways[state](connection.fileno(), max(0.0, deadline - time.monotonic())):
            raise psycopg2.OperationalError(f"no answer in {seconds:.0f} s")
