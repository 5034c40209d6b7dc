"""The hub gives each room its group's rows once and in order, whatever the order in which notifications arrive."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable

import pytest
from google.protobuf.message import DecodeError

from gateway.closing import FAULT, HOLE, Closing
from gateway.delivery.hub import Hub
from gateway.errors import DatabaseFaultError
from gateway.postgres.log import Entry, LogReader
from harness.background import background
from harness.receiver import SPORT_LISTING, NotedReceiver, listed_feeds
from proto.chatmessage_pb2 import COMMENT, chatmessage
from proto.event_pb2 import GOLF, event


class EmptyLog(LogReader):
    """A log that has nothing new, and knows in which groups the rooms are: (group, what a place lacks of its seq)."""

    def __init__(self, groups: dict[int, tuple[int, int]]) -> None:
        self.groups = groups
        # What reading a room raises.
        self.fault: Exception | None = None
        # What happens while a message is fetched.
        self.meanwhile: Callable[[], None] = lambda: None

    async def read(self, room_id: int, after_seq: int, before_seq: int | None = None) -> AsyncIterator[Entry]:
        """Nothing, or the fault."""
        if self.fault is not None:
            raise self.fault
        return
        yield

    async def read_message(self, room_id: int, seq: int) -> bytes:
        """A comment that was too large to be sent along."""
        self.meanwhile()
        return chatmessage(mtype=COMMENT, user="x", comment="large", seq=seq).SerializeToString()

    async def find_group(self, room_id: int, seq: int) -> tuple[int, int]:
        """The group that was given."""
        return self.groups[room_id]


class Setting:
    """A hub with two rooms of a member each, who have had one message; both rooms are in group 5 at first."""

    def __init__(self) -> None:
        self.log = EmptyLog({0: (5, 1), 1: (5, 1)})
        self.hub = Hub(self.log, listed_feeds([SPORT_LISTING]))
        (self.feed,) = self.hub.feeds.all()
        self.members = [NotedReceiver(), NotedReceiver()]
        for room_id, member in enumerate(self.members):
            self.hub.room(room_id).reattach(f"member {room_id}", member, 1)

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

    async def until_idle(self) -> None:
        """Wait until everything that was told is delivered."""
        await asyncio.wait_for(self.hub.idle.wait(), 30)


@pytest.fixture
async def setting() -> AsyncIterator[Setting]:
    """A hub that runs, and has read from the log which groups its rooms are in."""
    made = Setting()
    made.resync()
    async with background(made.hub.run()):
        await made.until_idle()
        yield made


async def test_a_comment_amid_a_burst_changes_nothing_for_the_other_room(setting: Setting) -> None:
    """Each room counts its own messages among the rows of their group."""
    setting.tell_row(1, "a", "*|5:1")
    setting.tell_comment(0, 3, "said", "5:1")
    setting.tell_row(2, "b", "*|5:2")
    await setting.until_idle()
    assert setting.members[0].heard == [(2, "a"), (3, "said"), (4, "b")]
    assert setting.members[1].heard == [(2, "a"), (3, "b")]


async def test_what_is_told_twice_is_delivered_once(setting: Setting) -> None:
    """Whether the repetition waits with the first or arrives after that was delivered."""
    for _ in range(2):
        setting.tell_row(1, "a", "*|5:1")
        setting.tell_row(2, "b", "gA==|5:2")
    await setting.until_idle()
    setting.tell_row(2, "b", "*|5:2")
    setting.tell_row(3, "c", "*|5:3")
    await setting.until_idle()
    assert [member.heard for member in setting.members] == [[(2, "a"), (3, "b"), (4, "c")]] * 2


async def test_a_room_with_new_filters_goes_on_in_its_new_group(setting: Setting) -> None:
    """In step with that group's places, and it gets nothing more of the old one."""
    setting.tell_row(1, "a", "*|5:1")
    setting.tell_comment(0, 3, "applied", "9:700")
    setting.tell_row(2, "b", "*|5:2,9:701")
    setting.tell_row(3, "c", "*|5:3")
    setting.tell_row(4, "d", "*|9:702")
    await setting.until_idle()
    assert setting.members[0].heard == [(2, "a"), (3, "applied"), (4, "b"), (5, "d")]
    assert setting.members[1].heard == [(2, "a"), (3, "b"), (4, "c")]


