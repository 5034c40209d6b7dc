"""What a member gets that nobody else gets: recorded as it arrives, and checked in large pieces by numpy.

To examine each frame in Python costs 2 µs, more than the whole service takes for it; here it is a tenth of that.
"""

from array import array
from typing import Any

import numpy as np

from bench.errors import ReceivedError
from bench.form import TIME_DIGITS
from bench.payload import EVENT_FORM, TITLE_NUMBER
from bench.reference import BINARY, EVENT_AT, frame_bounds, read_other, take_control
from proto import tags
from proto.chatmessage_pb2 import EVENT

Array = Any
"""A numpy array; numpy's types are not installed everywhere that types are checked."""
CHECKED_BYTES = 64 * 1024
"""How much is recorded before it is checked."""
_HEADER_BYTES = 2
_EVENT = slice(_HEADER_BYTES + EVENT_AT, _HEADER_BYTES + EVENT_AT + EVENT_FORM.size)


def _in_frame(place: slice) -> slice:
    """Where a part of the feed message is in its frame."""
    return slice(_EVENT.start + place.start, _EVENT.start + place.stop)


_TITLE, _NUMBER, _TIME = _in_frame(TITLE_NUMBER), _in_frame(EVENT_FORM.number), _in_frame(EVENT_FORM.time)
_NUMBERS_TITLE = slice(_NUMBER.stop - (_TITLE.stop - _TITLE.start), _NUMBER.stop)
"""The digits of a number that its title has too: there are a thousand titles."""
_TIME_WEIGHTS: Array = 10 ** np.arange(TIME_DIGITS - 1, -1, -1, dtype=np.int64)


class Tape:
    """The bytes after a sequence. Every `sample_every`th feed message yields a latency.

    Feed messages must have consecutive sequences, rising numbers, and the title that belongs to the number.
    """

    def __init__(self, seq: int, sample_every: int) -> None:
        # The last sequence that was checked, and when the last bytes that were checked arrived.
        self.seq = seq
        self.last_at = 0
        self._sample_every = sample_every
        self._messages = 0
        # The digits of the last one's number.
        self._number = b""
        # Bytes that are not checked yet, and for each chunk of them its end and its time.
        self._data = bytearray()
        self._ends = array("q")
        self._times = array("q")

    def add(self, chunk: bytes, now: int) -> bool:
        """Record what arrived at a time in nanoseconds; returns whether there is enough to check."""
        self._data += chunk
        self._ends.append(len(self._data))
        self._times.append(now)
        return len(self._data) >= CHECKED_BYTES

    def check(self) -> tuple[bytes, list[bytes]]:
        """Check what was recorded: its latencies (native 64-bit nanoseconds) and pings. Raises ReceivedError."""
        data, latencies, pings = bytes(self._data), b"", []
        place, end = 0, len(data)
        while place < end:
            start, stop = frame_bounds(data, place, end)
            if stop > end:
                break
            frames = _equal_frames(data, place, stop - place)
            if len(frames):
                latencies += self._check_events(frames, place)
                place += frames.size
                continue
            if data[place] == BINARY:
                self._follow(read_other(data[start:stop])[0])
            else:
                pings.append(take_control(data[place], data[start:stop]))
            place = stop
        self._drop(place)
        return latencies, pings

    def _check_events(self, frames: Array, place: int) -> bytes:
        count = len(frames)
        # All have as many digits, so they rise as their numbers do.
        numbers = _strings(frames, _NUMBER)
        seqs: Array = np.zeros(count, np.int64)
        for shift, digits in enumerate(frames[:, _EVENT.stop + 1 :].T):
            seqs |= (digits & 0x7F).astype(np.int64) << 7 * shift
        if not (frames[:, _EVENT.stop] == tags.SEQ).all() or (np.diff(seqs) != 1).any():
            raise ReceivedError(f"sequences do not follow each other after {self.seq}: {seqs[:20]}")
        is_rising = numbers[0] > self._number and (numbers[1:] > numbers[:-1]).all()
        if not is_rising or (_strings(frames, _TITLE) != _strings(frames, _NUMBERS_TITLE)).any():
            raise ReceivedError(f"other messages of the feed after {self._number!r} than could be: {numbers[:20]}")
        self._follow(int(seqs[0]))
        self.seq, self._number = int(seqs[-1]), numbers[-1]
        chosen = slice(-self._messages % self._sample_every, None, self._sample_every)
        self._messages += count
        ends = place + frames.shape[1] * np.arange(1, count + 1)[chosen]
        came = np.frombuffer(self._times, np.int64)[np.searchsorted(np.frombuffer(self._ends, np.int64), ends)]
        return bytes((came - _times(frames[chosen])).tobytes())

    def _follow(self, seq: int) -> None:
        if seq != self.seq + 1:
            raise ReceivedError(f"sequence {seq} came after {self.seq}")
        self.seq = seq

    def _drop(self, place: int) -> None:
        """Keep what is not a whole frame yet, with the time at which it arrived."""
        if self._times:
            self.last_at = self._times[-1]
        del self._data[:place]
        self._times = self._times[-1:] if self._data else array("q")
        self._ends = array("q", [len(self._data)] * len(self._times))


def _equal_frames(data: bytes, place: int, size: int) -> Array:
    """The feed messages from a place on whose frames are as large as the first, one per row; none if that is none."""
    count = (len(data) - place) // size
    frames = np.frombuffer(data, np.uint8, count * size, place).reshape(count, size)
    if size <= _EVENT.stop + 1:
        return frames[:0]
    head = bytes((BINARY, size - _HEADER_BYTES, tags.MTYPE, EVENT))
    is_equal = _strings(frames, slice(0, len(head))) == head
    return frames if is_equal.all() else frames[: is_equal.argmin()]


def _strings(frames: Array, place: slice) -> Array:
    """The same bytes of each frame, not copied. As strings of numpy they must not end with a zero byte."""
    size = place.stop - place.start
    return np.ndarray(len(frames), f"S{size}", frames.reshape(-1), place.start, frames.strides[:1])


def _times(frames: Array) -> Array:
    """When each was sent."""
    return (frames[:, _TIME] - np.uint8(ord("0"))).astype(np.int64) @ _TIME_WEIGHTS
