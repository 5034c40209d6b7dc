"""Turns protobuf bytes into column values. What does not fit is refused here, in words, before Postgres sees it."""

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import DecodeError, Message

import proto
from bridge.batch import Item, Reject, Row
from bridge.errors import FeedError, RejectError
from bridge.feed import Column, Feed
from proto.sizes import MAX_CONTENT_BYTES

_MAX_UTF8_BYTES = 4


def load_messages() -> None:
    """Import every generated module: a new feed's message type is then known without a change here."""
    for module in pkgutil.iter_modules(proto.__path__):
        if module.name.endswith("_pb2"):
            importlib.import_module(f"proto.{module.name}")


class Decoder:
    """Turns one feed's messages into tuples of column values, in the columns' order."""

    def __init__(self, feed: Feed) -> None:
        """Raises FeedError if the feed's message type or one of its fields does not exist."""
        self.feed = feed
        self._type = _find_type(feed)
        self._parse: Callable[[bytes], Any] = message_factory.GetMessageClass(self._type).FromString
        self._read = _reader([_find_field(self._type, feed, column) for column in feed.columns])
        # Per text column: its index, how many characters always fit, whatever they are, and the column.
        self._texts = [
            (index, column.max_bytes // _MAX_UTF8_BYTES, column)
            for index, column in enumerate(feed.columns)
            if column.max_bytes is not None
        ]

    def decode(self, data: bytes) -> tuple[Any, ...]:
        """The values of one message; raises RejectError saying what is wrong with it."""
        if len(data) > MAX_CONTENT_BYTES:
            raise RejectError(
                f"has {len(data)} bytes; at most {MAX_CONTENT_BYTES} are allowed, so that it fits in a frame of 1 MiB "
                "to a client: send less"
            )
        try:
            message = self._parse(data)
        except DecodeError:
            raise RejectError(f"is not a readable protobuf message of type {self._type.full_name}") from None
        if not message.IsInitialized():
            raise RejectError("; ".join(self._explain(name) for name in message.FindInitializationErrors()))
        values = self._read(message)
        for index, sure_length, column in self._texts:
            text = values[index]
            # These checks pass nearly all good texts. protobuf returns bytes instead of str for invalid UTF-8.
            if text.__class__ is not str or len(text) > sure_length or "\0" in text:
                _check_text(column, text)
        return values

    def _explain(self, path: str) -> str:
        field = self._type.fields_by_name.get(path)
        if field is not None and field.enum_type is not None:
            # protobuf treats a number outside a closed enum as if the field were absent.
            return f"{path} is missing, or a number that the enum {field.enum_type.name} does not have"
        return f"{path} is missing"


class Decoders:
    """The decoders of all feeds, by subject; a row names its feed by its index in `feeds`."""

    def __init__(self, feeds: Sequence[Feed]) -> None:
        """Raises FeedError."""
        self.subjects = [feed.subject for feed in feeds]
        self._by_subject = {feed.subject: (index, Decoder(feed)) for index, feed in enumerate(feeds)}

    def decode(self, sequence: int, subject: str, data: bytes) -> Item:
        """The row that a message makes, or else a reject; raises nothing, so that no message can stop the others."""
        found = self._by_subject.get(subject)
        if found is None:
            return Reject(sequence, sequence, subject, data, "has a subject that belongs to no feed")
        index, decoder = found
        try:
            return Row(sequence, sequence, index, subject, data, decoder.decode(data))
        except RejectError as error:
            return Reject(sequence, sequence, subject, data, str(error))
        except Exception as error:
            return Reject(sequence, sequence, subject, data, f"cannot be decoded: {error!r}")


def _find_type(feed: Feed) -> Descriptor:
    try:
        return descriptor_pool.Default().FindMessageTypeByName(feed.message_type)
    except KeyError:
        raise FeedError(f"feed {feed.name} carries {feed.message_type}, which no module of proto/ defines") from None


def _find_field(message_type: Descriptor, feed: Feed, column: Column) -> FieldDescriptor:
    field = message_type.fields_by_name.get(column.field_name)
    if field is None:
        raise FeedError(f"feed {feed.name}: the message {feed.message_type} has no field {column.field_name}")
    if field.is_repeated or field.message_type is not None:
        raise FeedError(f"feed {feed.name}: {column.field_name} is not a single value, so it cannot be a column")
    return field


def _reader(fields: list[FieldDescriptor]) -> Callable[[Message], tuple[Any, ...]]:
    """A function that reads all columns of a message; an optional field that is absent becomes null."""
    names = [field.name for field in fields]
    if len(names) > 1 and all(field.is_required for field in fields):
        return attrgetter(*names)
    optional = [field.has_presence and not field.is_required for field in fields]

    def read(message: Message) -> tuple[Any, ...]:
        return tuple(
            None if may_lack and not message.HasField(name) else getattr(message, name)
            for name, may_lack in zip(names, optional, strict=True)
        )

    return read


def _check_text(column: Column, text: str | bytes | None) -> None:
    if text is None:
        return
    if isinstance(text, bytes):
        raise RejectError(f"{column.field_name} is not valid UTF-8")
    if "\0" in text:
        raise RejectError(f"{column.field_name} contains a NUL character, which Postgres cannot hold")
    size = len(text.encode())
    if column.max_bytes is not None and size > column.max_bytes:
        raise RejectError(f"{column.field_name} has {size} bytes; at most {column.max_bytes} are allowed")
