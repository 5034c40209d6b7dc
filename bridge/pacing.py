"""Reads from NATS seldom while Postgres stores a batch.

What arrives meanwhile only joins the next batch. Read as it comes, one message at a time, it costs several times the
processor time that it costs together with others, which Postgres and gateways lack where they share the machine.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from nats.aio.client import Client
from nats.aio.transport import TcpTransport

READ_SECONDS = 0.001
PAUSE_SECONDS = 0.01
"""For so long is read, then not, in turn. The server's pings wait no longer than that."""


class Pacing:
    """That of one connection, which must be open."""

    def __init__(self, client: Client) -> None:
        # The library has no word for this, and no other kind of transport without one more library.
        connected = client._transport
        assert isinstance(connected, TcpTransport)
        assert connected._io_writer is not None
        self._transport = cast(asyncio.Transport, connected._io_writer.transport)
        self._turn: asyncio.TimerHandle | None = None

    @contextmanager
    def read_seldom(self) -> Iterator[None]:
        """In here what arrives is left in the system's buffers most of the time; at the end all of it is read."""
        self._read()
        try:
            yield
        finally:
            if self._turn is not None:
                self._turn.cancel()
            self._resume()

    def _read(self) -> None:
        self._resume()
        self._turn = asyncio.get_running_loop().call_later(READ_SECONDS, self._pause)

    def _pause(self) -> None:
        if not self._transport.is_closing():
            self._transport.pause_reading()
        self._turn = asyncio.get_running_loop().call_later(PAUSE_SECONDS, self._read)

    def _resume(self) -> None:
        if not self._transport.is_closing():
            self._transport.resume_reading()
