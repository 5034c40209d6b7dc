"""A room delivers in order, once, and from a member's own USERJOINED on."""

import pytest

from gateway.closing import FAULT
from gateway.delivery.parcel import Own
from gateway.delivery.room import Room
from harness.receiver import NotedReceiver, comment, userjoined


class Setting:
    """A room that adam is in since message 1 and has had no other."""

    def __init__(self) -> None:
        # How often everybody had left.
        self.desertions = 0
        self.room = Room(3, self._deserted)
        self.adam = self.newcomer("adam")
        self.admit("adam", 1)

    def newcomer(self, name: str) -> NotedReceiver:
        """Somebody who asks to join."""
        receiver = NotedReceiver()
        self.room.expect(name, receiver)
        return receiver

    def admit(self, name: str, seq: int) -> None:
        """The USERJOINED of a candidate arrives."""
        self.room.admit(self.room.candidates.pop(name), seq, userjoined(name, seq))

    def tell(self, *seqs: int) -> None:
        """Comments arrive."""
        for seq in seqs:
            self.room.append(Own(comment(seq)))

    def _deserted(self, room: Room) -> None:
        assert room is self.room
        self.desertions += 1


@pytest.fixture
def setting() -> Setting:
    """The room."""
    return Setting()


def test_the_own_userjoined_comes_first_and_what_follows_is_delivered(setting: Setting) -> None:
    """Members who were there before get it as any other message."""
    eve = setting.newcomer("eve")
    setting.tell(2)
    setting.admit("eve", 3)
    setting.tell(4)
    setting.room.flush()
    assert (eve.admitted_at, eve.seqs) == (3, [4])
    assert (setting.adam.admitted_at, setting.adam.seqs) == (1, [2, 3, 4])
    assert setting.room.next_seq == 5


def test_what_was_taken_is_written_in_one_go(setting: Setting) -> None:
    """Once to each member: who comes meanwhile gets what follows, and the others that somebody came, in the same go."""
    eve = setting.newcomer("eve")
    setting.admit("eve", 2)
    setting.tell(3, 4, 5)
    assert eve.writes == []
    setting.room.flush()
    setting.room.flush()
    assert eve.writes == [[3, 4, 5]]
    assert setting.adam.writes == [[2, 3, 4, 5]]


def test_a_room_that_nobody_is_in_takes_nothing() -> None:
    """And starts with the first who is admitted, whatever the sequence."""
    setting = Setting()
    setting.room.remove("adam", setting.adam)
    setting.tell(2, 3)
    assert setting.room.next_seq is None
    eve = setting.newcomer("eve")
    setting.admit("eve", 9)
    setting.tell(10)
    setting.room.flush()
    assert eve.seqs == [10]
    assert setting.adam.seqs == []


def test_who_takes_a_place_back_goes_on_behind_what_the_room_has_delivered(setting: Setting) -> None:
    """What waits for the others is written to them first; Postgres may know of more than arrived here."""
    setting.newcomer("eve")
    setting.tell(2, 3)
    eve = NotedReceiver()
    setting.room.reattach("eve", eve, 8)
    setting.tell(4)
    setting.room.flush()
    assert (eve.reattached_at, eve.seqs) == (3, [4])
    assert setting.adam.seqs == [2, 3, 4]
    assert setting.room.candidates == {}


def test_who_takes_a_place_back_in_an_empty_room_goes_on_behind_the_newest_message(setting: Setting) -> None:
    """Since nothing was delivered here that it could go on behind."""
    setting.room.remove("adam", setting.adam)
    eve = NotedReceiver()
    setting.room.reattach("eve", eve, 8)
    setting.tell(9)
    setting.room.flush()
    assert (eve.reattached_at, eve.seqs) == (8, [9])


def test_the_last_member_to_leave_leaves_nothing_behind(setting: Setting) -> None:
    """Nothing that waited is delivered to somebody who comes later, and the room counts as deserted, once."""
    eve = setting.newcomer("eve")
    setting.admit("eve", 2)
    setting.room.remove("eve", eve)
    assert setting.desertions == 0
    setting.tell(3)
    setting.room.remove("adam", setting.adam)
    assert setting.desertions == 1
    assert setting.room.is_idle()
    carol = setting.newcomer("carol")
    assert not setting.room.is_idle()
    setting.admit("carol", 7)
    setting.room.flush()
    assert carol.seqs == []


def test_a_candidate_is_not_forgotten_with_another_of_the_same_name(setting: Setting) -> None:
    """The one before had asked for that name in vain, and its connection ended afterwards."""
    before, eve = setting.newcomer("eve"), setting.newcomer("eve")
    setting.room.remove("eve", before)
    setting.admit("eve", 2)
    assert eve.admitted_at == 2
    assert before.admitted_at is None


def test_the_log_is_read_from_what_somebody_here_can_have_missed(setting: Setting) -> None:
    """The next message; without members the first USERJOINED of a candidate, if Postgres has told it."""
    setting.tell(2, 3)
    assert setting.room.start_of_log() == 4
    setting.room.remove("adam", setting.adam)
    assert setting.room.start_of_log() is None
    for name in ("eve", "carol", "dave"):
        setting.newcomer(name)
    assert setting.room.start_of_log() is None
    setting.room.candidates["eve"].seq = 9
    setting.room.candidates["carol"].seq = 7
    assert setting.room.start_of_log() == 7


def test_a_room_that_is_given_up_sends_all_away_who_would_wait_in_vain(setting: Setting) -> None:
    """They get first what there is; a candidate whose USERJOINED is yet to be written may still come in."""
    eve, carol = setting.newcomer("eve"), setting.newcomer("carol")
    setting.room.candidates["eve"].seq = 9
    setting.tell(2)
    setting.room.give_up(FAULT)
    assert setting.adam.seqs == [2]
    assert [who.lost for who in (setting.adam, eve, carol)] == [FAULT, FAULT, None]
    assert setting.desertions == 1
    setting.admit("carol", 10)
    setting.tell(11)
    setting.room.flush()
    assert carol.seqs == [11]
    assert setting.adam.seqs == [2]
