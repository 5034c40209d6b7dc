"""`edgechat feed guess`: listens to a subject for some seconds and writes the `feed add` that fits what it heard."""

import asyncio
import json
import re
import shlex
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any

import nats
import nats.errors
from nats.aio.msg import Msg

from edgechat.feed.database import FeedRefusedError

MAX_MESSAGES = 1_000
MAX_COLUMNS = 20
MAX_DEPTH = 3
CONNECT_SECONDS = 5
MILLISECONDS_FROM = 1e11
SECONDS_FROM, SECONDS_TO = 1e9, 4e9
"""A number is taken for Unix seconds, or milliseconds, between 2001 and 2096."""
TIMES = re.compile(r"(?:^|_)(?:at|time|timestamp|ts|date)(?:$|_)|[a-z]At$")
INTEGER, BIGINT = 2**31, 2**63


def guess(servers: Sequence[str], name: str, subject: str, seconds: float, reserved: Container[str]) -> str:
    """What to type, without columns of the names in `reserved`. Raises FeedRefusedError if nothing came, or no feed."""
    messages = asyncio.run(listen(servers, subject, seconds))
    if not messages:
        raise FeedRefusedError(
            f"nothing came on {subject} in {seconds:g} s; see that somebody publishes there, or give more --seconds"
        )
    command = write_command(name, subject, messages, reserved)
    return f"{len(messages)} messages came on {subject}; this fits them:\n{command}"


async def listen(servers: Sequence[str], subject: str, seconds: float) -> list[bytes]:
    """What comes on a subject, up to MAX_MESSAGES of it."""
    messages: list[bytes] = []
    enough = asyncio.Event()

    async def take(message: Msg) -> None:
        messages.append(message.data)
        if len(messages) >= MAX_MESSAGES:
            enough.set()

    try:
        client = await nats.connect(
            list(servers), connect_timeout=CONNECT_SECONDS, allow_reconnect=False, max_reconnect_attempts=1
        )
    except (OSError, TimeoutError, nats.errors.Error) as error:
        raise FeedRefusedError(f"no NATS server at {', '.join(servers)}: {error}; NATS_URL names another") from None
    try:
        await client.subscribe(subject, cb=take)
        async with asyncio.timeout(seconds):
            await enough.wait()
    except TimeoutError:
        pass
    finally:
        await client.close()
    return messages[:MAX_MESSAGES]


def write_command(name: str, subject: str, messages: Sequence[bytes], reserved: Container[str]) -> str:
    """The `edgechat feed add` for messages like these. Raises FeedRefusedError for what cannot be guessed."""
    words = ["edgechat", "feed", "add", name, "--subject", subject]
    objects = [found for found in map(_object, messages) if found is not None]
    if len(objects) == len(messages):
        words += ["--format", "json"]
        for column in _columns(objects, reserved):
            words += ["--column", column]
    elif all(map(_is_text, messages)):
        words += ["--format", "text"]
    else:
        raise FeedRefusedError(
            f"what comes on {subject} is neither JSON objects nor text; if it is protobuf, write: "
            f"edgechat feed add {name} --subject {shlex.quote(subject)} --format protobuf --descriptor FILE "
            "--message TYPE --column …"
        )
    return " ".join(map(shlex.quote, words))


def _object(data: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(data)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _is_text(data: bytes) -> bool:
    try:
        return data.decode().isprintable() or (b"\0" not in data and data.decode() != "")
    except UnicodeDecodeError:
        return False


def _columns(objects: Sequence[Mapping[str, Any]], reserved: Container[str]) -> Iterator[str]:
    seen: dict[str, list[Any]] = {}
    for found in objects:
        for path, value in _leaves(found, "", 1):
            seen.setdefault(path, []).append(value)
    taken: set[str] = set()
    for path, values in list(seen.items())[:MAX_COLUMNS]:
        column = _column_name(path, taken, reserved)
        taken.add(column)
        yield f"{column}:{_type(path, values)}" + ("" if column == path else f"={path}")


def _leaves(value: Mapping[str, Any], above: str, depth: int) -> Iterator[tuple[str, Any]]:
    for key, part in value.items():
        if "." in key:  # No path could name it.
            continue
        if isinstance(part, dict) and part and depth < MAX_DEPTH:
            yield from _leaves(part, f"{above}{key}.", depth + 1)
        else:
            yield above + key, part


def _column_name(path: str, taken: set[str], reserved: Container[str]) -> str:
    """The field's own name, its whole path, or that with something around it, as a column may be called."""
    for candidate in (path.rpartition(".")[2], path):
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", candidate).lower()
        name = re.sub(r"[^a-z0-9]+", "_", words).strip("_")[:30]
        if name and name[0].isalpha() and name not in taken and name not in reserved:
            return name
    name = f"the_{name}".rstrip("_")
    return next(found for number in count(1) if (found := name if number == 1 else f"{name}_{number}") not in taken)


def _type(path: str, values: Sequence[Any]) -> str:
    found = {_type_of(path, value) for value in values if value is not None}
    if not found:
        return "text"
    for wide, narrow in (("float", {"integer", "bigint"}), ("bigint", {"integer"})):
        if wide in found:
            found -= narrow
    return found.pop() if len(found) == 1 else "jsonb"


def _type_of(path: str, value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float) and TIMES.search(path) and _is_unix_time(value):
        return "timestamp"
    if isinstance(value, int):
        return "integer" if -INTEGER <= value < INTEGER else "bigint" if -BIGINT <= value < BIGINT else "float"
    if isinstance(value, float):
        return "float"
    if isinstance(value, str):
        return "timestamp" if _is_iso_time(value) else "text"
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "text[]"
    return "jsonb"


def _is_unix_time(value: float) -> bool:
    return SECONDS_FROM <= (value / 1000 if value >= MILLISECONDS_FROM else value) < SECONDS_TO


def _is_iso_time(text: str) -> bool:
    if not re.match(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d|$)", text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
