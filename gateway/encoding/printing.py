"""Chatmessages as JSON, by protobuf's standard mapping (https://protobuf.dev/programming-guides/json/).

The library's own `MessageToJson` looks everything up anew for each message. Here a function is put together for each
type of message once, from its descriptor; the results are equal, and come four times as fast.
"""

import math
import struct
from base64 import b64encode
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from json.encoder import encode_basestring
from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message

from proto.chatmessage_pb2 import chatmessage

Printer = Callable[[Any], str]

MAX_FLOAT = float.fromhex("0x1.fffffep+127")
"""The largest number of 32 bits."""
MAX_KEPT_BYTES = 2048
"""Rows up to this size are printed once for all groups of rooms that get them."""


def print_message(message: Message) -> str:
    """A message as a JSON object."""
    return _printer(message.DESCRIPTOR)(message)


def print_body(body: bytes) -> bytes:
    """A feed message as rooms get it, but for `seq`: a JSON object, in UTF-8, without its closing brace.

    Raises DecodeError for bytes that are no chatmessage.
    """
    return _print_small(body) if len(body) <= MAX_KEPT_BYTES else _print_body(body)


def _print_body(body: bytes) -> bytes:
    return print_message(chatmessage.FromString(body))[:-1].encode()


_print_small = lru_cache(maxsize=2048)(_print_body)


def quote(text: str | bytes) -> str:
    """A text as JSON has it. Protobuf hands over what is no UTF-8 as bytes, which JSON cannot carry as they are."""
    return encode_basestring(text if isinstance(text, str) else text.decode(errors="replace"))


@cache
def _printer(kind: Descriptor) -> Printer:
    """What prints messages of one type."""
    # Found when needed: a type may hold itself.
    fields: dict[int, tuple[str, Printer]] = {}

    def print_fields(message: Message) -> str:
        pieces = []
        for field, value in message.ListFields():
            known = fields.get(field.number)
            if known is None:
                known = fields[field.number] = (f"{quote(field.json_name)}:", _field_printer(field))
            name, printer = known
            pieces.append(name + printer(value))
        return "{" + ",".join(pieces) + "}"

    return print_fields


def _field_printer(field: FieldDescriptor) -> Printer:
    printer = _value_printer(field)
    if not field.is_repeated:
        return printer

    def print_list(values: Iterable[Any]) -> str:
        return "[" + ",".join(map(printer, values)) + "]"

    return print_list


def _value_printer(field: FieldDescriptor) -> Printer:
    if field.message_type is not None:
        return _printer(field.message_type)
    if field.enum_type is not None:
        return _enum_printer(field.enum_type)
    return _PRINTERS[field.type]


def _enum_printer(kind: EnumDescriptor) -> Printer:
    return {number: quote(value.name) for number, value in kind.values_by_number.items()}.__getitem__


def _print_wide(number: int) -> str:
    return f'"{number}"'


def _print_flag(value: bool) -> str:
    return "true" if value else "false"


def _print_bytes(value: bytes) -> str:
    return f'"{b64encode(value).decode()}"'


def _print_double(number: float) -> str:
    if math.isfinite(number):
        return repr(number)
    return '"NaN"' if math.isnan(number) else '"Infinity"' if number > 0 else '"-Infinity"'


def _print_float(number: float) -> str:
    """With as many digits as 32 bits have: 17.25, 0.1."""
    if math.isfinite(number):
        for digits in (6, 7, 8):
            shown = float(f"{number:.{digits}g}")
            if abs(shown) <= MAX_FLOAT and struct.unpack("f", struct.pack("f", shown)) == (number,):
                return repr(shown)
        return repr(float(f"{number:.9g}"))
    return _print_double(number)


# The types that messages here have. 64-bit integers are texts, for JavaScript knows only 53 bits of a number.
_PRINTERS: dict[int, Printer] = {
    FieldDescriptor.TYPE_STRING: quote,
    FieldDescriptor.TYPE_BYTES: _print_bytes,
    FieldDescriptor.TYPE_BOOL: _print_flag,
    FieldDescriptor.TYPE_INT32: str,
    FieldDescriptor.TYPE_UINT32: str,
    FieldDescriptor.TYPE_INT64: _print_wide,
    FieldDescriptor.TYPE_UINT64: _print_wide,
    FieldDescriptor.TYPE_DOUBLE: _print_double,
    FieldDescriptor.TYPE_FLOAT: _print_float,
}
