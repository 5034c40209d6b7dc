"""While a batch is stored, what arrives from NATS is read together; nothing is lost, and a lost server is noticed."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import pairwise

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg

from bridge.link import Link
from bridge.pacing import PAUSE_SECONDS, Pacing
from harness.servers import PostgresServer
from harness.waiting import until
from servers.nats import EmbeddedNats

MESSAGES, EVERY_SECONDS = 300, 0.002
APART_SECONDS = 0.001
"""Messages between whose arrivals there is more were not read together."""


class Arrivals:
    """What a connection of the bridge gets: messages by number, when each came, and how the connection ended."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.times: list[float] = []
        self.ends: list[Exception] = []

    async def take(self, message: Msg) -> None:
        """Called by the library."""
        self.numbers.append(int(message.data))
        self.times.append(time.monotonic())

    async def until(self, count: int) -> None:
        """Wait until so many have come, which must be all from number 0 on, in their order."""
        await until(lambda: len(self.numbers) >= count, f"{count} messages")
        assert self.numbers == [*range(count)]

    def reads(self) -> int:
        """How often at least one message was read."""
        return 1 + sum(later - earlier > APART_SECONDS for earlier, later in pairwise(self.times))


@asynccontextmanager
async def listening(server: EmbeddedNats) -> AsyncIterator[tuple[Client, Arrivals, Client]]:
    """A connection as the bridge has it, what it gets, and one that publishes."""
    arrivals = Arrivals()
    async with Link([server.url]).connected(lost=arrivals.ends.append) as client:
        await client.subscribe("paced", cb=arrivals.take)
        await client.flush()
        async with await nats.connect(server.url, allow_reconnect=False) as publisher:
            yield client, arrivals, publisher


async def publish(publisher: Client, first: int, count: int) -> None:
    """One message after the other, each sent for itself."""
    for number in range(first, first + count):
        await publisher.publish("paced", str(number).encode())
        await publisher.flush()
        await asyncio.sleep(EVERY_SECONDS)


async def test_meanwhile_messages_are_read_together_and_all_come(nats_server: EmbeddedNats) -> None:
    """In order, and the last of them soon."""
    async with listening(nats_server) as (client, arrivals, publisher):
        started = time.monotonic()
        with Pacing(client).read_seldom():
            await publish(publisher, 0, MESSAGES)
            took = time.monotonic() - started
            await arrivals.until(MESSAGES)
        # Once in each turn, and sometimes a message comes while one is read.
        assert arrivals.reads() <= 1.5 * (2 + took / PAUSE_SECONDS)


async def test_afterwards_they_are_read_as_they_come(nats_server: EmbeddedNats) -> None:
    """However often a batch was stored, and also if that failed."""
    async with listening(nats_server) as (client, arrivals, publisher):
        pacing = Pacing(client)
        for number in range(20):
            with suppress(LookupError), pacing.read_seldom():
                await asyncio.sleep(0.0005 * number)
                raise LookupError
            await publish(publisher, number, 1)
            await arrivals.until(number + 1)
        await publish(publisher, 20, MESSAGES)
        await arrivals.until(20 + MESSAGES)
        # A few may come together, by the server's doing.
        assert arrivals.reads() > MESSAGES * 2 / 3


async def test_a_server_that_dies_meanwhile_is_noticed(
    revived_servers: tuple[PostgresServer, EmbeddedNats],
) -> None:
    """And the end finds nothing to resume."""
    async with listening(revived_servers[1]) as (client, arrivals, _):
        with Pacing(client).read_seldom():
            await asyncio.sleep(PAUSE_SECONDS)
            revived_servers[1].kill()
            await until(lambda: arrivals.ends, "the end of the connection")
