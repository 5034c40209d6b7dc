"""JSON in text frames."""

import json
from collections.abc import Collection, Sequence

from google.protobuf.message import DecodeError

from gateway import closing, omission
from gateway.closing import Closing
from gateway.encoding.encoding import Encoding
from gateway.encoding.fitting import fit
from gateway.encoding.parsing import ChatJsonError, parse_message
from gateway.encoding.printing import print_body, print_message
from gateway.errors import note_fault
from gateway.frames import TEXT, frame_header, message_at
from proto.chatmessage_pb2 import chatmessage
from proto.sizes import MAX_SENT_BYTES

MAX_TAIL_BYTES = len(b',"seq":"18446744073709551615"}')
"""What is put behind a feed message at most."""


class JsonEncoding(Encoding):
    """Messages by protobuf's standard mapping. In feed messages `seq` comes last, as in protobuf."""

    def encode(self, message: bytes) -> bytes:
        """The message as JSON."""
        return print_message(_decode(message)).encode()

    def frame(self, message: bytes) -> bytes:
        """A message as one frame; what is said in its place if it is too large may be shorter lists."""
        whole = _decode(message)
        text = print_message(whole).encode()
        if len(text) > MAX_SENT_BYTES:
            text = print_message(fit(whole, len(text))).encode()
        return frame_header(len(text), TEXT) + text

    def rows(self, bodies: Sequence[bytes], first_seq: int) -> bytes:
        """Feed messages with their sequences behind them."""
        pieces: list[bytes] = []
        for seq, body in enumerate(bodies, first_seq):
            head, tail = _print_row(body), b',"seq":"%d"}' % seq
            pieces += (frame_header(len(head) + len(tail), TEXT), head, tail)
        return b"".join(pieces)

    def without_known(self, frames: bytes, last_seq: int) -> bytes:
        """Joined frames without those up to this sequence."""
        place = 0
        while place < len(frames):
            start, end = message_at(frames, place)
            if int(json.loads(frames[start:end]).get("seq", 0)) > last_seq:
                break
            place = end
        return frames[place:]

    def read(self, data: str | bytes, ignored: Collection[str]) -> chatmessage | Closing:
        """The message in a text frame."""
        if isinstance(data, bytes):
            return closing.TEXT_ONLY
        try:
            return parse_message(data, ignored)
        except ChatJsonError as error:
            return closing.not_json(str(error))


def _decode(message: bytes) -> chatmessage:
    try:
        return chatmessage.FromString(message)
    except DecodeError as error:
        note_fault("a message that is no chatmessage", error)
        return omission.unreadable()


def _print_row(body: bytes) -> bytes:
    try:
        head = print_body(body)
    except DecodeError as error:
        note_fault("a feed message that is no chatmessage", error)
        head = print_message(omission.unreadable())[:-1].encode()
    if len(head) + MAX_TAIL_BYTES > MAX_SENT_BYTES:
        head = print_body(omission.omit_feed_message(len(head)))
    return head


JSON = JsonEncoding()
