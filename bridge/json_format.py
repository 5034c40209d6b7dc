"""JSON messages: one object each, of which columns take what stands at their paths.

A key that is missing anywhere on the path, or null, is null in the column. Of a key that comes twice, the last counts.
A column of jsonb gets the text as it came, so that no number loses a digit.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from bridge.errors import FeedError, RejectError
from bridge.feed import Column, Feed
from bridge.value import Convert, check_document, converter, wrong

WHOLE = "*"
"""The path of the whole message."""
MAX_DEPTH = 64
_HALF_PAIR = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")

Document = Callable[[bytes], str]
"""Cuts the text of one column's value out of a message."""


class JsonDecoder:
    """Turns one feed's messages into tuples of column values, in the columns' order."""

    def __init__(self, feed: Feed) -> None:
        """Raises FeedError if a path cannot be used."""
        self._parse = msgspec.json.Decoder().decode
        # By column: the first key of its path, and what makes its value out of what stands there.
        self._plan = [_step(column) for column in feed.fields]
        self._documents = [
            (index, column, _document(column))
            for index, column in enumerate(feed.fields)
            if column.type_name == "jsonb"
        ]

    def decode(self, data: bytes) -> tuple[Any, ...]:
        """The values of one message; raises RejectError saying what is wrong with it."""
        try:
            message = self._parse(data)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise RejectError(_explain(data, error)) from None
        if message.__class__ is not dict:
            raise wrong("the message", message, "a JSON object")
        # Few messages have so many brackets that they could be too deep.
        if data.count(b"{") + data.count(b"[") > MAX_DEPTH:
            _check_depth(data)
        get = message.get
        values = [convert(get(key)) for key, convert in self._plan]
        for index, column, document in self._documents:
            if values[index] is not None or column.field_name == WHOLE:
                values[index] = check_document(column, document(data))
        return tuple(values)


def _step(column: Column) -> tuple[str, Convert]:
    if column.field_name == WHOLE and column.type_name != "jsonb":
        raise FeedError(f"column {column.name}: only a column of jsonb can take {WHOLE}, the whole message")
    convert = converter(column)
    key, *rest = column.field_name.split(".")
    return key, _nested(column, rest, convert) if rest else convert


def _nested(column: Column, rest: Sequence[str], convert: Convert) -> Convert:
    """What converts the value at the end of a path, given what stands at its first key."""

    def walk(value: Any) -> Any:
        for depth, key in enumerate(rest, 1):
            if value.__class__ is not dict:
                if value is None:
                    return None
                raise wrong(".".join(column.field_name.split(".")[:depth]), value, "an object")
            value = value.get(key)
        return convert(value)

    return walk


def _document(column: Column) -> Document:
    if column.field_name == WHOLE:
        return bytes.decode
    shape: Any = msgspec.Raw
    try:
        for key in reversed(column.field_name.split(".")):
            shape = msgspec.defstruct("Shape", [("value", shape)], rename={"value": key})
    except ValueError as error:
        raise FeedError(f"column {column.name}: the path {column.field_name} cannot be read: {error}") from None
    parse = msgspec.json.Decoder(shape).decode
    depth = column.field_name.count(".") + 1

    def cut(data: bytes) -> str:
        value = parse(data)
        for _ in range(depth):
            value = value.value
        return bytes(value).decode()

    return cut


def _explain(data: bytes, error: Exception) -> str:
    """Why a message cannot be parsed. The parser's own words for half a pair of surrogates are about something else."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return "is not valid UTF-8"
    if isinstance(error, RecursionError):
        return f"has more than {MAX_DEPTH} objects and arrays within each other"
    for found in _HALF_PAIR.finditer(data):
        try:
            _DECODE_TEXT(b'"' + data[found.start() : found.start() + 12] + b'"')
        except msgspec.DecodeError:
            return f"has {found.group().decode()}, half a pair of surrogates, which is no character"
    return f"is no JSON object: {str(error) or type(error).__name__}"


_DECODE_TEXT = msgspec.json.Decoder(str).decode


def _check_depth(data: bytes) -> None:
    depth = 0
    for bracket in _BRACKET.finditer(_STRING.sub(b"", data)):
        depth += 1 if bracket.group() in b"[{" else -1
        if depth > MAX_DEPTH:
            raise RejectError(f"has more than {MAX_DEPTH} objects and arrays within each other")
