"""Publishers of numbered sport events, whose every message can be told from all others and counted afterwards."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import nats.errors
import nats.js.errors
from nats.aio.client import Client

from harness.jetstream import connected
from harness.rooms import make_event

SUBJECT = "sport_event"
ACK_SECONDS = 2.0
TICK_SECONDS = 0.02
SPORTS = 7


def numbered_event(number: int) -> bytes:
    """The event with this number; the sport goes round."""
    return make_event(sport=number % SPORTS + 1, text=f"{number}").SerializeToString()


class Publisher:
    """Publishes events one after the other; `sent` counts them, or, if asked for, those that were acknowledged."""

    def __init__(self, url: str) -> None:
        self.sent = 0
        self.retries = 0
        self._url = url

    @asynccontextmanager
    async def running(self, rate: float, *, acknowledged: bool = False) -> AsyncIterator[None]:
        """Publish `rate` messages a second for the time of the block."""
        async with connected(self._url) as client:
            # Not cancelled: asyncio.wait_for, in the library, forgets that when an answer comes at the same moment.
            over = asyncio.Event()
            task = asyncio.create_task(self._run(client, rate, acknowledged, over))
            try:
                yield
            finally:
                over.set()
                await task
                if not acknowledged:
                    await client.flush()

    async def send(self, count: int) -> None:
        """Publish so many messages as fast as they go, as plain publishers do."""
        async with connected(self._url) as client:
            for _ in range(count):
                await self._send(client)
            await client.flush()

    async def repeat(self, message: bytes, count: int) -> None:
        """Publish the same bytes so many times."""
        async with connected(self._url) as client:
            for _ in range(count):
                await client.publish(SUBJECT, message)
            await client.flush()

    async def send_large(self, count: int, size: int) -> int:
        """Publish so many messages of this size; how many there are in all."""
        async with connected(self._url) as client:
            for _ in range(count):
                await client.publish(SUBJECT, make_event(text=f"{self.sent} {'x' * size}").SerializeToString())
                self.sent += 1
            await client.flush()
        return self.sent

    async def _run(self, client: Client, rate: float, acknowledged: bool, over: asyncio.Event) -> None:
        started, first = time.monotonic(), self.sent
        while not over.is_set():
            due = first + int((time.monotonic() - started) * rate)
            while self.sent < due and not over.is_set():
                await (self._send_acknowledged(client, over) if acknowledged else self._send(client))
            await asyncio.sleep(TICK_SECONDS)

    async def _send(self, client: Client) -> None:
        await client.publish(SUBJECT, numbered_event(self.sent))
        self.sent += 1

    async def _send_acknowledged(self, client: Client, over: asyncio.Event) -> None:
        """Publish until it is acknowledged or all is over; the server knows a message that it has already by its id."""
        number = self.sent
        while not over.is_set():
            try:
                await client.jetstream(timeout=ACK_SECONDS).publish(
                    SUBJECT, numbered_event(number), headers={"Nats-Msg-Id": f"event {number}"}
                )
            except (OSError, TimeoutError, nats.errors.Error, nats.js.errors.Error):
                self.retries += 1
                await asyncio.sleep(0.05)
            else:
                self.sent += 1
                return
