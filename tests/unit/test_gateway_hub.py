"""The hub gives each room its group's rows once and in order, whatever the order in which notifications come."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator

import pytest

from clientsim.frames import FrameReader
from gateway.delivery.feed import Feed
from gateway.delivery.hub import Hub
from gateway.postgres.log import Entry, LogReader
from harness.background import background
from proto.chatmessage_pb2 import COMMENT, EVENT, chatmessage
from proto.event_pb2 import GOLF, event

EVENT_FIELD = chatmessage.DESCRIPTOR.fields_by_name["eventmsg"].number
FILTER_FIELD = chatmessage.DESCRIPTOR.fields_by_name["sport_filter"].number


class Listener:
    """A member who notes what is delivered."""

    join_seq: int | None = None

    def __init__(self) -> None:
        self.heard: list[tuple[int, str]] = []

    def joined(self, seq: int, message: bytes) -> None:
        """Nobody joins here."""

    def resumed(self, seq: int) -> None:
        """From here on."""

    def deliver(self, frames: bytes, last_seq: int) -> None:
        """Take the frames apart."""
        messages = [chatmessage.FromString(content) for _, content in FrameReader().take(frames)]
        self.heard += [(message.seq, message.comment or message.eventmsg.data_event) for message in messages]
        assert messages[-1].seq == last_seq

    def lose(self) -> None:
        """Nothing is lost here."""
        raise AssertionError("sent away")


class EmptyLog(LogReader):
    """A log that has nothing new, and knows in which groups the rooms are."""

    def __init__(self, groups: dict[int, tuple[int, int]]) -> None:
        self._groups = groups

    async def read(self, room_id: int, after_seq: int, before_seq: int | None = None) -> AsyncIterator[Entry]:
        """Nothing."""
        return
        yield

    async def find_group(self, room_id: int, seq: int) -> tuple[int, int]:
        """The group that was given."""
        return self._groups[room_id]


class Setting:
    """A hub with two rooms of a member each, who have had one message."""

    def __init__(self, groups: dict[int, tuple[int, int]]) -> None:
        self.feed = Feed(1, EVENT, EVENT_FIELD, FILTER_FIELD)
        self.hub = Hub(EmptyLog(groups), [self.feed])
        self.members = [Listener(), Listener()]
        for room_id, member in enumerate(self.members):
            self.hub.room(room_id).attach(member, 1)

    def tell_row(self, key: int, text: str, lines: str) -> None:
        """A batch of one row, as Postgres announces it."""
        row = event(sport=GOLF, match_title="x", data_event=text).SerializeToString()
        self.hub.take(self.feed, f"C {key} {b64encode(row).decode()}")
        self.hub.take(self.feed, f"G {key} {lines}")

    def tell_comment(self, room: int, seq: int, text: str, position: str) -> None:
        """A comment in a room."""
        comment = chatmessage(mtype=COMMENT, user="x", comment=text, seq=seq).SerializeToString()
        self.hub.take(self.hub.room(room), f"M {position} {seq} {b64encode(comment).decode()}")

    def resync(self) -> None:
        """The listening connection was replaced."""
        self.hub.lose_groups()
        self.hub.resync()


@pytest.fixture
async def setting() -> AsyncIterator[Setting]:
    """Both rooms are in group 5, where nothing came yet."""
    made = Setting({0: (5, 1), 1: (5, 1)})
    made.resync()
    async with background(made.hub.run()):
        await asyncio.sleep(0.01)
        yield made


async def test_comment_among_rows(setting: Setting) -> None:
    """A comment in one room in the middle of a burst changes nothing of what the other gets."""
    setting.tell_row(1, "a", "*|5:1")
    setting.tell_comment(0, 3, "said", "5:1")
    setting.tell_row(2, "b", "*|5:2")
    await asyncio.sleep(0.05)
    assert setting.members[0].heard == [(2, "a"), (3, "said"), (4, "b")]
    assert setting.members[1].heard == [(2, "a"), (3, "b")]


async def test_told_twice(setting: Setting) -> None:
    """What comes again is passed over."""
    for _ in range(2):
        setting.tell_row(1, "a", "*|5:1")
        setting.tell_row(2, "b", "gA==|5:2")
    await asyncio.sleep(0.05)
    setting.tell_row(2, "b", "*|5:2")
    setting.tell_row(3, "c", "*|5:3")
    await asyncio.sleep(0.05)
    assert [member.heard for member in setting.members] == [[(2, "a"), (3, "b"), (4, "c")]] * 2


async def test_moved(setting: Setting) -> None:
    """A room that gets other filters goes on in its new group, in step with its places, and gets nothing of the old."""
    setting.tell_row(1, "a", "*|5:1")
    setting.tell_comment(0, 3, "applied", "9:700")
    setting.tell_row(2, "b", "*|5:2,9:701")
    setting.tell_row(3, "c", "*|5:3")
    setting.tell_row(4, "d", "*|9:702")
    await asyncio.sleep(0.05)
    assert setting.members[0].heard == [(2, "a"), (3, "applied"), (4, "b"), (5, "d")]
    assert setting.members[1].heard == [(2, "a"), (3, "b"), (4, "c")]


async def test_resynced_among_rows() -> None:
    """A resync in the middle of a burst, after which rooms are in other groups, leaves no room without its rows."""
    setting = Setting({0: (8, 2), 1: (7, 1)})
    setting.hub._place(setting.hub.room(0), 7, 0)
    setting.hub._place(setting.hub.room(1), 9, 0)
    setting.tell_row(1, "a", "*|7:2")
    setting.resync()
    async with background(setting.hub.run()):
        await asyncio.sleep(0.05)
        setting.tell_row(2, "b", "*|7:1")
        await asyncio.sleep(0.05)
    assert setting.members[0].heard == [(2, "a")]
    assert setting.members[1].heard == [(2, "b")]


async def test_many_changes(setting: Setting) -> None:
    """Groups that no room here is in any more are forgotten."""
    for number in range(200):
        setting.tell_comment(0, 2 + number, "applied", f"{10 + number}:0")
    await asyncio.sleep(0.05)
    assert len(setting.hub._groups) == 2


async def test_left(setting: Setting) -> None:
    """Groups of rooms whose members have all gone are forgotten, too."""
    setting.tell_comment(0, 2, "applied", "9:700")
    await asyncio.sleep(0.05)
    setting.hub.room(0).remove("adam", setting.members[0])
    setting.hub.forget_left_groups()
    assert list(setting.hub._groups) == [5]
