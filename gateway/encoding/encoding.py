"""What differs between clients that speak protobuf and clients that speak JSON, and nothing else does."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from itertools import chain

from gateway.closing import Closing
from gateway.selection import Selection
from proto.chatmessage_pb2 import chatmessage


class Encoding(ABC):
    """How messages travel on a connection. There is one object of each kind; all of its clients get the same bytes.

    Messages come as protobuf, as Postgres has them. What is too large for a frame is replaced by a word of it. No
    method that makes frames raises anything, whatever the bytes are: there are others in the room.
    """

    takes_rows = True
    """Whether rows of feeds that were added may be sent, and what else the original's clients cannot parse."""

    def __init__(self, common: "Encoding | None" = None) -> None:
        """`common` makes the same frames as this one of everything but rows of feeds that were added."""
        self.common = common or self

    @abstractmethod
    def encode(self, message: bytes) -> bytes:
        """What a frame would hold of a message, however large that is."""

    @abstractmethod
    def frame(self, message: bytes) -> bytes:
        """A message as one frame."""

    @abstractmethod
    def rows(self, bodies: Sequence[bytes], first_seq: int) -> bytes:
        """Feed messages, wrapped (gateway/frames.py), with their sequences: one frame for each, joined."""

    def selected(self, selections: Sequence[Selection], first_seq: int) -> bytes:
        """Feed messages that were selected of others, likewise."""
        return self.rows([*chain.from_iterable(each.bodies() for each in selections)], first_seq)

    @abstractmethod
    def without_known(self, frames: bytes, last_seq: int) -> bytes:
        """Joined frames of a room's messages without the first of them, up to this sequence."""

    @abstractmethod
    def read(self, data: str | bytes, ignored: Collection[str]) -> chatmessage | Closing:
        """The message in a client's frame, or why the connection is closed; `ignored` fields need not be sound."""
