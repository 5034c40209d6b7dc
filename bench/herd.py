"""Thousands of users in one process who join, lose their gateway and come back; commanded through a pipe."""

import select
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any

from bench.errors import BenchError
from bench.guest import Guest, Piece

MOST_SECONDS = 180.0
EVENTS_AT_ONCE = 256


class Herd:
    """All guests. Between calls it goes on reading, and checks what comes."""

    def __init__(self, control: Connection) -> None:
        self._control = control
        self._poll = select.epoll()
        self._poll.register(control.fileno(), select.EPOLLIN)
        self._guests: list[Guest] = []
        self._by_socket: dict[int, Guest] = {}
        # Those whose connection has ended.
        self._lost: list[Guest] = []
        # How often a guest was greeted, and let in.
        self._greeted = 0
        self._entered = 0
        # What bytes say, for each room.
        self._known: dict[int, dict[bytes, Piece]] = {}

    def run(self) -> None:
        """Serve until the pipe ends."""
        try:
            while True:
                self._turn(1.0)
        except EOFError:
            pass

    # What the benchmark asks for.

    def join(self, ports: Sequence[int], users: Sequence[tuple[str, int]], connecting: int) -> tuple[float, float]:
        """Connect users to these gateways in turn, `connecting` at once, then have all join at once.

        Returns how many seconds it took until all were connected, and until all who were had joined.
        """
        started = time.monotonic()
        new = [Guest(name, room, self._known.setdefault(room, {})) for name, room in users]
        self._guests += new
        goal = self._greeted + len(new)
        self._connect(new, ports, connecting, lambda: self._greeted, goal)
        connected, goal = time.monotonic(), self._entered + len(new)
        for guest in new:
            guest.join()
        self._wait(lambda: self._entered == goal)
        return connected - started, time.monotonic() - connected

    def come_back(self, ports: Sequence[int], connecting: int) -> float:
        """Have all whose connection has ended come back, `connecting` at once; returns the seconds it took."""
        self._wait(lambda: len(self._lost) == len(self._guests))
        lost, self._lost = self._lost, []
        started = time.monotonic()
        self._connect(lost, ports, connecting, lambda: self._entered, self._entered + len(lost))
        return time.monotonic() - started

    def seqs(self) -> dict[int, int]:
        """For each room, up to which seq all of its members have everything."""
        seqs: dict[int, int] = {}
        for guest in self._guests:
            seqs[guest.room] = min(seqs.get(guest.room, guest.seq), guest.seq)
        return seqs

    # The loop.

    def _connect(
        self, guests: list[Guest], ports: Sequence[int], connecting: int, arrived: Callable[[], int], goal: int
    ) -> None:
        """Connect guests, until as many as there are to be have arrived, and never more than `connecting` on their way.

        Those who had a place ask for it as soon as they are greeted.
        """
        for number, guest in enumerate(guests):
            guest.connect(ports[number % len(ports)])
            self._by_socket[guest.socket.fileno()] = guest
            self._poll.register(guest.socket.fileno(), select.EPOLLIN)
            # Those who are neither there nor to be connected are on their way.
            least = goal - (len(guests) - number - 1) - connecting
            self._turn(0.0)
            while arrived() <= least:
                self._turn(0.01)
        self._wait(lambda: arrived() == goal)

    def _turn(self, seconds: float) -> None:
        for number, _ in self._poll.poll(seconds, EVENTS_AT_ONCE):
            guest = self._by_socket.get(number)
            if guest is None:
                self._serve()
                continue
            was_greeted, was_in = guest.is_greeted, guest.is_in
            if not guest.take():
                self._poll.unregister(number)
                del self._by_socket[number]
                guest.socket.close()
                self._lost.append(guest)
                continue
            self._entered += guest.is_in and not was_in
            if guest.is_greeted and not was_greeted:
                self._greeted += 1
                if guest.token:
                    guest.join()

    def _serve(self) -> None:
        name, arguments = self._control.recv()
        self._control.send((None, getattr(self, name)(*arguments)))

    def _wait(self, is_done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + MOST_SECONDS
        while not is_done():
            if time.monotonic() > deadline:
                raise BenchError(f"waited {MOST_SECONDS:.0f} s in vain")
            self._turn(0.01)


def serve(control: Any) -> None:
    """The process's main function: an error goes to the benchmark, which ends the process."""
    try:
        Herd(control).run()
    except Exception as error:
        control.send((f"{type(error).__name__}: {error}", None))
