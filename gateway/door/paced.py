"""A connection that takes what a client sends no faster than it may be sent, and no more than it has read.

Whatever is in the frames has its own limits (gateway/client/limits.py). Here all frames count, those that are refused,
pings and parts of messages too, before anything is done with them: what is too much is not read, so that the client's
own sending stops. Nothing is lost or answered otherwise; only time passes.
"""

import asyncio
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.frames import Frame
from websockets.http11 import Request, Response

from gateway.allowance import Allowance

FRAMES_PER_SECOND = 200.0
"""Twice the comments that are taken (gateway/client/limits.py)."""
FRAME_BURST = 500.0
COUNTED_BYTES = 64 * 1024
"""A frame counts once more for each so many bytes that it has."""
PIECE_BYTES = 4096
"""What is parsed before it is counted: some hundred of the smallest frames, which takes a few milliseconds."""
MAX_UNREAD_BYTES = 1024 * 1024
"""With so much unsent, nothing more is read: pings, too, are answered, and somebody may send many and read nothing."""
MAX_HANDSHAKE_BYTES = 32 * 1024
"""A request with all of its headers; the library limits only each of them."""


class PacedConnection(ServerConnection):
    """To be given to the WebSocket server as `create_connection`."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._allowance = Allowance(FRAMES_PER_SECOND, FRAME_BURST)
        # What was read and not looked at yet; what comes after it is not read.
        self._rest = bytearray()
        self._is_reading = True
        self._timer: asyncio.TimerHandle | None = None
        self._handshake_bytes = 0
        # The monotonic time at which something of the client was last looked at.
        self.heard_at = time.monotonic()
        self._is_lost = False
        self._on_lost: Callable[[], None] = _nothing

    @property
    def peer(self) -> str:
        """The address of the connection's other end; empty where there is none."""
        name = self.transport.get_extra_info("peername")
        return str(name[0]) if isinstance(name, tuple) else ""

    @property
    def is_unread(self) -> bool:
        """Whether nothing of the client is looked at until what it has sent before is done."""
        return bool(self.recv_messages.paused)

    def when_lost(self, call: Callable[[], None]) -> None:
        """Have something called once, when the socket has ended; at once if it has: requests are looked at later."""
        if self._is_lost:
            call()
        else:
            self._on_lost = call

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.BaseProtocol."""
        super().connection_made(transport)
        # The library would have the transport read on though there is a rest.
        self.recv_messages.pause = self._settle
        self.recv_messages.resume = self._continue

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._rest or len(data) > PIECE_BYTES or self._is_held():
            self._rest += data
            self._take()
        else:
            self._look_at(data)
            self._settle()

    def eof_received(self) -> None:
        """See asyncio.Protocol."""
        rest, self._rest = self._rest, bytearray()
        if rest:
            self._look_at(bytes(rest))
        super().eof_received()

    def resume_writing(self) -> None:
        """See asyncio.BaseProtocol."""
        super().resume_writing()
        self._continue()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.BaseProtocol."""
        self._rest.clear()
        if self._timer is not None:
            self._timer.cancel()
        self._is_lost = True
        self._on_lost()
        super().connection_lost(exc)

    # What the library calls.

    def process_event(self, event: Request | Response | Frame) -> None:
        """Count a frame, whatever it is."""
        if isinstance(event, Frame):
            self._allowance.owe(1 + len(event.data) // COUNTED_BYTES)
        super().process_event(event)

    def _take(self) -> None:
        """Look at the rest as far as that is allowed now."""
        while self._rest and not self._is_held():
            piece = bytes(self._rest[:PIECE_BYTES])
            del self._rest[:PIECE_BYTES]
            self._look_at(piece)
        self._settle()

    def _look_at(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self.heard_at = time.monotonic()
        if self.request is None:
            self._handshake_bytes += len(data)
            if self._handshake_bytes > MAX_HANDSHAKE_BYTES:
                return self._refuse_headers()
        super().data_received(data)

    def _is_held(self) -> bool:
        """Whether nothing more may be looked at now."""
        return self._is_backed_up() or not self._allowance.has_one()

    def _is_backed_up(self) -> bool:
        """Whether something else is to be done first; whoever does it has us go on."""
        return self.is_unread or self.transport.get_write_buffer_size() > MAX_UNREAD_BYTES

    def _continue(self) -> None:
        """Something may be looked at again; not at once, for the library calls this in the middle of its own work."""
        self.loop.call_soon(self._take)

    def _on_time(self) -> None:
        self._timer = None
        self._take()

    def _settle(self) -> None:
        """Have the transport read if there is no rest and nothing holds it up; see to it that somebody looks again."""
        if self.transport.is_closing():
            return
        may_read = not self._rest and not self._is_held()
        if may_read != self._is_reading:
            self._is_reading = may_read
            if may_read:
                self.transport.resume_reading()
            else:
                self.transport.pause_reading()
        # In no time, if more has come to be allowed since it was asked.
        if not may_read and self._timer is None and not self._is_backed_up():
            self._timer = self.loop.call_later(self._allowance.seconds_to_one(), self._on_time)

    def _refuse_headers(self) -> None:
        status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        words = f"the request has over {MAX_HANDSHAKE_BYTES} bytes of headers\n"
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\nContent-Length: {len(words)}\r\n\r\n"
        self.transport.write((head + words).encode())
        self.transport.close()


def _nothing() -> None:
    """For connections that nobody counts."""
