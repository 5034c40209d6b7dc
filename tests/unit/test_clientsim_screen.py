"""What a person sees: one line per message, no colour into a file, and nobody's text steers the terminal."""

import io

import pytest

from clientsim.screen import Screen, describe_message
from proto import chatmessage_pb2
from proto.chatmessage_pb2 import chatmessage, feedfilter, roomstatus
from proto.event_pb2 import event
from proto.execution_pb2 import execution


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


TRADE = execution(
    symbol="MASTERS:winner--Tiger Woods", market="GOLF", price=41.25, quantity=300, executionEpoch=1, stateSymbol="PA"
)
MESSAGES = {
    "event    BASKETBALL LAKERS vs CELTICS | Q3 04:12 LAKERS 88 CELTICS 85": chatmessage(
        mtype=chatmessage_pb2.EVENT,
        eventmsg=event(sport="BASKETBALL", match_title="LAKERS vs CELTICS", data_event="Q3 04:12 LAKERS 88 CELTICS 85"),
    ),
    "trade    GOLF        MASTERS:winner--Tiger Woods 300 at 41.25 PA": chatmessage(
        mtype=chatmessage_pb2.EXECUTION, execmsg=TRADE
    ),
    "trade    GOLF        MASTERS:winner--Jon Rahm 1234567 at 12345.67 NY": chatmessage(
        mtype=chatmessage_pb2.EXECUTION,
        execmsg=execution(
            symbol="MASTERS:winner--Jon Rahm",
            market="GOLF",
            price=12345.67,
            quantity=1234567,
            executionEpoch=1,
            stateSymbol="NY",
        ),
    ),
    "comment  adam: hello": chatmessage(mtype=chatmessage_pb2.COMMENT, user="adam", comment="hello"),
    "joined   bobby (now adam, bobby) [sport: NONE | execution: ALL]": chatmessage(
        mtype=chatmessage_pb2.ROOM_STATUS,
        userstatus="USERJOINED",
        user="bobby",
        roomid=3,
        sport_filter="NONE",
        execution_filter="ALL",
        rooms=[roomstatus(roomid=3, maxusers=4, currusers=["adam", "bobby"])],
    ),
    'weather  {"city":"Ulm","temperature":21.5}': chatmessage(
        mtype=chatmessage_pb2.FEED, feed="weather", row='{"city":"Ulm","temperature":21.5}'
    ),
    "filter   applied for adam: [sport: NONE | execution: ALL | weather: temperature > 30]": chatmessage(
        mtype=chatmessage_pb2.ROOM_STATUS,
        userstatus="FILTERAPPLIED",
        user="adam",
        sport_filter="NONE",
        execution_filter="ALL",
        filters=[
            feedfilter(feed="sport_event", clause="NONE"),
            feedfilter(feed="execution", clause="ALL"),
            feedfilter(feed="weather", clause="temperature > 30"),
            feedfilter(feed="tides", clause="ALL"),
        ],
    ),
    "filter   refused: no such column (in force: [sport: NONE | execution: NONE])": chatmessage(
        mtype=chatmessage_pb2.ROOM_STATUS,
        userstatus="REJECTED_BADFILTER",
        sport_filter="NONE",
        execution_filter="NONE",
        reason="no such column",
    ),
    "status   REJECTED_COMMENT: too fast": chatmessage(
        mtype=chatmessage_pb2.ROOM_STATUS, userstatus="REJECTED_COMMENT", reason="too fast"
    ),
}


@pytest.mark.parametrize(("text", "message"), MESSAGES.items(), ids=list(MESSAGES))
def test_messages_read_like_this(text: str, message: chatmessage) -> None:
    """One line each."""
    assert describe_message(message)[1] == text


def test_a_line_has_time_room_and_seq() -> None:
    """Without escape codes where no terminal is."""
    stream = io.StringIO()
    Screen(stream).message(3, chatmessage(mtype=chatmessage_pb2.COMMENT, user="adam", comment="hello", seq=118))
    line = stream.getvalue()
    assert line[8:] == " room 3     #118  comment  adam: hello\n"
    assert line[2] == line[5] == ":"


def test_colour_is_for_terminals() -> None:
    """Around the line."""
    stream = Terminal()
    Screen(stream).remark("WRONG: gap")
    assert stream.getvalue().startswith("\033[31m")
    assert stream.getvalue().endswith("\033[0m\n")


def test_a_comment_cannot_steer_the_terminal() -> None:
    """Nor make two lines of one."""
    stream = Terminal()
    comment = chatmessage(mtype=chatmessage_pb2.COMMENT, user="eve", comment="a\033[2J\nb\u202e")
    Screen(stream).message(0, comment)
    assert "\033" not in stream.getvalue()
    assert stream.getvalue().count("\n") == 1
    assert "\u202e" not in stream.getvalue()