async def test_a_room_that_leaves_its_group_gets_no_more_of_it(setting: Setting) -> None:
    """What came before does arrive, and nothing twice: the room has no message of its own then."""
    setting.tell_row(1, "a", "*|5:1")
    setting.hub.take(setting.hub.room(0), "B 9:700 2")
    setting.tell_row(2, "b", "*|5:2,9:701")
    setting.hub.take(setting.hub.room(2), "B 9:700 2")
    await setting.until_idle()
    assert setting.members[0].heard == [(2, "a"), (3, "b")]
    assert setting.members[1].heard == [(2, "a"), (3, "b")]
    setting.tell_row(3, "c", "*|5:3")
    await setting.until_idle()
    assert setting.members[0].heard == [(2, "a"), (3, "b")]


async def test_who_comes_back_while_a_message_is_fetched_has_it_from_the_log(setting: Setting) -> None:
    """Such a message is too large to be sent along; it is not the next one any more when it is here."""
    back = NotedReceiver()
    room = setting.hub.room(3)
    room.expect("member 3", back)
    setting.log.meanwhile = lambda: room.reattach("member 3", back, 7)
    setting.hub.take(room, "M 5:6 7 ")
    setting.tell_comment(3, 8, "next", "5:6")
    await setting.until_idle()
    assert back.heard == [(8, "next")]


async def test_a_resync_amid_a_burst_leaves_no_room_without_its_rows(setting: Setting) -> None:
    """Also when the rooms are in other groups after it, one of them in the group that the other one was in."""
    setting.log.groups = {0: (7, 1), 1: (9, 1)}
    setting.resync()
    await setting.until_idle()
    setting.log.groups = {0: (8, 2), 1: (7, 1)}
    setting.tell_row(1, "a", "*|7:1")
    setting.resync()
    setting.tell_row(2, "b", "*|7:1")
    await setting.until_idle()
    assert setting.members[0].heard == [(2, "a")]
    assert setting.members[1].heard == [(2, "b")]


async def test_groups_that_no_room_is_in_any_more_are_forgotten(setting: Setting) -> None:
    """However often filters change."""
    for number in range(200):
        setting.tell_comment(0, 2 + number, "applied", f"{10 + number}:0")
    await setting.until_idle()
    assert len(setting.hub.groups) == 2


async def test_groups_of_rooms_that_everybody_left_are_forgotten(setting: Setting) -> None:
    """At once, not when the next row arrives."""
    setting.tell_comment(0, 2, "applied", "9:700")
    await setting.until_idle()
    assert len(setting.hub.groups) == 2
    setting.hub.room(0).remove("adam", setting.members[0])
    assert len(setting.hub.groups) == 1


@pytest.mark.parametrize(
    ("fault", "closing"),
    [(DatabaseFaultError("permission denied"), FAULT), (LookupError("no row 3"), HOLE), (DecodeError("odd"), FAULT)],
)
async def test_a_log_that_cannot_be_read_costs_one_room_its_members_and_is_told(
    setting: Setting, caplog: pytest.LogCaptureFixture, fault: Exception, closing: Closing
) -> None:
    """It was tried again for ever, and nothing said so, while no room of the gateway got anything."""
    setting.log.fault = fault
    setting.tell_comment(0, 9, "far ahead", "5:1")
    setting.tell_row(1, "a", "*|5:1")
    await setting.until_idle()
    assert [member.lost for member in setting.members] == [closing, None]
    assert setting.members[1].heard == [(2, "a")]
    assert str(fault) in caplog.text
    assert {record.levelname for record in caplog.records} == {"ERROR"}


async def test_what_is_told_to_other_programs_is_passed_over(
    setting: Setting, caplog: pytest.LogCaptureFixture
) -> None:
    """At once: nothing is woken or logged, and the rows come once, by the groups' lines."""
    setting.hub.take(setting.hub.room(0), "F 1 2 4")
    assert setting.hub.idle.is_set()
    setting.tell_row(1, "a", "*|5:1")
    setting.hub.take(setting.hub.room(0), "F 1 2 2")
    await setting.until_idle()
    assert [member.heard for member in setting.members] == [[(2, "a")]] * 2
    assert caplog.records == []
