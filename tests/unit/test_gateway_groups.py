"""Rooms with equal filters are given the same rows, each under its own sequences; a register says which are where."""

import pytest

from gateway.delivery.group import Group
from gateway.delivery.groups import Groups
from gateway.delivery.room import Room
from gateway.encoding.binary import ORIGINAL
from gateway.selection import Selection
from harness.receiver import NotedReceiver, added_row, feed_row


class Setting:
    """A group, number 5, with the places 1 and on before it; and rooms of one member each."""

    def __init__(self) -> None:
        self.groups = Groups()
        self.members: dict[Room, NotedReceiver] = {}

    def room(self, last_seq: int, group_id: int | None = 5, seq_offset: int = 0) -> Room:
        """A room that has had so many messages, in a group if one is named."""
        room = Room(len(self.members), self.groups.remove)
        self.members[room] = NotedReceiver()
        room.reattach("adam", self.members[room], last_seq)
        if group_id is not None:
            self.groups.place(room, group_id, seq_offset)
        return room

    def group(self, group_id: int = 5) -> Group:
        """One that is known."""
        group = self.groups.get(group_id)
        assert group is not None
        return group

    def got(self, room: Room) -> list[int]:
        """What a room's member has had."""
        room.flush()
        return self.members[room].seqs


@pytest.fixture
def setting() -> Setting:
    """No rooms yet."""
    return Setting()


def rows(count: int) -> Selection:
    """Rows of a feed."""
    return Selection.of([feed_row(str(number)) for number in range(count)])


def test_each_room_gets_the_rows_under_its_own_sequences(setting: Setting) -> None:
    """A room's sequence is the place in the group and what the room had besides."""
    here, there = setting.room(last_seq=2), setting.room(last_seq=42, seq_offset=40)
    setting.group().add(3, rows(2))
    assert setting.group().settle(here)
    assert setting.group().settle(there)
    assert (setting.got(here), setting.got(there)) == ([3, 4], [43, 44])


def test_a_room_gets_only_what_it_has_not_had(setting: Setting) -> None:
    """Some of it, all of it, or none."""
    fresh, halfway, ahead = setting.room(last_seq=2), setting.room(last_seq=4), setting.room(last_seq=9)
    group = setting.group()
    group.add(3, rows(4))
    assert all(group.settle(room) for room in (fresh, halfway, ahead))
    assert [setting.got(room) for room in (fresh, halfway, ahead)] == [[3, 4, 5, 6], [5, 6], []]
    assert group.settle(fresh)
    assert setting.got(fresh) == [3, 4, 5, 6]


def test_a_room_that_lacks_something_before_the_rows_is_told_apart(setting: Setting) -> None:
    """It gets nothing: the log must be read first."""
    behind = setting.room(last_seq=1)
    setting.group().add(3, rows(2))
    assert not setting.group().settle(behind)
    assert setting.got(behind) == []


def test_a_room_that_nobody_is_in_lacks_nothing(setting: Setting) -> None:
    """Whatever waits."""
    room = setting.room(last_seq=1)
    group = setting.group()
    group.add(9, rows(1))
    room.remove("adam", setting.members[room])
    assert group.settle(room)


def test_only_what_comes_right_behind_can_be_added_to_what_waits(setting: Setting) -> None:
    """Anything can if nothing waits."""
    setting.room(last_seq=2)
    group = setting.group()
    assert group.follows(100)
    group.add(3, rows(2))
    assert [place for place in range(10) if group.follows(place)] == [5]
    group.add(5, rows(1))
    assert [place for place in range(10) if group.follows(place)] == [6]
    group.clear()
    assert group.follows(100)


def test_rows_that_are_added_reach_rooms_that_had_those_before(setting: Setting) -> None:
    """Frames that were made for others are made anew."""
    early, late = setting.room(last_seq=2), setting.room(last_seq=2)
    group = setting.group()
    group.add(3, rows(1))
    group.settle(early)
    group.add(4, rows(1))
    group.settle(early)
    group.settle(late)
    assert setting.got(early) == setting.got(late) == [3, 4]


def test_a_room_is_in_one_group_at_a_time(setting: Setting) -> None:
    """The group that it was in is forgotten when no other room is in it."""
    stays, moves = setting.room(last_seq=1), setting.room(last_seq=1)
    setting.groups.place(moves, 7, 30)
    assert setting.groups.of(moves) is setting.group(7)
    assert (moves.group_id, moves.seq_offset) == (7, 30)
    assert setting.group(5).rooms == {stays}
    setting.groups.place(stays, 7, 0)
    assert setting.groups.get(5) is None
    assert setting.group(7).rooms == {stays, moves}
    assert len(setting.groups) == 1


def test_a_room_that_is_placed_in_its_own_group_again_only_counts_anew(setting: Setting) -> None:
    """The group and what waits in it stay."""
    room = setting.room(last_seq=2)
    group = setting.group()
    group.add(3, rows(1))
    setting.groups.place(room, 5, 20)
    assert setting.group() is group
    assert room.seq_offset == 20
    assert not group.is_empty()


def test_a_group_is_kept_while_rows_wait_in_it(setting: Setting) -> None:
    """Its last room may be on its way back into it."""
    room = setting.room(last_seq=2)
    group = setting.group()
    group.add(3, rows(1))
    setting.groups.remove(room)
    assert setting.groups.of(room) is None
    setting.groups.drop_if_empty(group)
    assert setting.group() is group
    group.clear()
    setting.groups.drop_if_empty(group)
    assert setting.groups.get(5) is None


def test_a_room_that_everybody_left_is_in_no_group(setting: Setting) -> None:
    """Nothing is gathered for it."""
    room = setting.room(last_seq=2)
    room.remove("adam", setting.members[room])
    assert room.group_id is None
    assert len(setting.groups) == 0


def test_when_all_is_forgotten_no_room_is_in_a_group(setting: Setting) -> None:
    """Groups with the same ids are others from then on."""
    rooms = [setting.room(last_seq=1, group_id=group_id) for group_id in (5, 5, 7)]
    before = setting.group(5)
    setting.groups.clear()
    assert [room.group_id for room in rooms] == [None] * 3
    assert setting.groups.all() == ()
    setting.groups.place(rooms[0], 5, 0)
    assert setting.group(5) is not before
    assert setting.group(5).rooms == {rooms[0]}


def test_rows_of_added_feeds_are_for_those_who_can_parse_them(setting: Setting) -> None:
    """The others in the room get what is around them, under the same sequences."""
    room = setting.room(last_seq=2)
    original = NotedReceiver(ORIGINAL)
    room.reattach("bob", original, 2)
    group = setting.group()
    group.add(3, rows(1))
    group.add(4, Selection.of([added_row("rain"), added_row("sun")]), are_added=True)
    group.add(6, rows(1))
    assert group.settle(room)
    assert setting.got(room) == [3, 4, 5, 6]
    assert original.seqs == [3, 6]
    group.clear()
    group.add(7, Selection.of([added_row("snow")]), are_added=True)
    group.settle(room)
    assert setting.got(room) == [3, 4, 5, 6, 7]
    assert original.writes == [[3, 6], []]
    group.clear()
    group.add(8, rows(1))
    group.settle(room)
    room.flush()
    assert original.seqs == [3, 6, 8]
