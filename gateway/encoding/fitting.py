"""What becomes of a message whose JSON is too large for a frame, though it was not in protobuf."""

from collections.abc import Callable, Iterator
from typing import Any

from gateway.encoding.printing import print_message, quote
from gateway.omission import stand_in
from proto.chatmessage_pb2 import ROOM_STATUS, chatmessage
from proto.sizes import MAX_SENT_BYTES


def fit(message: chatmessage, size: int) -> chatmessage:
    """What is sent in place of a message whose JSON takes `size` bytes.

    The lists of a ROOM_STATUS name fewer, since clients wait for it: fewer users, of the last rooms first, then the
    newest feeds and filters less, then rooms. Anything else is left out with a word.
    """
    excess = size - MAX_SENT_BYTES
    if message.mtype == ROOM_STATUS:
        for items, measure in _lists(message):
            while excess > 0 and items:
                # With the comma before it.
                excess -= len(measure(items.pop()).encode()) + 1
    return message if excess <= 0 else stand_in(message, size)


def _lists(message: chatmessage) -> Iterator[tuple[Any, Callable[[Any], str]]]:
    """What can be shortened, and how an item of it looks."""
    for room in reversed(message.rooms):
        yield room.currusers, quote
    yield message.feeds, print_message
    yield message.filters, print_message
    yield message.rooms, print_message
