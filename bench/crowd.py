"""Many users in one process. The benchmark commands them through a pipe, by calls of Crowd's methods."""

import select
import time
from array import array
from collections import Counter
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any

from bench.errors import BenchError
from bench.member import JsonMember, Member
from bench.reference import Reference
from bench.tape import Tape

JOINING_AT_ONCE = 50
JOIN_SECONDS = 120.0
FORGET_INTERVAL = 1.0
TURN_SECONDS = 0.05
EVENTS_AT_ONCE = 256
ROUND_SECONDS = 8.0
"""How often every tape is checked, however little is on it: a ping must be answered within 20 s."""
CHECKED_AT_ONCE = 50
"""Tapes that are checked between two looks at the sockets: all of a thousand would hold up what arrives meanwhile."""


class Crowd:
    """All members. While it serves a call, it goes on reading everybody's bytes.

    Without a call, the loop only reads, compares, and notes latencies.
    """

    def __init__(self, control: Connection) -> None:
        self._control = control
        self._poll = select.epoll()
        self._poll.register(control.fileno(), select.EPOLLIN)
        self._by_socket: dict[int, Member] = {}
        # Those who read, in the order of their joins, and those who have stopped.
        self._members: list[Member] = []
        self._paused: list[Member] = []
        # How many of the members were looked at in this round of _check_some(), and when the next one begins.
        self._checked = 0
        self._round_due = 0.0
        # Noted since the last take_latencies(), in nanoseconds; and the time of the last one, Unix time in nanoseconds.
        self._latencies = array("q")
        self._last_delivery = 0

    def run(self) -> None:
        """Serve until the pipe ends."""
        try:
            due = 0.0
            while True:
                self._turn(TURN_SECONDS)
                self._check_some()
                # To look at ten thousand members takes longer than to read what some of them got.
                if time.monotonic() >= due:
                    self._forget()
                    due = time.monotonic() + FORGET_INTERVAL
        except EOFError:
            pass

    # What the benchmark asks for.

    def join(self, ports: Sequence[int], users: Sequence[tuple[str, int]], in_json: bool = False) -> float:
        """Bring users into rooms, over these gateways in turn; returns the seconds it took."""
        kind = JsonMember if in_json else Member
        started = time.monotonic()
        joining: list[Member] = []
        for number, (name, room) in enumerate(users):
            member = kind(ports[number % len(ports)], name, room)
            self._members.append(member)
            self._listen(member)
            joining.append(member)
            while len(joining) >= JOINING_AT_ONCE:
                self._turn(1.0)
                joining = [member for member in joining if not member.is_in]
        self._wait(lambda: all(member.is_in for member in joining), "joins")
        return time.monotonic() - started

    def set_filters(self, clauses: dict[int, dict[str, str]]) -> float:
        """Have the first member of each room set its filters, by the feeds' names; returns the seconds it took."""
        started = time.monotonic()
        setters = {member.room: member for member in reversed(self._members) if member.room in clauses}
        for room, member in setters.items():
            member.filter_seq = 0
            member.set_filters(clauses[room])
        self._wait(lambda: all(member.filter_seq for member in setters.values()), "filters")
        return time.monotonic() - started

    def watch(self, labels: dict[int, str], step: int, sample_every: int) -> int:
        """Compare from here on; rooms of one label at the same sequence share a reference. Returns how many it made.

        A member who would share it with nobody is recorded instead, and checked in large pieces.
        """
        chosen = [member for member in self._members if member.room in labels]
        newest: dict[int, int] = {}

        def is_quiet() -> bool:
            for member in chosen:
                newest[member.room] = max(newest.get(member.room, 0), member.seq)
            return all(member.seq == newest[member.room] for member in chosen)

        self._wait(is_quiet, "all members of a room to have the same seq")
        sharing = Counter((labels[member.room], member.seq) for member in chosen)
        references: dict[tuple[str, int], Reference] = {}
        for member in chosen:
            key = (labels[member.room], member.seq)
            if sharing[key] == 1:
                member.record(Tape(member.seq, sample_every))
                continue
            if key not in references:
                references[key] = Reference(member.seq, step, sample_every)
            member.watch(references[key])
        return len(references)

    def comment(self, rate: float, seconds: float) -> int:
        """Have the watching members comment in turn, `rate` per second in all; returns how many were sent."""
        speakers = [member for member in self._members if member.reference or member.tape]
        started, sent, total = time.monotonic(), 0, int(rate * seconds)
        while sent < total:
            due = min(total, int((time.monotonic() - started) * rate) + 1)
            now = time.time_ns()
            for number in range(sent, due):
                speakers[number % len(speakers)].comment(b"%019d what a game" % now)
            sent = due
            self._turn(max(0.0, min(0.001, started + sent / rate - time.monotonic())))
        return sent

    def seqs(self) -> dict[int, int]:
        """For each watched room, the sequence up to which all its members have everything; 0 while one is behind."""
        found: dict[int, int] = {}
        self._check_tapes()
        for member in self._members:
            reference = member.reference
            if member.tape is not None:
                found[member.room] = min(found.get(member.room, member.tape.seq), member.tape.seq)
            if reference is not None:
                seq = reference.seq if member.offset == reference.end else 0
                found[member.room] = min(found.get(member.room, seq), seq)
        return found

    def take_latencies(self) -> tuple[bytes, int]:
        """The latencies noted since the last call, as native 64-bit nanoseconds, and the time of the last delivery."""
        latencies, self._latencies = self._latencies, array("q")
        return latencies.tobytes(), self._last_delivery

    def pause(self, count: int) -> None:
        """Have the last `count` users stop reading."""
        self._paused = self._members[-count:]
        del self._members[-count:]
        for member in self._paused:
            self._ignore(member)

    def resume(self) -> list[int]:
        """Have them read on to the end, and check it; returns the codes with which they were closed."""
        paused, self._paused = self._paused, []
        return [member.drain() for member in paused]

    def leave(self) -> None:
        """Drop all connections."""
        for member in self._members:
            self._ignore(member)
            member.close()
        self._members.clear()

    # The loop.

    def _turn(self, seconds: float) -> None:
        """Take what has arrived, waiting up to `seconds` for it."""
        for number, _ in self._poll.poll(seconds, EVENTS_AT_ONCE):
            member = self._by_socket.get(number)
            if member is None:
                self._serve()
                continue
            if member.tape is not None:
                if member.tape.add(member.read(), time.time_ns()):
                    self._check_tape(member)
                continue
            member.take(member.read())
            reference = member.reference
            if reference is not None and member.mark < len(reference.mark_ends):
                self._note(member, reference)

    def _listen(self, member: Member) -> None:
        self._by_socket[member.socket.fileno()] = member
        self._poll.register(member.socket.fileno(), select.EPOLLIN)

    def _ignore(self, member: Member) -> None:
        self._poll.unregister(member.socket.fileno())
        del self._by_socket[member.socket.fileno()]

    def _check_tapes(self) -> None:
        for member in self._members:
            if member.tape is not None:
                self._check_tape(member)

    def _check_some(self) -> None:
        """Check what was recorded of the next few, if their round has begun."""
        if not self._checked:
            if time.monotonic() < self._round_due:
                return
            self._round_due = time.monotonic() + ROUND_SECONDS
        for member in self._members[self._checked : self._checked + CHECKED_AT_ONCE]:
            if member.tape is not None:
                self._check_tape(member)
        self._checked += CHECKED_AT_ONCE
        if self._checked >= len(self._members):
            self._checked = 0

    def _check_tape(self, member: Member) -> None:
        self._latencies.frombytes(member.check_tape())
        assert member.tape is not None
        self._last_delivery = max(self._last_delivery, member.tape.last_at)

    def _note(self, member: Member, reference: Reference) -> None:
        """Note the latency of every mark that a member has passed."""
        now = self._last_delivery = time.time_ns()
        ends, times = reference.mark_ends, reference.mark_times
        while member.mark < len(ends) and ends[member.mark] <= member.offset:
            self._latencies.append(now - times[member.mark])
            member.mark += 1

    def _serve(self) -> None:
        name, arguments = self._control.recv()
        # The benchmark asks for nothing else before this is answered, though a call may itself read on.
        self._control.send((None, getattr(self, name)(*arguments)))

    def _wait(self, is_done: Any, what: str) -> None:
        deadline = time.monotonic() + JOIN_SECONDS
        while not is_done():
            if time.monotonic() > deadline:
                raise BenchError(f"waited {JOIN_SECONDS:.0f} s in vain for {what}")
            self._turn(0.1)

    def _forget(self) -> None:
        """Forget bytes that everybody has got."""
        least: dict[int, tuple[Reference, int]] = {}
        for member in (*self._members, *self._paused):
            if member.reference is not None:
                reference, offset = least.get(id(member.reference), (member.reference, member.offset))
                least[id(reference)] = (reference, min(offset, member.offset))
        for reference, offset in least.values():
            reference.forget(offset)


def serve(control: Connection) -> None:
    """The process's main function: an error goes to the benchmark, which ends the process."""
    try:
        Crowd(control).run()
    except Exception as error:
        control.send((f"{type(error).__name__}: {error}", None))
