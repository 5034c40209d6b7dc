"""Chatmessages out of JSON, by protobuf's standard mapping, in time that grows with the text's length only.

The library's own parser takes seconds for a frame full of small messages, and raises many things. Here a function is
put together for each type of message once, from its descriptor. Fields that a type does not have are passed over, as
they are in protobuf. Everything that is wrong is a ChatJsonError, whose text says what.
"""

import json
import math
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Collection
from functools import cache, partial
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from gateway.encoding.printing import MAX_FLOAT
from proto.chatmessage_pb2 import chatmessage

MAX_DEPTH = 32
"""How deep messages may lie in messages; what clients send has two levels."""

Reader = Callable[[Any], Any]
Filler = Callable[[Message, dict[str, Any], int], None]

_WHOLE = re.compile(r"-?[0-9]{1,20}", re.ASCII)
_REAL = re.compile(r"-?[0-9]{1,400}(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,4})?", re.ASCII)
_ODD_REALS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class ChatJsonError(ValueError):
    """This text is no chatmessage; the message says why, for a person."""


def parse_message(text: str, ignored: Collection[str] = ()) -> chatmessage:
    """The chatmessage in a text; fields with `ignored` names are not looked at. Raises ChatJsonError."""
    data = _load(text)
    if not isinstance(data, dict):
        raise ChatJsonError("a JSON object is expected")
    for name in ignored:
        field = chatmessage.DESCRIPTOR.fields_by_name[name]
        data.pop(name, None)
        data.pop(field.json_name, None)
    message = chatmessage()
    _filler(chatmessage.DESCRIPTOR)(message, data, 1)
    return message


