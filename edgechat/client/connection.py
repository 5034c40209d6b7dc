"""One chat connection as a Python object: binary WebSocket frames of `chatmessage` (docs/protocol.md).

It ends when the service or the network ends it; `Client` comes back.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import ConcurrencyError, ConnectionClosed
from websockets.protocol import State
from websockets.typing import Subprotocol

from edgechat.client.errors import JoinDeniedError
from edgechat.client.requests import is_welcome, join_request, member_request
from proto.chatmessage_pb2 import COMMENT, FILTER, chatmessage, feedfilter
from proto.sizes import MAX_SENT_BYTES
from proto.subprotocol import SUBPROTOCOL

OPEN_SECONDS = 10.0
CLOSE_SECONDS = 5.0


class ChatConnection:
    """A connected user. Make one with `ChatConnection.connect`; it is an async context manager that closes itself.

    `welcome` is the ROOM_STATUS PENDING that every connection starts with; its `feeds` are those that there are.
    Sending and receiving on a connection that the service has closed raises `websockets.exceptions.ConnectionClosed`.
    """

    subprotocol = SUBPROTOCOL

    def __init__(self, connection: ClientConnection, welcome: chatmessage) -> None:
        self._connection = connection
        # What came before the answer to a join.
        self._early: deque[chatmessage] = deque()
        # Who the service has let into which room; None before.
        self._member: tuple[str, int] | None = None
        self.welcome = welcome

    @classmethod
    async def connect(cls, url: str, *, as_original: bool = False, **options: Any) -> Self:
        """Open a connection to a ws:// or wss:// URL and read its PENDING. `as_original` connects as clients of the
        original service do, who get no rows of feeds that were added. `options` go to websockets' `connect`; without
        `proxy` among them, proxies that the environment names are not used.

        Raises OSError or TimeoutError when nobody answers there, websockets' InvalidHandshake when it is no WebSocket,
        ConnectionClosed when the service lets nobody in for now.
        """
        settings = {
            "subprotocols": None if as_original else [Subprotocol(cls.subprotocol)],
            "compression": None,
            "max_size": MAX_SENT_BYTES,
            "open_timeout": OPEN_SECONDS,
            "close_timeout": CLOSE_SECONDS,
            # A service on this machine must not be reached through a proxy that the environment names.
            "proxy": None,
        }
        connection = await open_websocket(url, **settings | options)
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                return cls(connection, cls.decode(await connection.recv(decode=False)))
        except BaseException:
            connection.transport.abort()
            raise

    async def join(
        self,
        user: str,
        roomid: int,
        resume_after: int | None = None,
        history: int | None = None,
        resume_token: str | None = None,
        auth_token: str | None = None,
    ) -> chatmessage:
        """Join a room and return the own USERJOINED; raises JoinDeniedError with the service's reason.

        `resume_after` asks for what the room got after that seq, `history` for its last messages; `resume_token` takes
        back the place of a lost connection, `auth_token` says who the user is where that is asked for. The answer's
        `user` is the name as the service writes it. Messages that
        arrive before the answer (a second join on a joined connection) are kept for `receive` and `messages`.
        """
        await self.send(join_request(user, roomid, resume_after, history, resume_token, auth_token))
        while True:
            answer = await self._read()
            if is_welcome(answer, user):
                self._member = answer.user, roomid
                return answer
            if answer.userstatus.startswith("DENIED_"):
                raise JoinDeniedError(answer)
            self._early.append(answer)

    async def comment(self, text: str) -> None:
        """Say `text` in the room; everyone there gets it as a COMMENT."""
        await self.send(member_request(COMMENT, self._member, comment=text))

    async def set_filter(self, sport: str | None = None, execution: str | None = None) -> None:
        """Ask for new filters of the room; None leaves the field out, which means SAME.

        The verdict comes as a message: FILTERAPPLIED to the room, or REJECTED_BADFILTER to this user.
        """
        request = member_request(FILTER, self._member)
        if sport is not None:
            request.sport_filter = sport
        if execution is not None:
            request.execution_filter = execution
        await self.send(request)

    async def set_filters(self, clauses: Mapping[str, str]) -> None:
        """The same for any feeds, by their names; the others keep theirs."""
        request = member_request(FILTER, self._member)
        request.filters.extend(feedfilter(feed=feed, clause=clause) for feed, clause in clauses.items())
        await self.send(request)

    async def send(self, message: chatmessage) -> None:
        """Send any message as it is."""
        await self._connection.send(self.encode(message))

    async def receive(self) -> chatmessage:
        """Wait for the next message, without a limit (`asyncio.timeout` sets one).

        What is not received waits on the socket but for some frames: a program that does not read is closed with 4008.
        """
        return self._early.popleft() if self._early else await self._read()

    async def messages(self) -> AsyncIterator[chatmessage]:
        """Yield messages as they arrive, until either side closes; `closing` then tells how."""
        try:
            while True:
                yield await self.receive()
        except ConnectionClosed:
            return

    @property
    def closing(self) -> tuple[int | None, str | None]:
        """The close code and reason, both None while open; 1006 is a connection lost without a goodbye."""
        return self._connection.close_code, self._connection.close_reason

    @property
    def is_open(self) -> bool:
        """Whether something can be sent; if not, there may still be messages to receive."""
        return self._connection.state is State.OPEN

    async def close(self) -> None:
        """Say goodbye and close; harmless on a closed connection. Messages not received yet are thrown away."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._connection.close())
            # The answer to the goodbye comes after all unread messages. Another task may be reading them.
            with suppress(ConnectionClosed, ConcurrencyError):
                while True:
                    await self._connection.recv(decode=False)

    def abort(self) -> None:
        """Drop the connection without a goodbye, as a network that goes away does."""
        self._connection.transport.abort()

    @staticmethod
    def encode(message: chatmessage) -> str | bytes:
        """What a frame holds of a message: text for a string, binary for bytes."""
        return message.SerializeToString()

    @staticmethod
    def decode(data: bytes) -> chatmessage:
        """The message in a frame."""
        return chatmessage.FromString(data)

    async def _read(self) -> chatmessage:
        return self.decode(await self._connection.recv(decode=False))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def websocket_url(host: str, port: int) -> str:
    """The URL of a service without TLS; an IPv6 address gets its brackets."""
    return f"ws://[{host}]:{port}/" if ":" in host else f"ws://{host}:{port}/"
