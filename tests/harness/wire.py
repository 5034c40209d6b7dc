"""A TCP proxy in front of a server, for what networks do: connections that are open and carry nothing any more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

CHUNK = 65536
REMEMBERED_BYTES = 4096


class Connection:
    """One connection through the wire. What it carries after `cut` is swallowed; neither side is told."""

    def __init__(self) -> None:
        self.opening = b""
        self.is_cut = False
        self.swallowed = 0

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one direction to its end."""
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                if len(self.opening) < REMEMBERED_BYTES:
                    self.opening += data
                if self.is_cut:
                    self.swallowed += len(data)
                    continue
                writer.write(data)
                await writer.drain()
        if not self.is_cut:
            writer.close()


class Wire:
    """Forwards connections to a port of 127.0.0.1."""

    def __init__(self, target: int) -> None:
        self.port = 0
        self.connections: list[Connection] = []
        self._target = target
        self._writers: list[asyncio.StreamWriter] = []

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Wire"]:
        """Listen for the time of the block."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for writer in self._writers:
                writer.transport.abort()

    def cut(self, mark: bytes) -> int:
        """Let the open connections whose first bytes hold `mark` fall silent; how many there are."""
        found = [connection for connection in self.connections if mark in connection.opening and not connection.is_cut]
        for connection in found:
            connection.is_cut = True
        return len(found)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        connection = Connection()
        self.connections.append(connection)
        self._writers += (writer, there_writer)
        try:
            await asyncio.gather(connection.carry(reader, there_writer), connection.carry(there_reader, writer))
        finally:
            # A cut connection ends for both sides only with the wire, or when one of them has given up.
            writer.transport.abort()
            there_writer.transport.abort()
