"""Frames built by hand are what the libraries would have made."""

import pytest
from websockets.frames import Frame, Opcode

from gateway.frames import frame, frames_with_seq, without_known, without_rows, wrap_feed_message
from harness.receiver import added_row, feed_row
from proto.chatmessage_pb2 import COMMENT, EVENT, chatmessage
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


@pytest.mark.parametrize("last_seq", range(6))
def test_frames_that_are_known_can_be_left_out(last_seq: int) -> None:
    """By their sequences, of which some may be missing, whichever form the headers have."""
    seqs = (2, 3, 5, 6)
    frames = [
        frame(chatmessage(mtype=COMMENT, comment="x" * size, seq=seq, reason="y").SerializeToString())
        for seq, size in zip(seqs, (0, 125, 126, 65_536), strict=True)
    ]
    known = sum(seq <= last_seq for seq in seqs)
    assert without_known(b"".join(frames), last_seq) == b"".join(frames[known:])


@pytest.mark.parametrize("places", [(), (0,), (3,), (1, 2), (0, 2), (0, 1, 2, 3)])
def test_rows_of_added_feeds_can_be_left_out(places: tuple[int, ...]) -> None:
    """Wherever they stand among the others, which keep their bytes."""
    sizes = (1, 200, 70_000, 10)
    bodies = [(added_row if place in places else feed_row)("x" * size) for place, size in enumerate(sizes)]
    frames = [frames_with_seq([body], 127 + place) for place, body in enumerate(bodies)]
    rest = b"".join(each for place, each in enumerate(frames) if place not in places)
    assert without_rows(b"".join(frames)) == rest


def test_a_row_of_an_added_feed_is_wrapped_as_the_library_would() -> None:
    """In front of its sequence, for which clients look behind it."""
    body = added_row("{}") + b"\x60\x07"
    assert chatmessage.FromString(body) == chatmessage(mtype="FEED", feed="weather", row="{}", seq=7)
