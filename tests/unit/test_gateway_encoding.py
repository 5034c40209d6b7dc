"""Clients that speak JSON get what the others get, made once for all of them and only if there is one."""

import json
import random
from collections.abc import Sequence

import pytest
from google.protobuf import json_format
from websockets.typing import Subprotocol

from clientsim.frames import TEXT, FrameReader
from gateway import closing
from gateway.client import messages
from gateway.closing import Closing
from gateway.delivery.group import Group
from gateway.delivery.groups import Groups
from gateway.delivery.room import Room
from gateway.encoding.binary import ORIGINAL, PROTO, ProtoEncoding
from gateway.encoding.choice import choose, encoding_of
from gateway.encoding.encoding import Encoding
from gateway.encoding.text import JSON, JsonEncoding
from gateway.omission import OMITTED, UNREADABLE
from gateway.selection import Selection
from harness.random_messages import random_message
from harness.receiver import NotedReceiver, added_row, comment, decode, feed_row, userjoined
from proto.chatmessage_pb2 import COMMENT, FEED, HISTORY, ROOM_STATUS, chatmessage, feedfilter, feedinfo, roomstatus
from proto.sizes import MAX_CONTENT_BYTES, MAX_SENT_BYTES

NO_UTF8 = b"\x08\x03\x3a\x01\xff"


def heard(frames: bytes) -> list[chatmessage]:
    """The messages in joined frames of text."""
    found = FrameReader().take(frames)
    assert {opcode for opcode, _ in found} <= {TEXT}
    assert all(len(content) <= MAX_SENT_BYTES for _, content in found)
    return [decode(opcode, content) for opcode, content in found]


