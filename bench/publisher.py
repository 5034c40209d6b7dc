"""Publishes feeds at a rate, over core NATS and a bare socket, without awaiting an answer."""

import socket
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection

from bench.errors import BenchError
from bench.form import Form, Publication

LEAST_PAUSE = 0.001
"""Seconds; at high rates, what is due is sent this often."""
MOST_AT_ONCE = 500
_LINE_BYTES = 65536


class Publisher:
    """One connection; it numbers the messages of all subjects together, over all runs."""

    def __init__(self, port: int, form: Form, subjects: Sequence[str]) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.recv(_LINE_BYTES)
        self._socket.sendall(b'CONNECT {"verbose":false,"pedantic":false,"name":"edgechat bench"}\r\n')
        self._publication = Publication(form, subjects)
        self._number = 0
        self._flush()

    def publish(self, rate: float, seconds: float) -> tuple[int, int, int]:
        """Publish for so long, each message with the time of its sending; returns how many, and start and end time."""
        total, sent = max(1, int(rate * seconds)), 0
        started, started_ns = time.monotonic(), time.time_ns()
        while sent < total:
            due = min(total, int((time.monotonic() - started) * rate) + 1, sent + MOST_AT_ONCE)
            if due > sent:
                self._socket.sendall(self._publication.fill(self._number + sent, due - sent, time.time_ns()))
                sent = due
            pause = started + sent / rate - time.monotonic()
            if pause > 0:
                time.sleep(max(pause, LEAST_PAUSE))
        self._number += total
        self._flush()
        return total, started_ns, time.time_ns()

    def _flush(self) -> None:
        """Wait until the server has taken everything. The PONG answers a ping of the server's own."""
        self._socket.sendall(b"PING\r\nPONG\r\n")
        answer = b""
        while b"PONG" not in answer:
            chunk = self._socket.recv(_LINE_BYTES)
            if not chunk or b"-ERR" in chunk:
                raise BenchError(f"NATS refused the publisher: {chunk!r}")
            answer += chunk


def serve(control: Connection, port: int, form: Form, subjects: Sequence[str]) -> None:
    """The process's main function."""
    publisher = Publisher(port, form, subjects)
    try:
        while True:
            _, arguments = control.recv()
            control.send((None, publisher.publish(*arguments)))
    except EOFError:
        pass
    except (OSError, BenchError) as error:
        control.send((str(error), None))
