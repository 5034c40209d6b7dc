"""A WebSocket client reduced to what a swarm needs: many connections in one process, little work per message.

The library's connection costs a task switch and a queue for each message: a few hundred users would measure themselves
instead of the service. This one hands over the messages of a chunk as it arrives. No TLS, no extensions.
"""

import asyncio
from collections.abc import Callable
from typing import cast

from websockets.frames import Frame, Opcode

from clientsim.frames import BINARY, CLOSE, PING, FrameReader, UnknownFrameError
from clientsim.handshake import Handshake, HandshakeError

NORMAL, LOST, BROKEN = 1000, 1006, 1002


class Connection(asyncio.Protocol):
    """One connection. `on_message` is given every binary message, `on_close` once the close code and reason.

    Code 1006 means lost without a goodbye, 1002 that the server does not speak WebSocket.
    """

    def __init__(self, host: str, on_message: Callable[[bytes], None], on_close: Callable[[int, str], None]) -> None:
        self._on_message = on_message
        self._on_close = on_close
        self._handshake = Handshake(host)
        self._reader = FrameReader()
        self._transport: asyncio.Transport | None = None
        # Code and reason for `on_close`, as far as they are known.
        self._closing = (LOST, "")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._handshake.request)

    def data_received(self, data: bytes) -> None:
        """Take a chunk: first the answer to the upgrade, then frames."""
        try:
            if not self._handshake.is_done:
                data = self._handshake.take(data)
            for opcode, payload in self._reader.take(data):
                if opcode == BINARY:
                    self._on_message(payload)
                else:
                    self._take_control(opcode, payload)
        except (HandshakeError, UnknownFrameError) as error:
            self._fail(str(error))

    def connection_lost(self, error: Exception | None) -> None:
        """Report how it ended."""
        self._on_close(*self._closing)

    def send(self, message: bytes) -> None:
        """Send a binary message; nothing happens on a connection that is closing."""
        self._write(Opcode.BINARY, message)

    def close(self) -> None:
        """Say goodbye and close."""
        self._closing = (NORMAL, "")
        self._write(Opcode.CLOSE, NORMAL.to_bytes(2, "big"))
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Drop the connection without a goodbye, as a network that goes away does."""
        if self._transport is not None:
            self._transport.abort()

    def _take_control(self, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            self._write(Opcode.PONG, payload)
        elif opcode == CLOSE:
            self._closing = (int.from_bytes(payload[:2], "big") or LOST, payload[2:].decode(errors="replace"))
            self._write(Opcode.CLOSE, payload[:2])
            if self._transport is not None:
                self._transport.close()

    def _fail(self, reason: str) -> None:
        self._closing = (BROKEN, reason)
        self.abort()

    def _write(self, opcode: Opcode, payload: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(Frame(opcode, payload).serialize(mask=True))
