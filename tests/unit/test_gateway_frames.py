"""Frames built by hand are what the libraries would have made."""

import pytest
from websockets.frames import Frame, Opcode

from gateway.frames import frame, frames_with_seq, without_first, wrap_feed_message
from proto.chatmessage_pb2 import EVENT, chatmessage
from proto.event_pb2 import GOLF, event


def plain(texts: list[str], first_seq: int) -> bytes:
    """What protobuf and websockets make of these."""
    return b"".join(
        Frame(Opcode.BINARY, chatmessage(mtype=EVENT, eventmsg=golf(text), seq=seq).SerializeToString()).serialize(
            mask=False
        )
        for seq, text in enumerate(texts, first_seq)
    )


def golf(text: str) -> event:
    """A feed message."""
    return event(sport=GOLF, match_title="open", data_event=text)


@pytest.mark.parametrize("first_seq", [1, 100, 127, 128, 129, 16_383, 16_384, 70_000_000, 2**62])
@pytest.mark.parametrize("count", [1, 2, 128, 300])
def test_feed_frames_are_what_the_library_would_write(count: int, first_seq: int) -> None:
    """Whatever the sequence, the number of messages, and their sizes, around every change of the header's form."""
    sizes = [0, 90, 93, 94, 95, 96, 97, 98, 99, 100, 107, 108, 980, 1000, 1010, 65_480, 65_520, 65_530, 70_000]
    texts = ["x" * sizes[number % len(sizes)] for number in range(count)]
    messages = [golf(text).SerializeToString() for text in texts]
    bodies = [wrap_feed_message(EVENT, chatmessage.EVENTMSG_FIELD_NUMBER, message) for message in messages]
    assert frames_with_seq(bodies, first_seq) == plain(texts, first_seq)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_a_frame_is_what_the_library_would_write(size: int) -> None:
    """A message as it is."""
    assert frame(b"x" * size) == Frame(Opcode.BINARY, b"x" * size).serialize(mask=False)


@pytest.mark.parametrize("count", range(5))
def test_the_first_frames_can_be_left_out(count: int) -> None:
    """Whichever form their headers have."""
    frames = [frame(b"x" * size) for size in (0, 125, 126, 65_536)]
    assert without_first(b"".join(frames), count) == b"".join(frames[count:])
