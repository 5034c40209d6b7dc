"""Protobuf messages: of types in proto/, or of those that a feed brings in a FileDescriptorSet of its own."""

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError, Message

import proto
from bridge.errors import FeedError, RejectError
from bridge.feed import Column, Feed
from bridge.protobuf_field import Read, is_as_it_is, reader
from bridge.value import MAX_UTF8_BYTES, check_text

# What protoc brings along, of which a set may lack the files.
WELL_KNOWN = ("any", "duration", "empty", "field_mask", "struct", "timestamp", "wrappers")
WHOLE = "*"
"""The path of the whole message."""


def load_messages() -> None:
    """Import every generated module: a message type of proto/ is then known without a change here."""
    for module in pkgutil.iter_modules(proto.__path__):
        if module.name.endswith("_pb2"):
            importlib.import_module(f"proto.{module.name}")


class ProtobufDecoder:
    """Turns one feed's messages into tuples of column values, in the columns' order."""

    def __init__(self, feed: Feed) -> None:
        """Raises FeedError if the message type or a field does not exist, or cannot fill its column."""
        pool = descriptor_pool.Default() if feed.descriptor is None else _make_pool(feed.descriptor)
        self._type = _find_type(pool, feed)
        self._parse: Callable[[bytes], Any] = message_factory.GetMessageClass(self._type).FromString
        self._read = _reader(self._type, feed.fields, pool)
        # Per text column: its index, how many characters always fit, whatever they are, and the column.
        self._texts = [
            (index, (column.max_bytes or 0) // MAX_UTF8_BYTES, column)
            for index, column in enumerate(feed.fields)
            if column.type_name == "text"
        ]

    def decode(self, data: bytes) -> tuple[Any, ...]:
        """The values of one message; raises RejectError saying what is wrong with it."""
        try:
            message = self._parse(data)
        except DecodeError:
            raise RejectError(f"is not a readable protobuf message of type {self._type.full_name}") from None
        if not message.IsInitialized():
            raise RejectError("; ".join(self._explain(name) for name in message.FindInitializationErrors()))
        values: tuple[Any, ...] = self._read(message)
        for index, sure_length, column in self._texts:
            text = values[index]
            # These checks pass nearly all good texts. protobuf returns bytes instead of str for invalid UTF-8.
            if text.__class__ is not str or len(text) > sure_length or "\0" in text:
                check_text(column, text)
        return values

    def _explain(self, path: str) -> str:
        field = self._type.fields_by_name.get(path)
        if field is not None and field.enum_type is not None:
            # protobuf treats a number outside a closed enum as if the field were absent.
            return f"{path} is missing, or a number that the enum {field.enum_type.name} does not have"
        return f"{path} is missing"


def _make_pool(descriptor: bytes) -> DescriptorPool:
    """The types of a FileDescriptorSet, in whatever order its files are; raises FeedError."""
    try:
        files = {file.name: file for file in descriptor_pb2.FileDescriptorSet.FromString(descriptor).file}
    except DecodeError:
        raise FeedError("its descriptor is no FileDescriptorSet") from None
    pool = DescriptorPool()
    added: set[str] = set()

    def add(name: str) -> None:
        if name in added:
            return
        added.add(name)
        file = files[name] if name in files else _well_known(name)
        for dependency in file.dependency:
            add(dependency)
        pool.Add(file)

    try:
        for name in files:
            add(name)
    except (TypeError, ValueError) as error:
        raise FeedError(f"its descriptor cannot be used: {' '.join(str(error).split())}") from None
    return pool


def _well_known(name: str) -> descriptor_pb2.FileDescriptorProto:
    """A file that protoc brings along; raises FeedError for any other."""
    kind = name.removeprefix("google/protobuf/").removesuffix(".proto")
    if name != f"google/protobuf/{kind}.proto" or kind not in WELL_KNOWN:
        raise FeedError(f"its descriptor lacks the file {name}: make it with --include_imports")
    file = descriptor_pb2.FileDescriptorProto()
    importlib.import_module(f"google.protobuf.{kind}_pb2").DESCRIPTOR.CopyToProto(file)
    return file


def _find_type(pool: DescriptorPool, feed: Feed) -> Descriptor:
    try:
        return pool.FindMessageTypeByName(feed.message_type or "")
    except KeyError:
        where = "no module of proto/ defines" if feed.descriptor is None else "its descriptor lacks"
        raise FeedError(f"it carries {feed.message_type}, which {where}") from None


def _find_path(message_type: Descriptor, column: Column) -> list[FieldDescriptor]:
    """The fields along a column's path; raises FeedError."""
    path: list[FieldDescriptor] = []
    for name in column.field_name.split("."):
        if path and (path[-1].message_type is None or path[-1].is_repeated):
            raise FeedError(f"column {column.name}: {path[-1].name} is no single message, so it has no field {name}")
        holder = path[-1].message_type or message_type if path else message_type
        field = holder.fields_by_name.get(name)
        if field is None:
            raise FeedError(f"column {column.name}: the message {holder.full_name} has no field {name}")
        path.append(field)
    return path


def _reader(message_type: Descriptor, columns: Sequence[Column], pool: DescriptorPool) -> Callable[[Message], Any]:
    """A function that reads all columns of a message; a field that may be absent, and is, becomes null."""
    paths = [[] if column.field_name == WHOLE else _find_path(message_type, column) for column in columns]
    if len(columns) > 1 and all(map(is_as_it_is, columns, paths)):
        return attrgetter(*(column.field_name for column in columns))
    reads: list[Read] = [reader(column, path, pool) for column, path in zip(columns, paths, strict=True)]
    return lambda message: tuple([read(message) for read in reads])
