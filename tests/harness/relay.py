"""A TCP relay between a part and its server, to break what lies between them and to count how often one waits."""

import asyncio
import ssl
from types import TracebackType
from typing import Self


class Relay:
    """Listens on a port of its own and passes everything on; deaf, it swallows what the server answers, and closed, it
    takes no new connection."""

    def __init__(self, host: str, port: int, *, tls: ssl.SSLContext | None = None) -> None:
        """With `tls` it is what terminates TLS in front of the server."""
        self.port = 0
        self._tls = tls
        self.is_deaf = False
        self.is_closed = False
        self.swallowed = 0
        self.connections = 0
        # How often the part spoke after the server had: its round trips, if it uses one connection.
        self.round_trips = 0
        self._has_answered = True
        self._target = (host, port)
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        self.cut()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """End all connections, without a goodbye."""
        for writer in self._writers:
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_closed:
            writer.transport.abort()
            return
        try:
            server_reader, server_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        self.connections += 1
        self._writers |= {writer, server_writer}
        for source, sink, is_answer in ((reader, server_writer, False), (server_reader, writer, True)):
            task = asyncio.create_task(self._pass_on(source, sink, is_answer))
            self._tasks.add(task)

    async def _pass_on(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, is_answer: bool) -> None:
        try:
            while data := await source.read(65_536):
                if not is_answer and self._has_answered:
                    self.round_trips += 1
                self._has_answered = is_answer
                if is_answer and self.is_deaf:
                    self.swallowed += len(data)
                else:
                    sink.write(data)
                    await sink.drain()
        except OSError:
            pass
        finally:
            sink.transport.abort()
