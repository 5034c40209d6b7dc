"""What the members of a room should get, byte for byte, and the check that it is right.

Members of a room get the same bytes, so each frame is examined once, when the first member gets it; what the others get
is compared with that, which costs next to nothing. Rooms that must get the same (the same filter, the same sequence at
the start) share a reference too. Only the server's pings differ from member to member; they are taken out.
"""

import json
from typing import Any

from bench.errors import CutOffError, ReceivedError
from bench.form import TITLES, Form
from bench.json_payload import JSON_FORM
from bench.payload import EVENT_FORM, data_event, title
from clientsim.frames import CLOSE, PING, TEXT
from proto import tags
from proto.chatmessage_pb2 import COMMENT, EVENT, FEED, chatmessage

CLOSE_SLOW = 4008
KEPT_BYTES = 8 * 1024 * 1024
BINARY = 0x82
EVENT_AT = 4
"""Where a feed message is in its chatmessage: after mtype and, at this length, two bytes of tag and size."""
_FINAL = 0x80
_MESSAGES = (BINARY, _FINAL | TEXT)
_BRACE = ord("{")


class Reference:
    """The bytes after a sequence. `offset` counts them from the beginning, whether or not they are still kept.

    `step` is how much the numbers of the feed's messages rise from one to the next; 0 if that is not always the same.
    Every `sample_every`th feed message or comment leaves a mark: where it ends and when it was sent.
    """

    def __init__(self, seq: int, step: int, sample_every: int) -> None:
        # The last message: its sequence, and the number that the feed gave it.
        self.seq = seq
        self.number: int | None = None
        # How many bytes and messages there have been in all.
        self.end = 0
        self.messages = 0
        # The marks: offsets, and Unix times in nanoseconds.
        self.mark_ends: list[int] = []
        self.mark_times: list[int] = []
        self._step = step
        self._sample_every = sample_every
        # The bytes that are still kept, and the offset of the first one.
        self._start = 0
        self._data = bytearray()

    def matches(self, offset: int, chunk: bytes) -> bool:
        """Whether these bytes are known to be at `offset`."""
        return self._data.startswith(chunk, offset - self._start)

    def common(self, offset: int, chunk: bytes) -> int:
        """How many bytes at the start of `chunk` are those at `offset`."""
        start = offset - self._start
        if self._data[start : start + len(chunk)] == chunk[: len(self._data) - start]:
            return min(len(chunk), len(self._data) - start)
        low, high = 0, len(chunk)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._data.startswith(chunk[:middle], start) else (low, middle)
        return low

    def extend(self, frames: bytes) -> None:
        """Check whole frames that no member got before, and append them; raises ReceivedError."""
        place, end = 0, len(frames)
        while place < end:
            start, stop = frame_bounds(frames, place, end)
            self._check(frames, start, stop)
            place = stop
        self._data += frames
        self.end += end

    def forget(self, offset: int) -> None:
        """Nobody needs the bytes before `offset` any more."""
        if offset - self._start > KEPT_BYTES:
            del self._data[: offset - self._start]
            self._start = offset

    def _check(self, frames: bytes, start: int, stop: int) -> None:
        kind = frames[start + 1] if frames[start] == tags.MTYPE else 0
        if frames[start] == _BRACE:
            seq, sent = self._check_json(json.loads(frames[start:stop]))
        elif kind == EVENT:
            seq, sent = self._check_message(frames, start + EVENT_AT, EVENT_FORM, stop)
        elif kind == FEED:
            seq, sent = self._check_message(frames, _row_end(frames, start) - JSON_FORM.size, JSON_FORM, stop)
        else:
            seq, sent = read_other(frames[start:stop])
        if seq != self.seq + 1:
            raise ReceivedError(f"sequence {seq} came after {self.seq}")
        self.seq = seq
        self.messages += 1
        if sent and self.messages % self._sample_every == 0:
            self.mark_ends.append(self.end + stop)
            self.mark_times.append(sent)

    def _check_message(self, frames: bytes, at: int, form: Form, stop: int) -> tuple[int, int]:
        """Sequence and time of a message of the feed, which is there but for its first byte; 0 if it is no sample."""
        tail = at + form.size
        if frames[tail] != tags.SEQ:
            raise ReceivedError(f"no sequence behind {frames[at:stop]!r}")
        number = int(frames[at + form.number.start : at + form.number.stop])
        head = form.heads[number % TITLES]
        if not frames.startswith(head[1:], at + 1) or not frames.startswith(form.tail, at + form.time.stop):
            raise ReceivedError(f"the feed's message {number} is {frames[at:tail]!r}")
        self._follow(number)
        seq = shift = 0
        for byte in frames[tail + 1 : stop]:
            seq |= (byte & 0x7F) << shift
            shift += 7
        if (self.messages + 1) % self._sample_every:
            return seq, 0
        return seq, int(frames[at + form.time.start : at + form.time.stop])

    def _check_json(self, message: dict[str, Any]) -> tuple[int, int]:
        """The same of a message in JSON."""
        seq = int(message["seq"])
        if message["mtype"] != "EVENT":
            return seq, 0
        row = message["eventmsg"]
        number, time_ns = (int(digits) for digits in row["dataEvent"].split()[:2])
        if row != {"sport": "BASEBALL", "matchTitle": title(number), "dataEvent": data_event(number, time_ns)}:
            raise ReceivedError(f"the feed's message {number} is {row}")
        self._follow(number)
        return seq, 0 if (self.messages + 1) % self._sample_every else time_ns

    def _follow(self, number: int) -> None:
        previous, self.number = self.number, number
        if previous is not None and (number != previous + self._step if self._step else number <= previous):
            raise ReceivedError(f"the feed's message {number} came after {previous}")


