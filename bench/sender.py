"""The least that a gateway can be: it lets everybody in and writes prebuilt frames, the same to all."""

import socket
import time
from multiprocessing.connection import Connection

from bench.payload import make_event
from gateway.frames import frame, frames_with_seq, wrap_feed_message
from proto.chatmessage_pb2 import EVENT, ROOM_STATUS, chatmessage

BLOCK = 100
"""Messages a write, about what a gateway joins under load."""
_READ_BYTES = 65536
_UPGRADED = b"HTTP/1.1 101 Switching Protocols\r\n\r\n"


def serve(control: Connection, size: int) -> None:
    """The process's main function: tells its port, waits for the users, sends when asked to."""
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
    """Upgrade a connection and answer whatever it asks for with its USERJOINED, all at sequence 0."""
    client, _ = server.accept()
    client.recv(_READ_BYTES)
    pending = chatmessage(mtype=ROOM_STATUS, userstatus="PENDING", user="unknown", roomid=-1)
    client.sendall(_UPGRADED + frame(pending.SerializeToString()))
    # Behind the mask of four bytes, which is zero.
    request = chatmessage.FromString(client.recv(_READ_BYTES)[6:])
    joined = chatmessage(mtype=ROOM_STATUS, userstatus="USERJOINED", user=request.user, roomid=request.roomid)
    client.sendall(frame(joined.SerializeToString()))
    return client


def _blast(clients: list[socket.socket], seconds: float) -> int:
    """Send for so long as fast as the clients read; returns the last sequence."""
    deadline, seq = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        now = time.time_ns()
        events = [make_event(number, now) for number in range(seq, seq + BLOCK)]
        bodies = [wrap_feed_message(EVENT, chatmessage.EVENTMSG_FIELD_NUMBER, event) for event in events]
        frames = frames_with_seq(bodies, seq + 1)
        for client in clients:
            client.sendall(frames)
        seq += BLOCK
    return seq
