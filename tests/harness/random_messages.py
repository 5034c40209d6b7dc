"""Chatmessages with random fields of every kind."""

import math
import random
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from proto.chatmessage_pb2 import chatmessage

TEXTS = (
    "",
    "a",
    "zoë",
    'say "hi"',
    "back\\slash",
    "tab\tline\nend\r",
    "\0\x01\x1f\x7f",
    "💬 ﷽ \u2028\u2029\ufeff",
    "</script>",
)
REALS = (0.0, -0.0, 0.1, 17.25, 1e-7, 1e16, 123456789.0, 3.4e38, 1.1754944e-38, math.nan, math.inf, -math.inf)
FLOAT, DOUBLE = FieldDescriptor.TYPE_FLOAT, FieldDescriptor.TYPE_DOUBLE
BITS = {
    FieldDescriptor.TYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.TYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.TYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.TYPE_UINT64: (0, 2**64 - 1),
}


def random_message(draw: random.Random, share: float = 0.4) -> chatmessage:
    """One in which each field that need not be there is with this probability; it is sound."""
    message = chatmessage()
    _fill(message, draw, share, depth=3)
    return message


def _fill(message: Message, draw: random.Random, share: float, depth: int) -> None:
    for field in message.DESCRIPTOR.fields:
        if not field.is_required and draw.random() > share:
            continue
        if field.message_type is not None and depth == 0:
            continue
        if field.is_repeated:
            for _ in range(draw.randrange(4)):
                if field.message_type is not None:
                    _fill(getattr(message, field.name).add(), draw, share, depth - 1)
                else:
                    getattr(message, field.name).append(_value(field, draw))
        elif field.message_type is not None:
            getattr(message, field.name).SetInParent()
            _fill(getattr(message, field.name), draw, share, depth - 1)
        else:
            setattr(message, field.name, _value(field, draw))


def _value(field: Any, draw: random.Random) -> object:
    if field.enum_type is not None:
        return draw.choice([value.number for value in field.enum_type.values])
    if field.type in BITS:
        low, high = BITS[field.type]
        return draw.choice((0, 1, low, high, 2**53 + 1 if high > 2**53 else 7, draw.randint(low, high)))
    if field.type in (FLOAT, DOUBLE):
        return draw.choice((*REALS, draw.uniform(-1e6, 1e6), draw.random() * 10.0 ** draw.randint(-37, 37)))
    if field.type == FieldDescriptor.TYPE_BOOL:
        return draw.random() < 0.5
    if field.type == FieldDescriptor.TYPE_BYTES:
        return draw.randbytes(draw.randrange(9))
    assert field.type == FieldDescriptor.TYPE_STRING
    return draw.choice((*TEXTS, "".join(chr(draw.choice((draw.randrange(128), 0x1F4AC))) for _ in range(9))))
