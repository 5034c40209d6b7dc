"""The subcommands of `edgechat feed`, each of which prints what it did and what to try next."""

import argparse
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from bridge.check import check_feed
from bridge.errors import FeedError
from edgechat.feed import database
from edgechat.feed.database import FeedRefusedError, ask
from edgechat.feed.guess import guess
from runtime.settings import Settings

BRIDGE_SECONDS = 5.0
"""For the bridge to take up a feed that was added; it takes a moment."""


def run(options: argparse.Namespace, settings: Settings) -> str:
    """Carry out one of them; what it prints. Raises FeedRefusedError, and what the servers' clients raise."""
    return _COMMANDS[options.action](options, settings)


def _add(options: argparse.Namespace, settings: Settings) -> str:
    descriptor = None if options.descriptor is None else _read(options.descriptor)
    try:
        check_feed(options.format, options.column, options.message, descriptor)
    except FeedError as error:
        raise FeedRefusedError(str(error)) from None
    with closing(database.connect(settings.database_url)) as connection:
        database.ask_over(connection, database.LISTEN_TAKEN)
        database.ask_over(
            connection,
            database.ADD,
            name=options.name,
            subject=options.subject,
            format=options.format,
            columns=options.column,
            message_type=options.message,
            descriptor=descriptor,
        )
        taken = database.await_bridge(connection, options.name, BRIDGE_SECONDS)
    columns = [row["column_name"] for row in ask(settings.database_url, database.SHOW, name=options.name)]
    return "\n".join(
        [
            f"added the feed {options.name}: what comes on {options.subject} is stored in feed.{options.name}",
            f"  columns      {', '.join(columns)}",
            f"  bridge       {_describe_taken(options.name, taken)}",
            "  rooms get    nothing of it, until somebody in a room sets a filter (NONE filters nothing out)",
            "Now try:",
            f"  edgechat feed show {options.name}",
            f"  edgechat psql -c \"select * from preview_filter('{options.name}', 'NONE')\"",
        ]
    )


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


def _list(_options: argparse.Namespace, settings: Settings) -> str:
    rows = [
        (row["name"], row["state"], row["format"], row["subject"], row["columns"])
        for row in ask(settings.database_url, database.LIST)
    ]
    return _table(("feed", "state", "format", "subject", "columns"), rows)


def _show(options: argparse.Namespace, settings: Settings) -> str:
    feeds = {row["name"]: row for row in ask(settings.database_url, database.LIST)}
    columns = ask(settings.database_url, database.SHOW, name=options.name)
    feed = feeds[options.name]
    kind = f"{feed['format']} {feed['message_type'] or ''}".strip()
    rows = [(row["column_name"], row["type"], _source(row["source"], row["field"])) for row in columns]
    head = f"{options.name}, {feed['state']}: {kind} on {feed['subject']}\nrows: {feed['kept']}\n"
    return head + _table(("column", "type", "from"), rows)


def _source(source: str, field: str) -> str:
    return {"subject": "the NATS subject", "received_at": "when NATS got it"}.get(source, field)


def _remove(options: argparse.Namespace, settings: Settings) -> str:
    (row,) = ask(settings.database_url, database.REMOVE, name=options.name, rows=options.rows)
    what = "kept for the rooms' histories" if options.rows == "keep" else "dropped"
    return f"removed the feed {options.name}; its {row['remove_feed']} rows are {what}"


def _keep(options: argparse.Namespace, settings: Settings) -> str:
    limits = {"keep_for": options.keep_for, "size": options.size}
    (row,) = ask(settings.database_url, database.KEEP, name=options.name, **limits)
    return f"rows of {options.name} are kept {row['keep_feed']}"


def _pause(options: argparse.Namespace, settings: Settings) -> str:
    paused = options.action == "pause"
    ask(settings.database_url, database.PAUSE, name=options.name, paused=paused)
    return f"{options.name} is paused: what comes is not stored" if paused else f"{options.name} goes on"


def _rename(options: argparse.Namespace, settings: Settings) -> str:
    ask(settings.database_url, database.RENAME, name=options.name, new_name=options.new_name)
    return f"{options.name} is now {options.new_name}; its rows are in feed.{options.new_name}"


def _add_column(options: argparse.Namespace, settings: Settings) -> str:
    ask(settings.database_url, database.ADD_COLUMN, name=options.name, column=options.column)
    return f"{options.name} has the column {options.column.partition(':')[0]}, null in the rows that were there"


def _drop_column(options: argparse.Namespace, settings: Settings) -> str:
    ask(settings.database_url, database.DROP_COLUMN, name=options.name, column=options.column)
    return f"{options.name} has no column {options.column} any more; filters that named it are suspended"


def _guess(options: argparse.Namespace, settings: Settings) -> str:
    reserved = {row["name"] for row in ask(settings.database_url, database.RESERVED)}
    return guess(settings.nats_servers(), options.name, options.subject, options.seconds, reserved)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(line[column]) for line in (head, *rows)) for column in range(len(head))]
    lines = ("  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)) for line in (head, *rows))
    return "\n".join(line.rstrip() for line in lines)


_COMMANDS: dict[str, Callable[[argparse.Namespace, Settings], str]] = {
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