def _load(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_take_pairs, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise ChatJsonError(f"not JSON: {error.msg.removesuffix(' at')} at character {error.pos + 1}") from None
    except RecursionError:
        raise ChatJsonError("nested too deeply") from None
    except ChatJsonError:
        raise
    except ValueError:
        # An integer of more digits than Python reads.
        raise ChatJsonError("a number has too many digits") from None


def _take_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise ChatJsonError(f"{_show(name)} stands there twice")
            seen.add(name)
    return found


def _refuse_constant(name: str) -> Any:
    raise ChatJsonError(f"not JSON: {name} must be in quotes")


@cache
def _filler(kind: Descriptor) -> Filler:
    """What fills messages of one type."""
    names = {name: field for field in kind.fields for name in (field.name, field.json_name)}
    # Found when needed: a type may hold itself.
    setters: dict[int, Filler | Callable[..., None]] = {}
    required = [field for field in kind.fields if field.is_required]

    def fill(message: Message, data: dict[str, Any], depth: int) -> None:
        if depth > MAX_DEPTH:
            raise ChatJsonError("nested too deeply")
        seen = set()
        for name, value in data.items():
            field = names.get(name)
            if field is None or value is None:
                continue
            if field.number in seen:
                raise ChatJsonError(f"{_show(name)} stands there twice, under two names")
            seen.add(field.number)
            setter = setters.get(field.number)
            if setter is None:
                setter = setters[field.number] = _setter(field)
            try:
                setter(message, value, depth)
            except ChatJsonError:
                raise
            except (ValueError, TypeError):
                raise ChatJsonError(f"{_show(name)} must be {_expected(field)}") from None
        for field in required:
            if field.number not in seen:
                raise ChatJsonError(f"{_show(field.json_name)} is missing")

    return fill


def _setter(field: FieldDescriptor) -> Callable[[Message, Any, int], None]:
    """What sets one field; raises ValueError or TypeError for a value that it cannot have."""
    name = field.name
    if field.message_type is not None:
        return partial(_set_messages if field.is_repeated else _set_message, name, _filler(field.message_type))
    reader = _reader(field)
    if field.is_repeated:
        return lambda message, value, depth: getattr(message, name).extend([reader(each) for each in _list(value)])
    return lambda message, value, depth: setattr(message, name, reader(value))


def _set_message(name: str, fill: Filler, message: Message, value: Any, depth: int) -> None:
    part = getattr(message, name)
    part.SetInParent()
    fill(part, _object(value), depth + 1)


def _set_messages(name: str, fill: Filler, message: Message, value: Any, depth: int) -> None:
    parts = getattr(message, name)
    for each in _list(value):
        fill(parts.add(), _object(each), depth + 1)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError
    return value


def _reader(field: FieldDescriptor) -> Reader:
    if field.enum_type is not None:
        return partial(_read_enum, {name: value.number for name, value in field.enum_type.values_by_name.items()})
    return _READERS[field.type]


def _read_enum(numbers: dict[str, int], value: Any) -> int:
    number = numbers.get(value) if isinstance(value, str) else None
    if number is None:
        number = _read_whole(value)
    if number not in numbers.values():
        raise ValueError
    return number


def _read_text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    # Raises UnicodeEncodeError, a ValueError, for half of a surrogate pair.
    value.encode()
    return value


def _read_flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _read_bytes(value: Any) -> bytes:
    data = _read_text(value).encode("ascii")
    return urlsafe_b64decode(data + b"=" * (-len(data) % 4))


def _read_whole(value: Any) -> int:
    if isinstance(value, str):
        if not _WHOLE.fullmatch(value):
            raise ValueError
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if type(value) is not int:
        raise TypeError
    return value


def _read_real(value: Any) -> float:
    if isinstance(value, str):
        if value in _ODD_REALS:
            return _ODD_REALS[value]
        if not _REAL.fullmatch(value):
            raise ValueError
    elif type(value) not in (int, float):
        raise TypeError
    try:
        number = float(value)
    except OverflowError:
        raise ValueError from None
    if math.isinf(number):
        raise ValueError
    return number


def _read_short_real(value: Any) -> float:
    number = _read_real(value)
    if math.isfinite(number) and abs(number) > MAX_FLOAT:
        raise ValueError
    return number


def _show(name: str) -> str:
    """A name in a reason, which has little space."""
    shown = name if len(name) <= 32 else name[:32] + "…"
    return f"`{shown}`"


def _expected(field: FieldDescriptor) -> str:
    if field.is_repeated:
        return "a list of messages" if field.message_type is not None else "a list"
    if field.message_type is not None:
        return "an object"
    if field.enum_type is not None:
        return f"a name of {field.enum_type.name}"
    return _EXPECTED[field.type]


_READERS: dict[int, Reader] = {
    FieldDescriptor.TYPE_STRING: _read_text,
    FieldDescriptor.TYPE_BYTES: _read_bytes,
    FieldDescriptor.TYPE_BOOL: _read_flag,
    FieldDescriptor.TYPE_INT32: _read_whole,
    FieldDescriptor.TYPE_UINT32: _read_whole,
    FieldDescriptor.TYPE_INT64: _read_whole,
    FieldDescriptor.TYPE_UINT64: _read_whole,
    FieldDescriptor.TYPE_DOUBLE: _read_real,
    FieldDescriptor.TYPE_FLOAT: _read_short_real,
}
_EXPECTED: dict[int, str] = {
    FieldDescriptor.TYPE_STRING: "a text of whole characters",
    FieldDescriptor.TYPE_BYTES: "a text in base64",
    FieldDescriptor.TYPE_BOOL: "true or false",
    FieldDescriptor.TYPE_INT32: "a whole number of 32 bits",
    FieldDescriptor.TYPE_UINT32: "a whole number of 32 bits that is not negative",
    FieldDescriptor.TYPE_INT64: "a whole number of 64 bits",
    FieldDescriptor.TYPE_UINT64: "a whole number of 64 bits that is not negative",
    FieldDescriptor.TYPE_DOUBLE: "a number",
    FieldDescriptor.TYPE_FLOAT: "a number of 32 bits",
}
