"""The least that a gateway can be: it lets everybody in and writes the same frames to all."""

import re
import socket
import time
from multiprocessing.connection import Connection

from websockets.frames import Frame, Opcode
from websockets.utils import accept_key

from bench.payload import make_event
from proto.chatmessage_pb2 import EVENT, ROOM_STATUS, chatmessage
from proto.event_pb2 import event

BLOCK = 100
"""Messages per write, about as many as a gateway joins under load."""
_READ_BYTES = 65536
_UPGRADED = b"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: %b\r\n\r\n"
_KEY = re.compile(rb"Sec-WebSocket-Key: (\S+)")


def serve(control: Connection, size: int) -> None:
    """The process's main function: reports its port, waits for the users, sends when asked to."""
    with socket.create_server(("127.0.0.1", 0), backlog=size) as server:
        control.send((None, server.getsockname()[1]))
        clients = [_admit(server) for _ in range(size)]
    try:
        _, (seconds,) = control.recv()
        control.send((None, _blast(clients, seconds)))
        control.recv()
    except EOFError:
        pass


def _admit(server: socket.socket) -> socket.socket:
    """Upgrade a connection, and answer its request with a USERJOINED at sequence 0."""
    client, _ = server.accept()
    key = _KEY.search(client.recv(_READ_BYTES))
    assert key is not None
    pending = chatmessage(mtype=ROOM_STATUS, userstatus="PENDING", user="unknown", roomid=-1)
    client.sendall(_UPGRADED % accept_key(key[1].decode()).encode() + _frame(pending))
    # It follows the mask of four bytes, which is zero.
    request = chatmessage.FromString(client.recv(_READ_BYTES)[6:])
    joined = chatmessage(mtype=ROOM_STATUS, userstatus="USERJOINED", user=request.user, roomid=request.roomid)
    client.sendall(_frame(joined))
    return client


def _blast(clients: list[socket.socket], seconds: float) -> int:
    """Send for `seconds`, as fast as the clients read; returns the last sequence."""
    deadline, seq = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        now = time.time_ns()
        frames = b"".join([_feed_frame(number, now) for number in range(seq, seq + BLOCK)])
        for client in clients:
            client.sendall(frames)
        seq += BLOCK
    return seq


def _feed_frame(number: int, now: int) -> bytes:
    message = event.FromString(make_event(number, now))
    return _frame(chatmessage(mtype=EVENT, eventmsg=message, seq=number + 1))


def _frame(message: chatmessage) -> bytes:
    return Frame(Opcode.BINARY, message.SerializeToString()).serialize(mask=False)