def _row_end(frames: bytes, start: int) -> int:
    """Where the row ends of the FEED that starts there: after mtype, a tag of two bytes, and the feed's name.

    Its size has two bytes, as all from 128 to 16,383.
    """
    size_at = start + 5 + frames[start + 4] + 2
    return size_at + 2 + (frames[size_at] & 0x7F | frames[size_at + 1] << 7)


def frame_bounds(data: bytes, place: int, end: int) -> tuple[int, int]:
    """Where the payload of the frame at `place` starts and stops; (end, end + 1) while that is not known."""
    if end - place < 2:
        return end, end + 1
    size, start = data[place + 1], place + 2
    if size == 126:
        size, start = int.from_bytes(data[start : start + 2], "big"), start + 2
    elif size == 127:
        size, start = int.from_bytes(data[start : start + 8], "big"), start + 8
    return (start, start + size) if start <= end else (end, end + 1)


def split(data: bytes) -> tuple[bytes, bytes, list[bytes]]:
    """Whole frames of messages, the incomplete rest, and the payloads of the pings between them.

    Raises ReceivedError at any other frame, such as a close.
    """
    place, end = 0, len(data)
    kept: list[bytes] = []
    pings: list[bytes] = []
    since = 0
    while place < end:
        start, stop = frame_bounds(data, place, end)
        if stop > end:
            break
        if data[place] not in _MESSAGES:
            kept.append(data[since:place])
            pings.append(take_control(data[place], data[start:stop]))
            since = stop
        place = stop
    return b"".join((*kept, data[since:place])), data[place:], pings


def take_control(first: int, content: bytes) -> bytes:
    """The payload of a ping; raises ReceivedError for any other control frame."""
    if first == _FINAL | PING:
        return content
    if first == _FINAL | CLOSE:
        code, reason = int.from_bytes(content[:2], "big"), content[2:].decode(errors="replace")
        if code == CLOSE_SLOW:
            raise CutOffError(reason)
        raise ReceivedError(f"the connection was closed with {code}: {reason}")
    raise ReceivedError(f"a frame starts with byte {first:#04x}")


def read_other(content: bytes) -> tuple[int, int]:
    """The sequence and, for a comment, when it was sent: it begins with Unix time in nanoseconds."""
    message = chatmessage.FromString(content)
    return message.seq, int(message.comment.split()[0]) if message.mtype == COMMENT else 0
