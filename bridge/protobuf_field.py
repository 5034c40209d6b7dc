"""What fills a column, out of a field of a protobuf message: which kinds of field can, and how."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.json_format import Error as JsonError
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from bridge.errors import FeedError, RejectError
from bridge.feed import Column
from bridge.moment import EPOCH
from bridge.value import Convert, array_text, check_document, converter, wrong

Read = Callable[[Message], Any]
"""Reads one column of a message; raises RejectError."""

TIMESTAMP = "google.protobuf.Timestamp"
_F = FieldDescriptor
_INT32 = {_F.CPPTYPE_INT32, _F.CPPTYPE_ENUM}
_INTEGERS = {*_INT32, _F.CPPTYPE_INT64, _F.CPPTYPE_UINT32, _F.CPPTYPE_UINT64}
_FLOATS = {_F.CPPTYPE_FLOAT, _F.CPPTYPE_DOUBLE}
# By type of column: the kinds of single field whose values are sent as they are.
_AS_THEY_ARE = {
    "text": {_F.CPPTYPE_STRING},
    "boolean": {_F.CPPTYPE_BOOL},
    "integer": _INT32,
    "bigint": {*_INT32, _F.CPPTYPE_INT64, _F.CPPTYPE_UINT32},
    "numeric": _FLOATS,
}
# And those whose values must be looked at, or made into something else.
_CONVERTED = {
    "text": {_F.CPPTYPE_ENUM},
    "integer": _INTEGERS,
    "bigint": _INTEGERS,
    "numeric": {*_INTEGERS, *_FLOATS} - {_F.CPPTYPE_ENUM},
    "timestamptz": _INTEGERS - {_F.CPPTYPE_ENUM},
}
_NAMES = {
    number: name.removeprefix("TYPE_").lower() for name, number in vars(FieldDescriptor).items() if name[:5] == "TYPE_"
}


def is_as_it_is(column: Column, path: Sequence[FieldDescriptor]) -> bool:
    """True if the attribute of the message is what is sent."""
    return len(path) == 1 and _is_sent_raw(column, path[0]) and not _may_lack(path[0])


def reader(column: Column, path: Sequence[FieldDescriptor], pool: DescriptorPool) -> Read:
    """The function for a column that takes the field at the end of `path`, the whole message if that is empty.

    Raises FeedError if the field cannot fill the column.
    """
    if column.type_name == "jsonb":
        return _walk(path, _document_reader(column, path[-1] if path else None, pool))
    if not path:
        raise FeedError(f"column {column.name}: only a column of jsonb can take the whole message")
    field = path[-1]
    return _walk(path, _single_reader(field, _converter(column, field)))


def _walk(path: Sequence[FieldDescriptor], read: Read) -> Read:
    """`read` for the message that the last field of `path` is in; null if a message on the way is absent."""
    names = [field.name for field in path[:-1]]
    if not names:
        return read

    def walk(message: Any) -> Any:
        for name in names:
            if not message.HasField(name):
                return None
            message = getattr(message, name)
        return read(message)

    return walk


def _single_reader(field: FieldDescriptor, convert: Convert | None) -> Read:
    name, may_lack = field.name, _may_lack(field)

    def read(message: Message) -> Any:
        if may_lack and not message.HasField(name):
            return None
        value = getattr(message, name)
        return value if convert is None else convert(value)

    return read


def _converter(column: Column, field: FieldDescriptor) -> Convert | None:
    """What makes the column's value of the field's; None if that is sent as it is. Raises FeedError."""
    if _is_sent_raw(column, field):
        return None
    if column.type_name == "text[]" and field.is_repeated and field.message_type is None and not _is_bytes(field):
        name = _namer(field)
        return lambda values: array_text(column, [_required_text(column, name(value)) for value in values])
    if not field.is_repeated and column.type_name == "timestamptz" and _is_timestamp(field):
        return lambda value: _moment(column, value)
    if not field.is_repeated and field.cpp_type in _CONVERTED.get(column.type_name, ()):
        return _namer(field) if column.type_name == "text" else converter(column)
    kind = "repeated " if field.is_repeated else ""
    kind += field.message_type.full_name if field.message_type is not None else _NAMES[field.type]
    raise FeedError(
        f"column {column.name}: {column.field_name} is {kind}, which cannot fill a column of {column.type_name}"
    )


def _document_reader(column: Column, field: FieldDescriptor | None, pool: DescriptorPool) -> Read:
    """The field as protobuf's JSON mapping has it, with the field names of the .proto file; slow."""

    def read(message: Message) -> Any:
        if field is not None and _may_lack(field) and not message.HasField(field.name):
            return None
        is_message = field is not None and field.message_type is not None and not field.is_repeated
        source = getattr(message, field.name) if is_message and field is not None else message
        try:
            # Else a 0 or an empty array would be missing.
            fields = MessageToDict(
                source,
                preserving_proto_field_name=True,
                always_print_fields_with_no_presence=not is_message and field is not None,
                descriptor_pool=pool,
            )
        except (JsonError, ValueError, TypeError) as error:
            raise RejectError(f"{column.field_name} cannot be written as JSON: {error}") from None
        value = fields if is_message or field is None else fields.get(field.name)
        return check_document(column, json.dumps(value, ensure_ascii=False))

    return read


def _namer(field: FieldDescriptor) -> Convert:
    """What makes a text of one value: of an enum the name, or the number if that has none."""
    if field.enum_type is not None:
        names = field.enum_type.values_by_number
        return lambda number: names[number].name if number in names else str(number)
    if field.cpp_type == _F.CPPTYPE_BOOL:
        return lambda value: "true" if value else "false"
    return lambda value: value if isinstance(value, str | bytes) else str(value)


def _required_text(column: Column, text: Any) -> str:
    if isinstance(text, bytes):
        raise RejectError(f"{column.field_name} is not valid UTF-8")
    return str(text)


def _moment(column: Column, timestamp: Any) -> datetime:
    try:
        return EPOCH + timedelta(seconds=timestamp.seconds, microseconds=timestamp.nanos // 1_000)
    except OverflowError:
        raise wrong(column.field_name, timestamp.seconds, "a time in the years 1 to 9999") from None


def _is_sent_raw(column: Column, field: FieldDescriptor) -> bool:
    kinds = _AS_THEY_ARE.get(column.type_name, ())
    return not field.is_repeated and field.cpp_type in kinds and not _is_bytes(field)


def _is_bytes(field: FieldDescriptor) -> bool:
    return bool(field.type == _F.TYPE_BYTES)


def _is_timestamp(field: FieldDescriptor) -> bool:
    return field.message_type is not None and field.message_type.full_name == TIMESTAMP


def _may_lack(field: FieldDescriptor) -> bool:
    return bool(field.has_presence and not field.is_required)
