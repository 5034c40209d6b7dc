"""What fills a column, out of a value as JSON has it. What does not fit is refused in words."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bridge.errors import RejectError
from bridge.feed import Column
from bridge.moment import EPOCH

Convert = Callable[[Any], Any]
"""Returns what Postgres is sent, None for null; raises RejectError."""

MAX_UTF8_BYTES = 4
# Numbers of this size and more are milliseconds: as seconds they would be in the year 5138.
LEAST_MILLISECONDS = 100_000_000_000
SHOWN_CHARACTERS = 60
NO_NUL = "contains a NUL character, which Postgres cannot hold"
_LIMITS = {"integer": 2**31, "bigint": 2**63}
# An even number of backslashes before it would make it a text of six characters.
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def converter(column: Column) -> Convert:
    """The function for a column's values."""
    match column.type_name:
        case "text":
            return _text(column)
        case "boolean":
            return _boolean(column)
        case "integer" | "bigint":
            return _whole(column)
        case "numeric":
            return _number(column)
        case "timestamptz":
            return _moment(column)
        case "text[]":
            return _texts(column)
    return lambda value: value


def wrong(path: str, value: Any, expected: str) -> RejectError:
    """The refusal of a value that is no such thing."""
    return RejectError(f"{path} is {_shown(value)}, and {expected} was expected")


def check_text(column: Column, text: str | bytes | None) -> None:
    """Raise RejectError if Postgres or the column does not take a text; protobuf has bytes for invalid UTF-8."""
    if text is None:
        return
    if isinstance(text, bytes):
        raise RejectError(f"{column.field_name} is not valid UTF-8")
    if "\0" in text:
        raise RejectError(f"{column.field_name} {NO_NUL}")
    check_size(column, len(text.encode()))


def check_size(column: Column, size: int) -> None:
    """Raise RejectError if the column takes fewer bytes."""
    if column.max_bytes is not None and size > column.max_bytes:
        raise RejectError(f"{column.field_name} has {size} bytes; at most {column.max_bytes} are allowed")


def check_document(column: Column, text: str) -> str:
    """JSON text that a column of jsonb takes; raises RejectError."""
    if r"\u0000" in text and _NUL.search(text):
        raise RejectError(f"{column.field_name} {NO_NUL}")
    check_size(column, len(text.encode()))
    return text


def array_text(column: Column, items: list[str | None]) -> str:
    """An array as Postgres writes it, all texts in quotes; raises RejectError."""
    quoted = ("NULL" if item is None else '"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"' for item in items)
    text = "{" + ",".join(quoted) + "}"
    check_text(column, text)
    return text


def _text(column: Column) -> Convert:
    # So many characters always fit, whatever they are.
    sure_length = (column.max_bytes or 0) // MAX_UTF8_BYTES

    def convert(value: Any) -> Any:
        if value.__class__ is str:
            if len(value) > sure_length or "\0" in value:
                check_text(column, value)
            return value
        if value is None:
            return None
        raise wrong(column.field_name, value, "a text")

    return convert


def _boolean(column: Column) -> Convert:
    def convert(value: Any) -> Any:
        if value is None or value is True or value is False:
            return value
        raise wrong(column.field_name, value, "true or false")

    return convert


def _whole(column: Column) -> Convert:
    """21.0 counts as 21: many programs write every number with a point."""
    limit = _LIMITS[column.type_name]

    def convert(value: Any) -> Any:
        number = value
        if value.__class__ is not int:
            if value is None:
                return None
            if value.__class__ is not float or not value.is_integer():
                raise wrong(column.field_name, value, "a whole number")
            number = int(value)
        if -limit <= number < limit:
            return number
        raise wrong(column.field_name, value, f"a whole number from {-limit} to {limit - 1}")

    return convert


def _number(column: Column) -> Convert:
    def convert(value: Any) -> Any:
        if value.__class__ is float or value is None:
            return value
        if value.__class__ is int:
            try:
                return float(value)
            except OverflowError:
                raise wrong(column.field_name, value, "a number of at most 1.8e308") from None
        raise wrong(column.field_name, value, "a number")

    return convert


def _moment(column: Column) -> Convert:
    """Without a zone it is of UTC, as a date alone is its midnight. Years are 1 to 9999."""

    def convert(value: Any) -> Any:
        try:
            if value.__class__ is str:
                moment = datetime.fromisoformat(value)
                if moment.tzinfo is UTC:
                    return moment
                return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
            if value.__class__ is int or value.__class__ is float:
                is_fine = abs(value) >= LEAST_MILLISECONDS
                return EPOCH + (timedelta(milliseconds=value) if is_fine else timedelta(seconds=value))
        except (ValueError, OverflowError):
            pass
        if value is None:
            return None
        raise wrong(column.field_name, value, "a time as ISO 8601 has it, or in seconds since 1970,")

    return convert


def _texts(column: Column) -> Convert:
    def convert(value: Any) -> Any:
        if value is None:
            return None
        if value.__class__ is not list or not all(item is None or item.__class__ is str for item in value):
            raise wrong(column.field_name, value, "an array of texts")
        return array_text(column, value)

    return convert


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"
