"""A pooler in transaction mode in front of Postgres: as pgbouncer does it, a session is a client's for one transaction.

Clients log in at Postgres itself, each over a connection that is then everybody's. Prepared statements and listeners
stay with the connection on which they were made, so a client finds them again by luck only.
"""

import asyncio
import struct
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

SSL_REQUEST = 80877103
ASKS_FOR_PASSWORD = (3, 5, 10, 11)
"""Kinds of authentication messages that the client answers."""
IDLE = b"I"
GOODBYE = b"X"

Asking = asyncio.Task[tuple[bytes, bytes]]


class Session:
    """One connection to Postgres."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer


class Pooler:
    """Forwards to Postgres at a port of 127.0.0.1. Idle sessions are taken in turn, or else the last one first."""

    def __init__(self, target: int, in_turn: bool) -> None:
        self.port = 0
        self._target = target
        self._in_turn = in_turn
        self._idle: deque[Session] = deque()
        self._has_idle = asyncio.Condition()
        self._writers: list[asyncio.StreamWriter] = []

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Pooler"]:
        """Listen for the time of the block."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for writer in self._writers:
                writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._log_in(reader, writer)
            asked = asyncio.create_task(_read(reader))
            while (await asked)[0] != GOODBYE:
                asked = await self._forward_transaction(asked, reader, writer)
        writer.close()

    async def _log_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opening = await _read_opening(reader)
        if struct.unpack("!I", opening[4:8])[0] == SSL_REQUEST:
            writer.write(b"N")
            opening = await _read_opening(reader)
        session = Session(*await asyncio.open_connection("127.0.0.1", self._target))
        self._writers.append(session.writer)
        session.writer.write(opening)
        while True:
            kind, message = await _read(session.reader)
            writer.write(message)
            if kind == b"Z":
                return await self._put_back(session)
            if kind == b"R" and struct.unpack("!I", message[5:9])[0] in ASKS_FOR_PASSWORD:
                session.writer.write((await _read(reader))[1])

    async def _forward_transaction(
        self, asked: Asking, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> Asking:
        """Have a session for as long as a transaction takes; what the client asks next, if it has yet."""
        session = await self._take()
        answering = asyncio.create_task(_answer(session, writer))
        while not answering.done():
            if asked.done():
                session.writer.write(asked.result()[1])
                asked = asyncio.create_task(_read(reader))
            await asyncio.wait([asked, answering], return_when=asyncio.FIRST_COMPLETED)
        await self._put_back(session)
        return asked

    async def _take(self) -> Session:
        async with self._has_idle:
            await self._has_idle.wait_for(lambda: bool(self._idle))
            return self._idle.popleft() if self._in_turn else self._idle.pop()

    async def _put_back(self, session: Session) -> None:
        async with self._has_idle:
            self._idle.append(session)
            self._has_idle.notify()


async def _answer(session: Session, writer: asyncio.StreamWriter) -> None:
    """Forward what Postgres answers up to the end of the transaction."""
    while True:
        kind, message = await _read(session.reader)
        writer.write(message)
        if kind == b"Z" and message[5:6] == IDLE:
            return


async def _read(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """A message's kind, and all of it."""
    head = await reader.readexactly(5)
    return head[:1], head + await reader.readexactly(struct.unpack("!I", head[1:])[0] - 4)


async def _read_opening(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(4)
    return head + await reader.readexactly(struct.unpack("!I", head)[0] - 4)
