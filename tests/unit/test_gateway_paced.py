"""A connection that is held up for sending too fast goes on by itself."""

import asyncio
import itertools
from typing import Any

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from gateway.allowance import Allowance
from gateway.door.paced import PacedConnection

FRAMES = 50
WAIT_SECONDS = 10.0


class Hasty(PacedConnection):
    """One for which time passes between any two looks at the clock, as on a busy machine: half of a frame's worth."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Powers of two, so that all of it is exact.
        ticks = itertools.count(0, 2.0**-13)
        self._allowance = Allowance(rate=2.0**12, burst=1, clock=lambda: next(ticks))


async def echo(connection: ServerConnection) -> None:
    """Send everything back."""
    async for data in connection:
        await connection.send(data)


async def test_who_may_go_on_just_when_that_is_asked_is_not_forgotten() -> None:
    """Held up at one look, free at the next: nobody else would have the rest looked at."""
    async with serve(echo, "127.0.0.1", 0, create_connection=Hasty) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with connect(f"ws://127.0.0.1:{port}", proxy=None) as client:
            for number in range(FRAMES):
                await client.send(f"{number}")
            async with asyncio.timeout(WAIT_SECONDS):
                assert [await client.recv() for _ in range(FRAMES)] == [f"{number}" for number in range(FRAMES)]