@pytest.mark.parametrize("seed", range(3))
def test_frames_hold_what_the_library_would_print(seed: int) -> None:
    """Of random messages, large ones among them."""
    draw = random.Random(seed)
    for size in (0, 0, 0, 100, 125, 126, 65_535, 65_536, 1_000_000):
        message = random_message(draw, 0.2)
        message.comment = "é" * (size // 2)
        encoded = message.SerializeToString()
        [(opcode, content)] = FrameReader().take(JSON.frame(encoded))
        assert (opcode, content) == (TEXT, JSON.encode(encoded))
        assert json.loads(content) == json_format.MessageToDict(message)


@pytest.mark.parametrize("first_seq", [1, 127, 2**53 + 1, 2**63 - 5])
def test_rows_get_their_seqs(first_seq: int) -> None:
    """Behind everything else, as texts; sizes are around every change of the header's form."""
    bodies = [row("x" * size) for row in (feed_row, added_row) for size in (0, 20, 40, 60, 3000, 65_400, 65_536)]
    told = heard(JSON.rows(bodies, first_seq))
    assert told == [
        chatmessage.FromString(body + chatmessage(seq=seq).SerializePartialToString())
        for seq, body in enumerate(bodies, first_seq)
    ]
    assert b',"seq":"%d"}' % first_seq in JSON.rows(bodies, first_seq)


@pytest.mark.parametrize("encoding", [PROTO, JSON])
@pytest.mark.parametrize("last_seq", range(6))
def test_frames_that_are_known_can_be_left_out(encoding: Encoding, last_seq: int) -> None:
    """By their sequences, wherever these are in the message."""
    own = chatmessage(mtype=ROOM_STATUS, userstatus="FILTERAPPLIED", seq=3, reason="r").SerializeToString()
    frames = [encoding.frame(comment(2)), encoding.frame(own), encoding.rows([feed_row("a")], 5)]
    known = sum(seq <= last_seq for seq in (2, 3, 5))
    assert encoding.without_known(b"".join(frames), last_seq) == b"".join(frames[known:])


class Counted(JsonEncoding):
    """JSON that counts how often frames were made."""

    def __init__(self) -> None:
        super().__init__()
        self.frames_made = 0
        self.rows_made = 0

    def frame(self, message: bytes) -> bytes:
        """A message as one frame."""
        self.frames_made += 1
        return super().frame(message)

    def rows(self, bodies: Sequence[bytes], first_seq: int) -> bytes:
        """Feed messages with their sequences."""
        self.rows_made += 1
        return super().rows(bodies, first_seq)


def test_all_who_speak_alike_get_the_same_bytes_made_once() -> None:
    """Whatever a room gets, and in two rooms of a group that are as far; without JSON no JSON is made."""
    groups, encoding = Groups(), Counted()
    rooms = [Room(number, groups.remove) for number in range(2)]
    members = {room: [NotedReceiver(each) for each in (PROTO, encoding, encoding, ORIGINAL)] for room in rooms}
    for room in rooms:
        for name, member in enumerate(members[room]):
            room.reattach(str(name), member, 2)
        groups.place(room, 5, 0)
    group = groups.get(5)
    assert isinstance(group, Group)
    group.add(3, Selection.of([feed_row("a"), added_row("b")]), are_added=True)
    for room in rooms:
        assert group.settle(room)
        room.flush()
    assert encoding.rows_made == 1
    for room in rooms:
        room.take(5, comment(5))
        room.take(6, userjoined("eve", 6))
        room.flush()
    assert encoding.frames_made == 4
    for room in rooms:
        proto, *texts, original = members[room]
        assert proto.seqs == [3, 4, 5, 6]
        assert [text.heard for text in texts] == [proto.heard] * 2
        assert original.seqs == [3, 5, 6]
        for text in texts:
            room.remove("", text)
        room.take(7, comment(7))
        room.flush()
    assert encoding.frames_made == 4


@pytest.mark.parametrize(
    ("offered", "chosen", "encoding"),
    [
        ([], None, ORIGINAL),
        (["chat", "json"], None, ORIGINAL),
        (["edgechat.proto"], "edgechat.proto", PROTO),
        (["edgechat.json"], "edgechat.json", JSON),
        (["chat", "edgechat.json", "edgechat.proto"], "edgechat.json", JSON),
        (["edgechat.proto", "edgechat.json"], "edgechat.proto", PROTO),
    ],
)
def test_the_clients_order_decides(offered: list[str], chosen: str | None, encoding: Encoding) -> None:
    """What is none of ours is passed over."""
    assert choose([Subprotocol(name) for name in offered]) == chosen
    assert encoding_of(Subprotocol(chosen) if chosen else None) is encoding


@pytest.mark.parametrize(
    ("data", "encoding", "answer"),
    [
        ("{}", PROTO, closing.BINARY_ONLY),
        ('{"mtype":3}', ORIGINAL, closing.BINARY_ONLY),
        (b"\x08\x03", JSON, closing.TEXT_ONLY),
        (b"", PROTO, closing.NOT_PROTOBUF),
        (NO_UTF8, ORIGINAL, closing.NOT_PROTOBUF),
        ("", JSON, closing.not_json("not JSON: Expecting value at character 1")),
    ],
)
def test_what_cannot_be_read_closes_with_a_reason(data: str | bytes, encoding: Encoding, answer: Closing) -> None:
    """Frames of the wrong kind, and what is no message."""
    assert messages.parse(data, encoding) == answer


@pytest.mark.parametrize("why", ["é" * 200, "a" + "💬" * 90, "\ud800" * 200, "x" * 104, "x" * 105])
def test_reasons_fit_in_a_close_frame(why: str) -> None:
    """Cut between characters, and always UTF-8."""
    code, reason = closing.not_json(why)
    assert code == 1007
    assert 119 < len(reason.encode()) <= 123


@pytest.mark.parametrize("name", messages.NOT_LOOKED_AT)
def test_what_only_the_service_says_is_not_looked_at(name: str) -> None:
    """As in protobuf: it need not be sound."""
    assert messages.parse(json.dumps({"mtype": "COMMENT", "comment": "hi", name: [7]}), JSON) == chatmessage(
        mtype=COMMENT, comment="hi"
    )


def test_the_largest_comment_without_escapes_fits() -> None:
    """With the longest name and the largest numbers."""
    message = chatmessage(
        mtype=COMMENT, user="💬" * 64, roomid=2**31 - 1, seq=2**64 - 1, comment="é" * (MAX_CONTENT_BYTES // 2)
    )
    assert heard(JSON.frame(message.SerializeToString())) == [message]


def test_a_comment_too_large_in_json_is_told_of() -> None:
    """By a word with its user and seq; in protobuf it comes."""
    message = chatmessage(mtype=COMMENT, user="zoe", roomid=3, seq=9, comment='"' * 600_000).SerializeToString()
    [told] = heard(JSON.frame(message))
    assert (told.userstatus, told.user, told.roomid, told.seq) == (OMITTED, "zoe", 3, 9)
    assert "a comment of 1200" in told.reason
    assert len(PROTO.frame(message)) > len(message)


def test_rows_too_large_in_json_are_told_of() -> None:
    """Each in its place."""
    large = chatmessage(mtype=FEED, feed="weather", row="{}", rowbytes=bytes(900_000)).SerializeToString()
    told = heard(JSON.rows([added_row("{}"), large, feed_row("a")], 7))
    assert [(each.userstatus, each.seq) for each in told] == [("", 7), (OMITTED, 8), ("", 9)]
    assert "a feed message of 1200" in told[1].reason


def test_a_room_status_too_large_in_json_names_fewer() -> None:
    """Users of the last rooms first, then feeds and filters, then rooms; the rest is as it was."""
    users = [f"user number {number}" for number in range(30_000)]
    status = chatmessage(
        mtype=ROOM_STATUS,
        userstatus="USERJOINED",
        user="zoe",
        seq=7,
        rooms=[roomstatus(roomid=number, maxusers=50_000, currusers=users) for number in range(3)],
        filters=[feedfilter(feed="weather", clause="ALL")],
    )
    [told] = heard(JSON.frame(status.SerializeToString()))
    first, second, third = (len(room.currusers) for room in told.rooms)
    assert first == 30_000 > second > third == 0
    assert len(print_size(told)) > MAX_SENT_BYTES - 100
    for room in (*told.rooms, *status.rooms):
        del room.currusers[:]
    assert told == status
    pending = chatmessage(mtype=ROOM_STATUS, userstatus="PENDING")
    pending.rooms.extend(roomstatus(roomid=number, maxusers=4) for number in range(50_000))
    pending.feeds.extend(feedinfo(name=f"feed {number}") for number in range(50_000))
    [told] = heard(JSON.frame(pending.SerializeToString()))
    assert 30_000 < len(told.rooms) < 50_000
    assert not told.feeds


def print_size(message: chatmessage) -> bytes:
    """What a frame holds of it."""
    return JSON.encode(message.SerializeToString())


def test_an_answer_too_large_in_json_is_an_answer_that_says_so() -> None:
    """Of the same type and to the same request, for somebody waits for it."""
    inner = chatmessage(mtype=COMMENT, comment="\n" * 1000)
    answer = chatmessage(mtype=HISTORY, request=5, messages=[inner] * 900)
    [told] = heard(JSON.frame(answer.SerializeToString()))
    assert (told.mtype, told.request, len(told.messages)) == (HISTORY, 5, 0)
    assert told.reason.startswith("an answer of 18")


@pytest.mark.filterwarnings("default")
def test_what_is_no_chatmessage_harms_nobody() -> None:
    """In protobuf it comes as it is."""
    [told] = heard(JSON.frame(b"\xff\xff"))
    assert told.userstatus == UNREADABLE
    assert [(each.userstatus, each.seq) for each in heard(JSON.rows([b"\xff", feed_row("a")], 3))] == [
        (UNREADABLE, 3),
        ("", 4),
    ]
    assert isinstance(PROTO, ProtoEncoding)
    assert PROTO.frame(b"\xff\xff").endswith(b"\xff\xff")
