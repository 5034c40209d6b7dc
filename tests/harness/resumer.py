"""Members who come back: whatever ends their connection, they resume elsewhere and account for every message.

A `Resumer` goes round the gateways' ports until one lets it in again, with its `resume_token` and the last seq that it
saw as `resume_after`: that is all it keeps. It counts what it should never see: gaps, doubles, messages that differ
from what others got under the same seq, and HISTORY_TRUNCATED.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence

from clientsim.connection import Connection
from clientsim.frames import feed_seq
from edgechat.client.requests import join_request
from harness.background import end
from proto.chatmessage_pb2 import COMMENT, chatmessage

ANSWER_SECONDS = 30.0
REACH_SECONDS = 90.0
RETRY_PAUSE = 0.1
"""Seconds before the next try after all gateways were asked in vain, or one said no."""


class Transcript:
    """What a room's members got, seq by seq; the first to get a message decides what all must get."""

    def __init__(self) -> None:
        self.hashes: dict[int, int] = {}
        self.differing = 0
        self.exits: Counter[str] = Counter()

    def take(self, seq: int, data: bytes) -> None:
        """Compare a message with what others got under its seq."""
        if self.hashes.setdefault(seq, hash(data)) != hash(data):
            self.differing += 1


class Resumer:
    """One user over many connections. `ports` is shared and may change while gateways come and go."""

    def __init__(self, name: str, room: int, ports: Sequence[int], transcript: Transcript, home: int = 0) -> None:
        self.name = name
        self.room = room
        self.last = 0
        self.received = 0
        self.gaps = 0
        self.doubles = 0
        self.truncated = 0
        self.longest_pause = 0.0
        self.resume_seconds: list[float] = []
        self.tokens_used = 0
        self.denials: Counter[str] = Counter()
        self.denied_because: list[str] = []
        self.unexplained_denials = 0
        self.closings: Counter[int] = Counter()
        self.closed_without_reason: Counter[int] = Counter()
        self.refused_comments: list[str] = []
        self.present = asyncio.Event()
        self._ports = ports
        self._transcript = transcript
        self._at = home
        self._port = 0
        self._token: str | None = None
        self._is_answer_lost = False
        self._lost_at: float | None = None
        self._last_at: float | None = None
        self._connection: Connection | None = None
        self._is_asking = False
        self._is_stopped = False
        self._ended = asyncio.Event()
        self._progress = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_flawed(self) -> bool:
        """Whether anything was missing, came again, or was not there any more."""
        return bool(self.gaps or self.doubles or self.truncated)

    def at_port(self, port: int) -> bool:
        """Whether it is in its room by way of this port now."""
        return self.present.is_set() and self._port == port

    async def start(self) -> None:
        """Join for the first time; from then on it keeps itself in the room."""
        self._task = asyncio.create_task(self._live())
        async with asyncio.timeout(ANSWER_SECONDS):
            await self.present.wait()

    async def stop(self) -> None:
        """Say goodbye and stay away; what still comes until that is answered does not count."""
        self._is_stopped = True
        if self._task is not None:
            await end(self._task)
        if self._connection is not None:
            self._connection.close()

    async def reach(self, seq: int) -> None:
        """Wait until the message with this seq has come; raises AssertionError when it does not."""
        try:
            async with asyncio.timeout(REACH_SECONDS):
                while self.last < seq:
                    self._progress.clear()
                    await self._progress.wait()
        except TimeoutError:
            raise AssertionError(f"{self.name} waits for seq {seq} of room {self.room} and is at {self.last}") from None

    async def comment(self, text: str) -> bool:
        """Say something, if in the room at present; whether it was sent."""
        if not self.present.is_set() or self._connection is None:
            return False
        self._connection.send(chatmessage(mtype=COMMENT, comment=text).SerializeToString())
        return True

    def drop(self) -> None:
        """Lose the connection without a goodbye."""
        if self._connection is not None:
            self._connection.abort()

    def forget_pauses(self) -> None:
        """Measure the longest pause from now on."""
        self.longest_pause = 0.0
        self._last_at = time.monotonic()

    async def _live(self) -> None:
        failures = 0
        while True:
            failures = 0 if await self._live_once() else failures + 1
            if failures >= len(self._ports):
                await asyncio.sleep(RETRY_PAUSE)
            self._at += 1

    async def _live_once(self) -> bool:
        """Connect to the next port and stay for as long as the connection lasts; whether the join was answered."""
        self._ended.clear()
        connection = Connection("127.0.0.1", self._take, self._end)
        self._connection, self._is_asking = connection, False
        self._port = self._ports[self._at % len(self._ports)]
        try:
            await asyncio.get_running_loop().create_connection(lambda: connection, "127.0.0.1", self._port)
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._answered()
            await self._ended.wait()
        except (OSError, TimeoutError):
            connection.abort()
            return False
        else:
            return True
        finally:
            self.present.clear()

    async def _answered(self) -> None:
        """Wait until the join was answered or the connection ended."""
        waits = [asyncio.create_task(event.wait()) for event in (self.present, self._ended)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        if not self.present.is_set():
            raise ConnectionError("the connection ended before the join was answered")

    def _take(self, data: bytes) -> None:
        if self._is_stopped:
            return
        seq = feed_seq(data)
        if seq is not None:
            self._note(seq, data)
            return
        message = chatmessage.FromString(data)
        if not self.present.is_set():
            self._take_answer(message)
        elif message.userstatus == "HISTORY_TRUNCATED":
            self.truncated += 1
            self.last = message.seq
        elif message.userstatus.startswith("REJECTED_"):
            self.refused_comments.append(message.reason)
        elif message.HasField("seq"):
            self._note(message.seq, data)
            if message.userstatus == "USEREXITED":
                self._transcript.exits[message.user] += 1
            elif message.userstatus == "USERJOINED" and message.user == self.name:
                # The room was told: the place was not taken back.
                self.tokens_used -= 1

    def _note(self, seq: int, data: bytes) -> None:
        now = time.monotonic()
        if self._last_at is not None:
            self.longest_pause = max(self.longest_pause, now - self._last_at)
        self._last_at = now
        self.received += 1
        if seq <= self.last:
            self.doubles += 1
            return
        self.gaps += seq - self.last - 1
        self.last = seq
        self._transcript.take(seq, data)
        self._progress.set()

    def _take_answer(self, message: chatmessage) -> None:
        assert self._connection is not None
        if message.userstatus == "PENDING":
            self._ask()
        elif message.userstatus == "USERJOINED" and message.user == self.name:
            self._enter(message)
        elif message.userstatus.startswith("DENIED_"):
            self._deny(message)

    def _ask(self) -> None:
        assert self._connection is not None
        self._is_asking = True
        request = join_request(self.name, self.room, self.last or None, resume_token=self._token)
        self._connection.send(request.SerializeToString())

    def _deny(self, message: chatmessage) -> None:
        self._is_asking = False
        self.denials[message.userstatus] += 1
        self.denied_because.append(message.reason)
        # Excused only where the answer that held the new token was lost on its way.
        self.unexplained_denials += not self._is_answer_lost
        asyncio.get_running_loop().call_later(RETRY_PAUSE, self._ask)

    def _enter(self, message: chatmessage) -> None:
        self._is_asking = self._is_answer_lost = False
        self._token = message.resume_token
        if self._lost_at is not None:
            self.resume_seconds.append(time.monotonic() - self._lost_at)
            self._lost_at = None
        if message.HasField("seq"):
            self.last = message.seq
        else:
            # Until the USERJOINED comes in its place, if it does.
            self.tokens_used += 1
        self.present.set()

    def _end(self, code: int, reason: str) -> None:
        self.closings[code] += 1
        self.closed_without_reason[code] += not reason
        self._is_answer_lost |= self._is_asking
        self._is_asking = False
        if self.present.is_set():
            self._lost_at = time.monotonic()
        self.present.clear()
        self._ended.set()
