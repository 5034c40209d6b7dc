"""Protobuf in binary frames: for clients of the original, and for those that know all that came since."""

from collections.abc import Collection, Sequence

from google.protobuf.message import DecodeError

from gateway import closing, frames
from gateway.closing import Closing
from gateway.encoding.encoding import Encoding
from gateway.selection import Selection
from proto.chatmessage_pb2 import chatmessage


class ProtoEncoding(Encoding):
    """Messages as Postgres has them."""

    def encode(self, message: bytes) -> bytes:
        """The message."""
        return message

    def frame(self, message: bytes) -> bytes:
        """A message as one frame."""
        return frames.frame(message)

    def rows(self, bodies: Sequence[bytes], first_seq: int) -> bytes:
        """Feed messages with their sequences."""
        return frames.frames_with_seq(bodies, first_seq)

    def selected(self, selections: Sequence[Selection], first_seq: int) -> bytes:
        """Feed messages that were selected of others, with their sequences."""
        if len(selections) == 1:
            return frames.join_headed(selections[0].headed, selections[0].count, first_seq)
        joined: list[bytes] = []
        for selection in selections:
            joined.append(frames.join_headed(selection.headed, selection.count, first_seq))
            first_seq += selection.count
        return b"".join(joined)

    def without_known(self, joined: bytes, last_seq: int) -> bytes:
        """Joined frames without those up to this sequence."""
        return frames.without_known(joined, last_seq)

    def read(self, data: str | bytes, ignored: Collection[str]) -> chatmessage | Closing:
        """The message in a binary frame; protobuf hands over text that is no UTF-8 as bytes."""
        if isinstance(data, str):
            return closing.BINARY_ONLY
        try:
            message = chatmessage.FromString(data)
            for name in ignored:
                message.ClearField(name)
            parts = (message, *message.filters)
            is_text = not any(isinstance(value, bytes) for part in parts for _, value in part.ListFields())
        except (DecodeError, UnicodeDecodeError):
            return closing.NOT_PROTOBUF
        return message if message.IsInitialized() and is_text else closing.NOT_PROTOBUF


class OriginalEncoding(ProtoEncoding):
    """The same without rows of feeds that were added: their type of message is one that the original's enum lacks."""

    takes_rows = False

    def rows(self, bodies: Sequence[bytes], first_seq: int) -> bytes:
        """Feed messages with their sequences, where gaps are then."""
        return frames.without_rows(super().rows(bodies, first_seq))

    def selected(self, selections: Sequence[Selection], first_seq: int) -> bytes:
        """Feed messages that were selected of others, likewise."""
        return frames.without_rows(super().selected(selections, first_seq))


PROTO = ProtoEncoding()
ORIGINAL = OriginalEncoding(common=PROTO)
