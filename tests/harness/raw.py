"""A WebSocket client of bytes: it sends whatever it is told, whether that is right or wrong, and reads frames."""

import asyncio
import os
import ssl
from collections.abc import Mapping
from contextlib import suppress
from typing import Self

from clientsim.frames import CLOSE, FrameReader
from proto.subprotocol import SUBPROTOCOL

WAIT_SECONDS = 30.0
HEADERS = {
    "Host": "gateway",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}
"""Of an opening that is right; the key is RFC 6455's own example."""


def frame(opcode: int, content: bytes = b"", *, fin: bool = True, reserved: int = 0, masked: bool = True) -> bytes:
    """A client's frame (RFC 6455, section 5.2), or one that only looks so."""
    size, mask = len(content), os.urandom(4) if masked else b""
    head = bytes((fin << 7 | reserved << 4 | opcode,))
    if size < 126:
        head += bytes((masked << 7 | size,))
    else:
        width = 2 if size < 2**16 else 8
        head += bytes((masked << 7 | (126 if width == 2 else 127),)) + size.to_bytes(width, "big")
    return head + mask + (mask_content(content, mask) if masked else content)


def mask_content(content: bytes, mask: bytes) -> bytes:
    """XOR with the mask, over and over (section 5.3)."""
    pattern = (mask * (len(content) // 4 + 1))[: len(content)]
    return (int.from_bytes(content, "big") ^ int.from_bytes(pattern, "big")).to_bytes(len(content), "big")


def request(headers: Mapping[str, str | None]) -> bytes:
    """An opening with these headers besides HEADERS; None leaves one out."""
    lines = [f"{name}: {value}\r\n" for name, value in {**HEADERS, **headers}.items() if value is not None]
    return f"GET / HTTP/1.1\r\n{''.join(lines)}\r\n".encode()


class RawClient:
    """A connection; every wait is limited."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._frames = FrameReader()
        # Read, and not asked for yet.
        self._early: list[tuple[int, bytes]] = []

    @classmethod
    async def at(cls, port: int, tls: ssl.SSLContext | None = None) -> Self:
        """A TCP connection that has said nothing."""
        async with asyncio.timeout(WAIT_SECONDS):
            return cls(*await asyncio.open_connection("127.0.0.1", port, ssl=tls))

    @classmethod
    async def opened(cls, port: int, subprotocol: str | None = SUBPROTOCOL, **headers: str | None) -> Self:
        """One that has been let in; its PENDING waits to be read."""
        client = await cls.at(port)
        status, answer = await client.ask(request({"Sec-WebSocket-Protocol": subprotocol, **headers}))
        assert status == 101, answer
        return client

    async def send(self, data: bytes) -> None:
        """Send bytes as they are; a connection that has ended takes them as well."""
        with suppress(OSError):
            self._writer.write(data)
            async with asyncio.timeout(WAIT_SECONDS):
                await self._writer.drain()

    async def ask(self, data: bytes) -> tuple[int, str]:
        """Send a request; the status and the whole answer, but for the frames that may follow."""
        await self.send(data)
        async with asyncio.timeout(WAIT_SECONDS):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            status = int(head.split()[1])
            body = b"" if status == 101 else await self._reader.read()
        return status, head + body.decode()

    async def receive(self) -> tuple[int, bytes] | None:
        """The opcode and content of the next frame; None if the connection has ended."""
        while not self._early:
            try:
                async with asyncio.timeout(WAIT_SECONDS):
                    data = await self._reader.read(65536)
            except OSError:
                data = b""
            if not data:
                return None
            self._early = self._frames.take(data)
        return self._early.pop(0)

    async def until(self, opcode: int) -> bytes:
        """The content of the next frame of this kind; what comes before it is passed over."""
        while (got := await self.receive()) is not None:
            if got[0] == opcode:
                return got[1]
        raise AssertionError(f"the connection ended, and no frame of kind {opcode} came")

    async def closing(self) -> int | None:
        """Read to the end; the code of the close frame, 1005 if it has none, None if there was no such frame."""
        code = None
        while (got := await self.receive()) is not None:
            if got[0] == CLOSE:
                code = int.from_bytes(got[1][:2], "big") if got[1] else 1005
        return code

    async def ended(self) -> None:
        """Wait until the other side has ended the connection; what still comes is passed over."""
        while await self.receive() is not None:
            pass

    def abort(self) -> None:
        """Drop it without a goodbye."""
        self._writer.transport.abort()


class RawClients:
    """Opens such connections; all are dropped at the end."""

    def __init__(self) -> None:
        self._clients: list[RawClient] = []

    async def at(self, port: int, tls: ssl.SSLContext | None = None) -> RawClient:
        """See RawClient."""
        client = await RawClient.at(port, tls)
        self._clients.append(client)
        return client

    async def opened(self, port: int, subprotocol: str | None = SUBPROTOCOL, **headers: str | None) -> RawClient:
        """See RawClient."""
        client = await RawClient.opened(port, subprotocol, **headers)
        self._clients.append(client)
        return client

    def drop(self) -> None:
        """End all."""
        for client in self._clients:
            client.abort()
        self._clients.clear()
