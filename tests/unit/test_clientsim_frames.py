"""Frames are cut out of any chunking of the stream, and `seq` is read only where it certainly is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from clientsim.frames import BINARY, PING, FrameReader, UnknownFrameError, feed_seq
from proto import chatmessage_pb2, tags
from proto.chatmessage_pb2 import chatmessage
from proto.event_pb2 import event
from proto.execution_pb2 import execution

TRADE = execution(symbol="s", market="m", price=1, quantity=1, executionEpoch=1, stateSymbol="PA")


def served(payload: bytes, opcode: Opcode = Opcode.BINARY) -> bytes:
    return Frame(opcode, payload).serialize(mask=False)


def match(title: str, report: str = "x") -> event:
    return event(sport="GOLF", match_title=title, data_event=report)


@given(st.lists(st.binary(max_size=300), max_size=8), st.integers(1, 50))
def test_frames_come_out_whatever_the_chunks(payloads: list[bytes], chunk: int) -> None:
    """Each once, in order, none early."""
    stream = b"".join(map(served, payloads))
    reader = FrameReader()
    frames = [frame for at in range(0, len(stream), chunk) for frame in reader.take(stream[at : at + chunk])]
    assert frames == [(BINARY, payload) for payload in payloads]


@pytest.mark.parametrize("size", [0, 125, 126, 127, 65535, 65536, 2**20])
def test_every_length_encoding_is_read(size: int) -> None:
    """7, 16 and 64 bits, with a ping behind."""
    stream = served(b"x" * size) + served(b"p", Opcode.PING)
    assert FrameReader().take(stream) == [(BINARY, b"x" * size), (PING, b"p")]


@pytest.mark.parametrize(
    "stream",
    [
        Frame(Opcode.BINARY, b"x" * 10).serialize(mask=True),
        Frame(Opcode.BINARY, b"x" * 300).serialize(mask=True),
        Frame(Opcode.BINARY, b"x", fin=False).serialize(mask=False),
        Frame(Opcode.CONT, b"x").serialize(mask=False),
        b"\xc2\x01x",
    ],
    ids=["masked", "masked long", "fragment", "continuation", "compressed"],
)
def test_frames_that_were_not_agreed_on_are_refused(stream: bytes) -> None:
    """None of them is handed over as if it were a message."""
    with pytest.raises(UnknownFrameError):
        FrameReader().take(stream)


@given(st.text(max_size=200), st.text(max_size=200), st.integers(0, 2**64 - 1))
def test_the_seq_of_an_event_is_the_one_that_decoding_gives(title: str, report: str, seq: int) -> None:
    """Whatever the texts, and for lengths of one and two bytes."""
    message = chatmessage(mtype=chatmessage_pb2.EVENT, eventmsg=match(title, report), seq=seq)
    assert feed_seq(message.SerializeToString()) == seq


def test_the_seq_of_an_execution_is_read() -> None:
    """The other feed has another field."""
    message = chatmessage(mtype=chatmessage_pb2.EXECUTION, execmsg=TRADE, seq=300)
    assert feed_seq(message.SerializeToString()) == 300


@pytest.mark.parametrize(
    "message",
    [
        chatmessage(mtype=chatmessage_pb2.EVENT, eventmsg=match("no seq `1")),
        chatmessage(mtype=chatmessage_pb2.EVENT, eventmsg=match("x"), seq=5, reason="behind it"),
        chatmessage(mtype=chatmessage_pb2.EVENT, roomid=1, eventmsg=match("x"), seq=5),
        chatmessage(mtype=chatmessage_pb2.COMMENT, user="a", comment="`1", seq=5),
        chatmessage(mtype=chatmessage_pb2.ROOM_STATUS, userstatus="PENDING"),
        chatmessage(mtype=chatmessage_pb2.EVENT, eventmsg=match("x" * 20000), seq=5),
        chatmessage(mtype=chatmessage_pb2.EVENT),
    ],
    ids=["no seq", "a field behind", "a field before", "comment", "status", "very long", "empty"],
)
def test_other_messages_want_the_whole_decoding(message: chatmessage) -> None:
    """None, never a wrong number."""
    assert feed_seq(message.SerializeToString()) is None


@given(st.binary(max_size=60))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    """Not even behind the start of an event."""
    event_start = bytes((tags.MTYPE, chatmessage_pb2.EVENT, tags.EVENTMSG))
    execution_start = bytes((tags.MTYPE, chatmessage_pb2.EXECUTION, tags.EXECMSG))
    for message in (data, event_start + data, execution_start + data):
        seq = feed_seq(message)
        assert seq is None or seq >= 0
