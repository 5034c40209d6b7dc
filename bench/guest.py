"""One of thousands of users who lose their gateway and come back: the least that a client does which misses nothing."""

import socket
import struct

from bench.errors import ReceivedError, RefusedError
from clientsim.frames import BINARY, CLOSE, PING
from clientsim.handshake import Handshake
from proto.chatmessage_pb2 import JOIN_REQ, chatmessage

_READ_BYTES = 65536
_PONG = 0x8A

Piece = tuple[int, int, int]
"""What complete frames say: their first seq, their last, and how many bytes they have."""


class Guest:
    """Connects, joins when told to, and checks that each seq follows the one before, over all of its connections.

    Members of a room mostly get the same bytes, so what these say is looked up in `known`, which they share.
    """

    __slots__ = (
        "_handshake",
        "_known",
        "_rest",
        "is_greeted",
        "is_in",
        "name",
        "port",
        "room",
        "seq",
        "socket",
        "token",
    )

    def __init__(self, name: str, room: int, known: dict[bytes, Piece]) -> None:
        self.name = name
        self.room = room
        # Up to where everything has arrived; what takes the place back.
        self.seq = 0
        self.token = ""
        # Whether PENDING has come, and the own USERJOINED.
        self.is_greeted = False
        self.is_in = False
        self._known = known

    def connect(self, port: int) -> None:
        """Connect and ask for the upgrade; raises OSError."""
        self.is_greeted = self.is_in = False
        self._rest = b""
        self._handshake: Handshake | None = Handshake(f"127.0.0.1:{port}")
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(self._handshake.request)
        self.socket.setblocking(False)

    def join(self) -> None:
        """Ask for the place: the former one, and what came since, if there was one."""
        wish = chatmessage(mtype=JOIN_REQ, user=self.name, roomid=self.room)
        if self.token:
            wish.resume_token, wish.resume_after = self.token, self.seq
        message = wish.SerializeToString()
        size = struct.pack("!B", 0x80 | len(message)) if len(message) < 126 else struct.pack("!BH", 0xFE, len(message))
        # The mask is zero, which leaves the content as it is.
        self.socket.send(bytes((0x80 | BINARY,)) + size + b"\0\0\0\0" + message)

    def take(self) -> bool:
        """Take what has arrived; False if the connection has ended. Raises ReceivedError and RefusedError."""
        try:
            chunk = self.socket.recv(_READ_BYTES)
        except BlockingIOError:
            return True
        except ConnectionResetError:
            return False
        if not chunk:
            return False
        if self._handshake is not None:
            chunk = self._handshake.take(chunk)
            if not self._handshake.is_done:
                return True
            self._handshake = None
        if self._rest:
            chunk = self._rest + chunk
        if not self.is_in:
            chunk = self._enter(chunk)
        self._rest = self._follow(chunk) if chunk and self.is_in else chunk
        return True

    def _enter(self, data: bytes) -> bytes:
        """Look at what comes up to the own USERJOINED; returns what follows."""
        while not self.is_in and (end := _frame_end(data)):
            if data[0] == 0x80 | CLOSE:
                raise ReceivedError(f"{self.name} was closed: {data[2:end]!r}")
            if data[0] == 0x80 | PING:
                self._answer(data[2:end])
                data = data[end:]
                continue
            message = chatmessage.FromString(data[_content_at(data) : end])
            data = data[end:]
            if message.userstatus == "PENDING":
                self.is_greeted = True
            elif message.userstatus == "USERJOINED" and message.resume_token:
                self.is_in = True
                self.token = message.resume_token
                self.seq = message.seq or self.seq
            else:
                raise RefusedError(f"{self.name}: {message.userstatus} {message.reason}")
        return data

    def _follow(self, data: bytes) -> bytes:
        """Check what the room got; returns an incomplete frame."""
        piece = self._known.get(data)
        if piece is None:
            piece, pings = _read(data)
            for ping in pings:
                self._answer(ping)
            if not pings:
                if len(self._known) > 5000:
                    self._known.clear()
                self._known[data] = piece
        first, last, size = piece
        if last:
            if first != self.seq + 1:
                raise ReceivedError(f"{self.name} in room {self.room} got {first} after {self.seq}")
            self.seq = last
        return data[size:]

    def _answer(self, ping: bytes) -> None:
        self.socket.send(struct.pack("!BBI", _PONG, 0x80 | len(ping), 0) + ping)


def _content_at(data: bytes) -> int:
    return 2 + (0, 2, 8)[max(0, data[1] - 125)]


def _frame_end(data: bytes, place: int = 0) -> int:
    """Where the frame at a place ends; 0 if it is not complete."""
    if len(data) < place + 2:
        return 0
    size, start = data[place + 1], place + 2
    if size > 125:
        width = 2 if size == 126 else 8
        size, start = int.from_bytes(data[start : start + width], "big"), start + width
    return start + size if len(data) >= start + size else 0


def _read(data: bytes) -> tuple[Piece, list[bytes]]:
    first = last = place = 0
    pings = []
    while end := _frame_end(data, place):
        start = place + _content_at(data[place : place + 2])
        if data[place] == 0x80 | PING:
            pings.append(data[start:end])
        elif data[place] == 0x80 | BINARY:
            seq = chatmessage.FromString(data[start:end]).seq
            if last and seq != last + 1:
                raise ReceivedError(f"{seq} came after {last}")
            first, last = first or seq, seq
        else:
            raise ReceivedError(f"a frame begins with {data[place : place + 30]!r}")
        place = end
    return (first, last, place), pings
