"""One client that sends as fast as it is told, whatever it is told, in a process of its own."""

import time
from contextlib import suppress
from multiprocessing.connection import Connection

from bench.member import Member
from clientsim.frames import PONG
from proto.chatmessage_pb2 import COMMENT, FILTER, JOIN_REQ, RATES, chatmessage

NAME = "flooder"
_MASKED_PING = b"\x89\x84\0\0\0\0ping"
_READ_SECONDS = 0.001


class Flooder(Member):
    """Joins a room; then bytes are written as they are, and of what comes only the answers to pings are counted."""

    __slots__ = ("_unsent", "pongs")

    def __init__(self, port: int, room: int) -> None:
        super().__init__(port, NAME, room)
        self._unsent = b""
        self.pongs = 0
        while not self.is_in:
            self.take(self.read())
            time.sleep(_READ_SECONDS)

    def flood(self, data: bytes) -> None:
        """Send bytes as far as the network takes them, after what it has not taken yet."""
        self._unsent += data
        with suppress(BlockingIOError):
            self._unsent = self._unsent[self.socket.send(self._unsent) :]
        while chunk := self.read():
            self.pongs += sum(opcode == PONG for opcode, _ in self.reader.take(chunk))


def frames() -> dict[str, bytes]:
    """What is sent in turn: what is taken, what is refused, what nobody may ask, and pings."""
    messages = {
        "comments": chatmessage(mtype=COMMENT, comment="what a game"),
        "empty comments": chatmessage(mtype=COMMENT, comment=""),
        "joins": chatmessage(mtype=JOIN_REQ, user=NAME, roomid=-7),
        "filters": chatmessage(mtype=FILTER, sport_filter="no such column"),
        "questions": chatmessage(mtype=RATES),
    }
    masked = {name: message.SerializeToString() for name, message in messages.items()}
    sent = {name: bytes((0x82, 0x80 | len(data))) + bytes(4) + data for name, data in masked.items()}
    return sent | {"pings": _MASKED_PING}


def serve(control: Connection, port: int, room: int) -> None:
    """The process's main function: answers `flood(rate, seconds)` with how many frames it sent, and were looked at."""
    flooder = Flooder(port, room)
    control.send((None, None))
    try:
        _, (rate, seconds) = control.recv()
        control.send((None, _flood(flooder, rate, seconds)))
        control.recv()
    except EOFError:
        pass
    except (OSError, ValueError) as error:
        control.send((f"{type(error).__name__}: {error}", None))


def _flood(flooder: Flooder, rate: float, seconds: float) -> tuple[int, int]:
    kinds = list(frames().values())
    started, sent = time.monotonic(), 0
    while (passed := time.monotonic() - started) < seconds:
        due = int(passed * rate)
        flooder.flood(b"".join(kinds[number % len(kinds)] for number in range(sent, due)))
        sent = due
        time.sleep(_READ_SECONDS)
    # They are looked at in their order, and each kind is sent as often as the others.
    return sent, flooder.pongs * len(kinds)
