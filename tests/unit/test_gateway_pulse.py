"""Who does not answer pings is gone, but not who is not heard because the service is busy."""

import asyncio

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from gateway.client import pulse
from gateway.door.paced import PacedConnection

BUSY_SECONDS = 1.5
MESSAGES = 12


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have clients be pinged often."""
    monkeypatch.setattr(pulse, "PING_INTERVAL", 0.1)
    monkeypatch.setattr(pulse, "PONG_TIMEOUT", 0.3)


async def serve_slowly(connection: ServerConnection) -> None:
    """Watch the client, and be busy with its first message for long, as while a database is away."""
    assert isinstance(connection, PacedConnection)
    watch = asyncio.create_task(pulse.watch(connection))
    try:
        async for data in connection:
            await asyncio.sleep(BUSY_SECONDS if data == "0" else 0.0)
            await connection.send(data)
    finally:
        watch.cancel()


async def test_who_is_not_read_while_the_service_is_busy_is_not_gone() -> None:
    """Their answers to pings wait behind what they have sent."""
    async with serve(serve_slowly, "127.0.0.1", 0, create_connection=PacedConnection, max_queue=4) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with connect(f"ws://127.0.0.1:{port}", proxy=None) as client:
            for number in range(MESSAGES):
                await client.send(f"{number}")
            async with asyncio.timeout(10 * BUSY_SECONDS):
                assert [await client.recv() for _ in range(MESSAGES)] == [f"{number}" for number in range(MESSAGES)]


async def test_who_answers_nothing_is_gone() -> None:
    """With the code that says so."""
    async with serve(serve_slowly, "127.0.0.1", 0, create_connection=PacedConnection, max_queue=4) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with connect(f"ws://127.0.0.1:{port}", proxy=None) as client:
            client.transport.pause_reading()
            await asyncio.sleep(BUSY_SECONDS)
            client.transport.resume_reading()
            with pytest.raises(ConnectionClosed) as closed:
                await client.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4009
