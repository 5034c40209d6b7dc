"""A room's messages over as many connections as it takes, and requests among them.

Nothing runs beside the program: whichever call waits for something reads the connection for all of them, one message at
a time. So a program that takes no messages makes the service wait, which closes the connection with 4008 after ten
seconds; the next call comes back and misses nothing.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidHandshake

from edgechat.client.closing import closing_of, final_error, hinted_pause, pause
from edgechat.client.connection import ChatConnection
from edgechat.client.errors import ClosedError, JoinDeniedError, StateError, UnansweredError, UnreachableError
from edgechat.client.place import Place
from edgechat.client.questions import QUESTIONS
from edgechat.client.requests import join_request
from edgechat.client.state import State
from edgechat.client.token import Token, shown
from edgechat.client.unread import Unread
from edgechat.client.waiting import Waiting
from proto.chatmessage_pb2 import chatmessage

ANSWER_SECONDS = 30.0
"""How long the service may take to answer a join; it gives up itself after half of that."""

OWN_JOINS = ("DENIED_", "TOKENRENEWED")
"""How answers to a member's JOIN_REQ begin."""

log = logging.getLogger(__name__)


class Stream:
    """What a `Client` stands on; its docstring tells `patience` and `options`."""

    def __init__(self, url: str, patience: float, options: dict[str, Any], token: Token | None) -> None:
        self.state = State()
        self.token = token
        self.place: Place | None = None
        self._url = url
        self._patience = patience
        self._options = options
        self._connection: ChatConnection | None = None
        # Whether the connection is in the room, if there is one to be in.
        self._is_in = False
        self._unread = Unread()
        # Held by the call that reads the connection or makes a new one.
        self._reading = asyncio.Lock()
        # Held by the call whose answer is awaited: answers have no number, but for those of questions.
        self._asking = asyncio.Lock()
        self._waiting: Waiting | None = None
        # How often the service was reached in vain, or a connection lost, since it last let the client in.
        self._failures = 0
        # When the next try is due, by time.monotonic(): calls that are given up meanwhile do not put it off.
        self._due = 0.0
        self._is_closed = asyncio.Event()
        # Why the service closed for good.
        self._end: ClosedError | None = None

    async def open(self) -> None:
        """Connect, if there is no connection yet."""
        async with self._reading:
            await self._come_back()

    async def enter(self, place: Place) -> chatmessage:
        """Join a room, the only one, and return the own USERJOINED."""
        async with self._reading:
            self._require_open()
            if self.place is not None:
                raise StateError(f"this client is in room {self.place.room}; make another one to be in two rooms")
            self.place = place
            try:
                answer = await self._come_back()
            except BaseException:
                self.place = None
                raise
        assert answer is not None
        return answer

    async def take(self) -> chatmessage | None:
        """The next message; None once the stream is closed."""
        self._require_joined()
        try:
            self._require_open()
            await self._read_until(lambda: bool(self._unread))
        except StateError:
            return None
        return self._unread.take()

    async def request(self, request: chatmessage, is_answer: Callable[[chatmessage], bool]) -> chatmessage:
        """Send a request and wait for its answer, as the only one."""
        self._require_joined()
        async with self._asking:
            # The answer to a call that was cancelled must not be taken for this one's.
            await self._read_until(lambda: self._waiting is None and self._can_send)
            assert self._connection is not None
            waiting = self._waiting = Waiting(is_answer)
            try:
                await self._connection.send(request)
            except ConnectionClosed:
                pass  # Whoever reads on is told how it ended.
            except BaseException:
                # A text that protobuf cannot write, or a cancellation amid a write: nobody can tell what was sent.
                self._lose("the program gave up a request")
                raise
            await self._read_until(lambda: waiting.is_over)
            return waiting.result

    async def renew(self) -> chatmessage:
        """Show the service a token on the connection that there is; raises JoinDeniedError."""
        self._require_joined()
        token = await shown(self.token)
        assert self.place is not None
        answer = await self.request(
            join_request(self.place.name, self.place.room, auth_token=token),
            lambda message: message.userstatus.startswith(OWN_JOINS),
        )
        if answer.userstatus.startswith("DENIED_"):
            raise JoinDeniedError(answer)
        return answer

    async def close(self) -> None:
        """Say goodbye."""
        self._is_closed.set()
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    @property
    def _can_send(self) -> bool:
        return self._is_in and self._connection is not None and self._connection.is_open

    async def _read_until(self, is_enough: Callable[[], bool]) -> None:
        """Read, or let another call read, until something is so."""
        while not is_enough():
            async with self._reading:
                if not is_enough():
                    await self._read()

    async def _read(self) -> None:
        """Take one message, or come back if there is no connection any more."""
        self._require_open()
        if self._unread.is_behind and not self._unread and self._waiting is None:
            # What was let go is read from the service's log.
            self._lose("more came than was taken")
        if self._connection is None or not self._is_in:
            await self._come_back()
            return
        try:
            self._note(await self._connection.receive())
        except ConnectionClosed as error:
            self._take_closing(error)

    def _note(self, message: chatmessage) -> None:
        assert self.place is not None
        self.state.take(message, self.place.room)
        if self._waiting is not None and self._waiting.take(message):
            self._waiting = None
        # Answers to this client alone are what its calls return or raise.
        if message.mtype in QUESTIONS or message.userstatus.startswith(("REJECTED_", *OWN_JOINS)):
            return
        if self._unread.keep(message):
            self.place.note(message)

    # Coming and going.

    async def _come_back(self) -> chatmessage | None:
        """Connect, and join if there is a place to join; returns the own USERJOINED. Only while holding `_reading`."""
        started = time.monotonic()
        while True:
            trouble: Exception
            try:
                return await self._try_to_enter()
            except JoinDeniedError as denial:
                if not (self.place and self.place.is_held_by_itself(denial, time.monotonic() - started)):
                    raise
                trouble = denial
            except ConnectionClosed as error:
                self._take_closing(error)
                trouble = error
            except (OSError, TimeoutError, InvalidHandshake) as error:
                trouble = error
            if time.monotonic() - started >= self._patience:
                what = str(trouble) or type(trouble).__name__
                raise UnreachableError(f"{self._url} for {self._patience:g} s: {what}") from trouble
            self._failures += 1
            self._due = time.monotonic() + pause(self._failures - 1)
            log.info("%s: %s; trying again", self._url, trouble or type(trouble).__name__)

    async def _try_to_enter(self) -> chatmessage | None:
        if self._failures:
            await self._pause(self._due - time.monotonic())
        self._require_open()
        if self._connection is None:
            connection = await ChatConnection.connect(self._url, **self._options)
            if self._is_closed.is_set():
                await connection.close()
            self._require_open()
            self._connection = connection
            self.state.welcome(connection.welcome)
        answer = await self._enter(self._connection, self.place) if self.place else None
        self._failures = 0
        return answer

    async def _enter(self, connection: ChatConnection, place: Place) -> chatmessage:
        token = await shown(self.token)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                answer = await connection.join(*place.wishes, token)
        except JoinDeniedError:
            raise
        except BaseException:
            place.is_doubtful = True
            self._lose("the join was not answered")
            raise
        place.enter(answer)
        self._is_in = True
        self._unread.is_behind = False
        self.state.take(answer, place.room)
        return answer

    def _take_closing(self, error: ConnectionClosed) -> None:
        """Forget a connection that ended; raises ClosedError if it ended for good."""
        code, reason = closing_of(error)
        self._end = final_error(code, reason)
        is_first = not self._failures
        self._lose(f"{code} {reason}".strip())
        hint = hinted_pause(code, reason)
        if is_first and hint is not None:
            self._due = time.monotonic() + hint
        self._require_open()

    def _lose(self, why: str) -> None:
        """Give the connection up, and with it the answer that somebody waits for."""
        connection, self._connection = self._connection, None
        waiting, self._waiting = self._waiting, None
        self._is_in = False
        if not self._failures:
            self._failures = 1
            self._due = time.monotonic() + pause(0)
        if connection is not None:
            log.info("%s: the connection ended: %s", self._url, why)
            connection.abort()
        if waiting is not None:
            waiting.fail(self._end or UnansweredError(f"the connection was lost before the answer came: {why}"))

    async def _pause(self, seconds: float) -> None:
        """Wait, but not beyond `close`."""
        try:
            async with asyncio.timeout(seconds):
                await self._is_closed.wait()
        except TimeoutError:
            return

    def _require_open(self) -> None:
        if self._end is not None:
            raise self._end
        if self._is_closed.is_set():
            raise StateError("the client is closed; make another one")

    def _require_joined(self) -> None:
        if self.place is None and not self._is_closed.is_set():
            raise StateError("join a room first")
