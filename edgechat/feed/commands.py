"""The subcommands of `edgechat feed`, each of which prints what it did and what to try next."""

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bridge.check import check_feed
from bridge.errors import FeedError
from edgechat.feed import database
from edgechat.feed.database import FeedRefusedError, ask
from edgechat.feed.guess import guess
from edgechat.feed.several import Servers
from edgechat.server.choosing import choose_all
from runtime.settings import Settings

BRIDGE_SECONDS = 5.0
"""For the bridge to take up a feed that was added; it takes a moment."""


class Call:
    """A command with the servers that it is for: all of them, or the one that `--server` names."""

    def __init__(self, options: argparse.Namespace, settings: Settings) -> None:
        self.options = options
        self.settings = settings
        self.urls = {"": settings.database_url}
        if settings.server_map is not None or options.server is not None:
            self.urls = choose_all(settings, options.server)

    def ask(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        """What one of them answers: all have the same feeds."""
        return ask(next(iter(self.urls.values())), statement, **values)

    def change(self, statement: str, **values: Any) -> dict[str, list[dict[str, Any]]]:
        """The rows of a statement that changes all of them or none, by the names of the servers."""
        with Servers(self.urls, self.options.words) as servers:
            return servers.change(statement, **values)


def run(options: argparse.Namespace, settings: Settings) -> str:
    """Carry out one of them; what it prints. Raises FeedRefusedError, and what the servers' clients raise."""
    return _COMMANDS[options.action](options, Call(options, settings))


def _add(options: argparse.Namespace, call: Call) -> str:
    descriptor = None if options.descriptor is None else _read(options.descriptor)
    try:
        check_feed(options.format, options.column, options.message, descriptor)
    except FeedError as error:
        raise FeedRefusedError(str(error)) from None
    with Servers(call.urls, options.words) as servers:
        servers.listen(database.LISTEN_TAKEN)
        servers.change(
            database.ADD,
            name=options.name,
            subject=options.subject,
            format=options.format,
            columns=options.column,
            message_type=options.message,
            descriptor=descriptor,
        )
        deadline = time.monotonic() + BRIDGE_SECONDS
        taken = {
            name: database.await_bridge(connection, options.name, deadline - time.monotonic())
            for name, connection in servers.connections.items()
        }
    columns = [row["column_name"] for row in call.ask(database.SHOW, name=options.name)]
    return "\n".join(
        [
            f"added the feed {options.name}: what comes on {options.subject} is stored in feed.{options.name}",
            *([f"  servers      {', '.join(call.urls)}"] if len(call.urls) > 1 else []),
            f"  columns      {', '.join(columns)}",
            *(f"  {_whose(name):<13}{_describe_taken(options.name, words)}" for name, words in taken.items()),
            "  rooms get    nothing of it, until somebody in a room sets a filter (NONE filters nothing out)",
            "Now try:",
            f"  edgechat feed show {options.name}",
            f"  edgechat psql -c \"select * from preview_filter('{options.name}', 'NONE')\"",
        ]
    )


def _whose(server: str) -> str:
    return f"bridge {server}".strip()


def _describe_taken(name: str, taken: str | None) -> str:
    if taken is None:
        return (
            f"none has answered in {BRIDGE_SECONDS:.0f} s: start one; what is published before that is kept by nobody"
        )
    return "takes it from now on" if taken == name else f"does not take it: {taken.partition(': ')[2]}"


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise FeedRefusedError(
            f"{path}: {error.strerror}; name the file that protoc --descriptor_set_out wrote"
        ) from None


def _list(_options: argparse.Namespace, call: Call) -> str:
    rows = [
        (row["name"], row["state"], row["format"], row["subject"], row["columns"]) for row in call.ask(database.LIST)
    ]
    return _table(("feed", "state", "format", "subject", "columns"), rows)


def _show(options: argparse.Namespace, call: Call) -> str:
    feeds = {row["name"]: row for row in call.ask(database.LIST)}
    columns = call.ask(database.SHOW, name=options.name)
    feed = feeds[options.name]
    kind = f"{feed['format']} {feed['message_type'] or ''}".strip()
    rows = [(row["column_name"], row["type"], _source(row["source"], row["field"])) for row in columns]
    head = f"{options.name}, {feed['state']}: {kind} on {feed['subject']}\nrows: {feed['kept']}\n"
    return head + _table(("column", "type", "from"), rows)


def _source(source: str, field: str) -> str:
    return {"subject": "the NATS subject", "received_at": "when NATS got it"}.get(source, field)


def _remove(options: argparse.Namespace, call: Call) -> str:
    removed = call.change(database.REMOVE, name=options.name, rows=options.rows)
    what = "kept for the rooms' histories" if options.rows == "keep" else "dropped"
    counts = ", ".join(f"{row['remove_feed']} rows{f' at {name}' if name else ''}" for name, (row,) in removed.items())
    return f"removed the feed {options.name}; its {counts} are {what}"


def _keep(options: argparse.Namespace, call: Call) -> str:
    limits = {"keep_for": options.keep_for, "size": options.size}
    (row,), *_ = call.change(database.KEEP, name=options.name, **limits).values()
    return f"rows of {options.name} are kept {row['keep_feed']}"


def _pause(options: argparse.Namespace, call: Call) -> str:
    paused = options.action == "pause"
    call.change(database.PAUSE, name=options.name, paused=paused)
    return f"{options.name} is paused: what comes is not stored" if paused else f"{options.name} goes on"


def _rename(options: argparse.Namespace, call: Call) -> str:
    call.change(database.RENAME, name=options.name, new_name=options.new_name)
    return f"{options.name} is now {options.new_name}; its rows are in feed.{options.new_name}"


def _add_column(options: argparse.Namespace, call: Call) -> str:
    call.change(database.ADD_COLUMN, name=options.name, column=options.column)
    return f"{options.name} has the column {options.column.partition(':')[0]}, null in the rows that were there"


def _drop_column(options: argparse.Namespace, call: Call) -> str:
    call.change(database.DROP_COLUMN, name=options.name, column=options.column)
    return f"{options.name} has no column {options.column} any more; filters that named it are suspended"


def _guess(options: argparse.Namespace, call: Call) -> str:
    reserved = {row["name"] for row in call.ask(database.RESERVED)}
    return guess(call.settings.nats_servers(), options.name, options.subject, options.seconds, reserved)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(line[column]) for line in (head, *rows)) for column in range(len(head))]
    lines = ("  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)) for line in (head, *rows))
    return "\n".join(line.rstrip() for line in lines)


_COMMANDS: dict[str, Callable[[argparse.Namespace, Call], str]] = {
    "add": _add,
    "list": _list,
    "show": _show,
    "remove": _remove,
    "keep": _keep,
    "pause": _pause,
    "resume": _pause,
    "rename": _rename,
    "add-column": _add_column,
    "drop-column": _drop_column,
    "guess": _guess,
}
