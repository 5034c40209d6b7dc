"""What a client knows of a room that grew beyond what statuses name, whatever order it is told in."""

import pytest

from edgechat.client.state import State
from proto.chatmessage_pb2 import ROOM_STATUS, USERS, chatmessage, roomstatus

NAMED, ALL = 64, 81
NAMES = [f"user{number}" for number in range(1, ALL + 1)]


def joined(number: int) -> chatmessage:
    """The USERJOINED of one who came as the last of so many."""
    room = roomstatus(roomid=0, maxusers=100)
    if number <= NAMED:
        room.currusers.extend(NAMES[:number])
    else:
        room.numusers = number
    return chatmessage(
        mtype=ROOM_STATUS, userstatus="USERJOINED", user=NAMES[number - 1], roomid=0, seq=number, rooms=[room]
    )


@pytest.mark.parametrize("listed", [0, 10, NAMED, NAMED + 1, ALL - 1])
def test_a_list_that_comes_within_the_past_is_right_in_the_end(listed: int) -> None:
    """The history tells of when the room was small; the answer to USERS, of now, comes somewhere in it."""
    state = State()
    for number in range(1, ALL + 1):
        if number == listed + 1:
            answer = chatmessage(mtype=USERS, seq=ALL, rooms=[roomstatus(roomid=0, maxusers=100, currusers=NAMES)])
            state.take(answer, 0)
        state.take(joined(number), 0)
    assert state.are_users_known
    assert state.users == NAMES
    assert state.user_count == ALL
