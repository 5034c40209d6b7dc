"""How the simulator shows a room to a person: one line per message, in colour on a terminal."""

import sys
import time
from typing import TextIO

from clientsim.decimals import decimal_of
from clientsim.inspection import describe
from proto import chatmessage_pb2, event_pb2
from proto.chatmessage_pb2 import chatmessage

GREEN, RED, YELLOW, BLUE, CYAN, GREY, BOLD = "32", "31", "33", "34", "36", "90", "1"

_FEEDS_WITH_FIELDS = ("sport_event", "execution")
_STATUS_COLOURS = {"USERJOINED": GREEN, "USEREXITED": YELLOW, "FILTERAPPLIED": BLUE}


class Screen:
    """Writes lines to a stream and flushes each, so that the reader of a pipe sees them as they happen."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._coloured = self._stream.isatty()

    def message(self, roomid: int, message: chatmessage) -> None:
        """Show a received message: time, room, seq, what."""
        colour, text = describe_message(message)
        place = f"#{message.seq}" if message.HasField("seq") else ""
        self._line(colour, f"{time.strftime('%H:%M:%S')} room {roomid} {place:>8}  {text}")

    def remark(self, text: str) -> None:
        """Show the simulator's remark on the line before."""
        self._line(RED if text.startswith("WRONG") else CYAN, f"{'':>24}  {text}")

    def own(self, text: str) -> None:
        """Show what this user does."""
        self._line(BOLD, f"{time.strftime('%H:%M:%S')} {'':>15}  {text}")

    def plain(self, text: str) -> None:
        """Show a line as it is."""
        self._line("", text)

    def _line(self, colour: str, text: str) -> None:
        text = printable(text)
        print(f"\033[{colour}m{text}\033[0m" if colour and self._coloured else text, file=self._stream, flush=True)


def printable(text: str) -> str:
    """A text without control characters for the terminal: anybody may put anything into a comment."""
    return text if text.isprintable() else "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def describe_message(message: chatmessage) -> tuple[str, str]:
    """A message's colour, and its text without time and place."""
    if message.mtype == chatmessage_pb2.EVENT:
        row = message.eventmsg
        return GREY, f"event    {sport_name(row.sport):<10} {row.match_title} | {row.data_event}"
    if message.mtype == chatmessage_pb2.EXECUTION:
        trade = message.execmsg
        # All digits, as a filter compares them.
        quantity, price = decimal_of(trade.quantity), decimal_of(trade.price)
        what = f"{trade.market:<11} {trade.symbol} {quantity:f} at {price:f} {trade.stateSymbol}"
        return GREY, f"trade    {what}"
    if message.mtype == chatmessage_pb2.FEED:
        return GREY, f"{message.feed:<8} {message.row}"
    if message.mtype == chatmessage_pb2.COMMENT:
        return "", f"comment  {message.user}: {message.comment}"
    return _STATUS_COLOURS.get(message.userstatus, RED), _describe_status(message)


def _describe_status(message: chatmessage) -> str:
    filters = describe(message.sport_filter, message.execution_filter, others=_other_filters(message))
    match message.userstatus:
        case "USERJOINED":
            return f"joined   {message.user} ({_present(message)}) {filters}"
        case "USEREXITED":
            return f"exited   {message.user} ({_present(message)})"
        case "FILTERAPPLIED":
            return f"filter   applied for {message.user}: {filters}"
        case "REJECTED_BADFILTER":
            return f"filter   refused: {message.reason} (in force: {filters})"
    reason = f": {message.reason}" if message.reason else ""
    return f"status   {message.userstatus}{reason}"


def _other_filters(message: chatmessage) -> dict[str, str]:
    """The clauses of feeds that have no field for theirs, but for ALL, which is what most rooms have of most feeds."""
    return {
        each.feed: each.clause
        for each in message.filters
        if each.feed not in _FEEDS_WITH_FIELDS and each.clause != "ALL"
    }


def _present(message: chatmessage) -> str:
    for room in message.rooms:
        if room.roomid == message.roomid:
            return f"now {', '.join(room.currusers) or 'nobody'}"
    return "room not listed"


def sport_name(number: int) -> str:
    """A sport's name; a number that this program does not know stays a number."""
    return event_pb2.sport.Name(number) if number in event_pb2.sport.values() else str(number)
