"""A whole system for a fault to happen to: servers that may be killed, gateways, a bridge, and members."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from itertools import count
from pathlib import Path
from random import Random
from typing import TypeVar

import asyncpg
import nats.errors
import nats.js.errors

from faults.outcome import Outcome
from harness.background import background
from harness.jetstream import connected, delete_streams
from harness.parts import Gateway, Part, Stack
from harness.people import User
from harness.publisher import Publisher
from harness.resumer import Resumer, Transcript
from harness.servers import NatsServer, PostgresServer, revive, temporary_directory
from harness.waiting import until
from runtime.primary import primary_of
from servers.nats import EmbeddedNats

STREAM = "CHATFEED"
FILTERS = ("NONE", "sport = 3", "sport in (1, 2, 7) and data_event > '2'", "NONE", "ALL")
"""The sport filters of the rooms, in turn."""
PLACES = 1_000
SETTLE_SECONDS = 120.0
TOLD_SECONDS = 30.0
QUERY_SECONDS = 30.0


Value = TypeVar("Value")


class World:
    """Everything of one fault. Made by `world`."""

    def __init__(self, postgres: PostgresServer, nats_server: NatsServer, stack: Stack, patience: float) -> None:
        self.patience = patience
        self.postgres = postgres
        self.nats = nats_server
        self.stack = stack
        self.random = Random(4)
        self.gateways: list[Gateway] = []
        self.gateway_settings: dict[str, str] = {}
        self.bridge_settings: dict[str, str] = {}
        self.ports: list[int] = []
        self.bridge: Part | None = None
        self.publisher = Publisher(nats_server.url)
        self.transcripts: dict[int, Transcript] = {}
        self.resumers: list[Resumer] = []
        self._connection: asyncpg.Connection | None = None
        self._numbers = count()

    def outcome(self, fault: str) -> Outcome:
        """What a fault will have led to, judged with this world's patience."""
        return Outcome(fault, self.patience)

    # The parts.

    async def start(self, gateways: int = 2, **settings: str) -> None:
        """Start the bridge and the gateways; `settings` are the gateways' environment."""
        self.gateway_settings = {"MAX_NUMUSERS": f"[{PLACES}]"} | settings
        await self.start_bridge()
        for _ in range(gateways):
            gateway = await self.stack.start_gateway(**self.gateway_settings)
            self.gateways.append(gateway)
            self.ports.append(gateway.port)

    async def start_bridge(self) -> Part:
        """Start a bridge; the newest is `bridge`."""
        self.bridge = await self.stack.start_bridge(**self.bridge_settings)
        return self.bridge

    async def replace_gateway(self, index: int) -> None:
        """Start a gateway in the place of one that is gone."""
        gateway = await self.stack.start_gateway(**self.gateway_settings)
        self.gateways[index] = gateway
        self.ports[index] = gateway.port

    async def populate(self, members: int, rooms: int = len(FILTERS)) -> None:
        """Set the rooms' filters and have members join, spread over rooms and gateways, who always come back."""
        for room in range(rooms):
            self.transcripts[room] = Transcript()
            async with asyncio.timeout(QUERY_SECONDS):
                user = await User.at(self.ports[0])
            try:
                await user.enter(f"opener {room}", room)
                await user.set_filter(FILTERS[room], "NONE")
                await user.status("FILTERAPPLIED")
            finally:
                await user.close()
        for number in range(members):
            room = number % rooms
            resumer = Resumer(f"member {number}", room, self.ports, self.transcripts[room], home=number // rooms)
            self.resumers.append(resumer)
        for start in range(0, members, 20):
            await asyncio.gather(*(resumer.start() for resumer in self.resumers[start : start + 20]))

    @asynccontextmanager
    async def chatter(self, rate: float) -> AsyncIterator[None]:
        """Have members comment, `rate` comments a second in all, each text once."""
        async with background(self._chatter(rate)):
            yield

    async def _chatter(self, rate: float) -> None:
        while True:
            await self.random.choice(self.resumers).comment(f"comment {next(self._numbers)}")
            await asyncio.sleep(1 / rate)

    # The servers.

    async def crash_postgres(self, away: float | None = None) -> float:
        """Kill all of Postgres, start it after so many seconds, or when status tells it; the moment of its return."""
        self.postgres.server.kill()
        if away is None:
            await self.until_told("postgres DOWN")
        else:
            await asyncio.sleep(away)
        await asyncio.to_thread(self.postgres.server.start)
        return time.monotonic()

    async def crash_nats(self, away: float) -> float:
        """Kill nats-server, leave it away for a while, start it; the moment of its return."""
        self.nats.kill()
        await asyncio.sleep(away)
        await asyncio.to_thread(self.nats.start)
        return time.monotonic()

    async def until_told(self, words: str, gateway: int = -1) -> float:
        """Wait until `edgechat status` about one of the gateways fails and says something; how long it took."""
        return await self.stack.until_told(words, TOLD_SECONDS * self.patience, self.ports[gateway])

    # What there is.

    async def query(self, ask: Callable[[asyncpg.Connection], Awaitable[Value]]) -> Value:
        """Ask Postgres something; over a new connection if the one there was lost."""
        async with asyncio.timeout(QUERY_SECONDS):
            while True:
                try:
                    if self._connection is None or self._connection.is_closed():
                        self._connection = await primary_of(self.stack.database_url).connect()
                    return await ask(self._connection)
                except (
                    OSError,
                    asyncpg.InterfaceError,
                    asyncpg.PostgresConnectionError,
                    asyncpg.CannotConnectNowError,
                ):
                    self._connection = None
                    await asyncio.sleep(0.05)

    async def fetch(self, statement: str, *arguments: object) -> list[asyncpg.Record]:
        """What a query yields; asked again if the connection was lost."""
        return await self.query(lambda c: c.fetch(statement, *arguments))

    async def value(self, query: str, *arguments: object) -> int:
        """One number."""
        return int(await self.query(lambda connection: connection.fetchval(query, *arguments)))

    async def rows(self) -> int:
        """How many sport events are stored."""
        return await self.value("select count(*) from feed.sport_event")

    async def stream_messages(self) -> int:
        """How many messages the stream holds."""

        async def count() -> list[int]:
            # A cluster that elects a leader does not answer.
            with suppress(nats.errors.Error, nats.js.errors.Error):
                return [int((await client.jetstream().stream_info(STREAM)).state.messages)]
            return []

        async with connected(self.nats.url) as client:
            return (await until(count, "the stream's state", SETTLE_SECONDS))[0]

    async def until_delivered(self, sequence: int) -> None:
        """Wait until the bridge has got a message of the stream, if it has not stored it yet."""

        async def is_delivered() -> bool:
            async with connected(self.nats.url) as client:
                consumers = await client.jsm().consumers_info(STREAM)
            return max((info.delivered.stream_seq for info in consumers if info.delivered), default=0) >= sequence

        await until(is_delivered, f"message {sequence} to be delivered", SETTLE_SECONDS)
        # It is on its way from the server to the bridge, over one connection.
        await asyncio.sleep(0.2)

    async def until_stored(self, expected: int) -> None:
        """Wait until so many rows are stored."""

        async def are_stored() -> bool:
            return await self.rows() >= expected

        try:
            await until(are_stored, f"{expected} rows", SETTLE_SECONDS)
        except AssertionError:
            raise AssertionError(f"{await self.rows()} of {expected} rows were stored") from None

    async def until_logged(self, gateway: Gateway, text: str, times: int = 1, seconds: float = 30.0) -> float:
        """Wait until a gateway has said something so often; how long it took."""
        started = time.monotonic()
        await gateway.part.until_said(text, times, seconds)
        return time.monotonic() - started

    # What members went through.

    def resumes(self) -> list[float]:
        """Seconds that each resume took, from the loss to the USERJOINED, ascending."""
        return sorted(seconds for resumer in self.resumers for seconds in resumer.resume_seconds)

    def exits(self) -> int:
        """How many of `resumers` were announced as exited; others may come and go."""
        return sum(resumer.name in self.transcripts[resumer.room].exits for resumer in self.resumers)

    async def close(self) -> None:
        """Send everybody home."""
        await asyncio.gather(*(resumer.stop() for resumer in self.resumers), return_exceptions=True)
        if self._connection is not None:
            self._connection.terminate()


@asynccontextmanager
async def world(postgres: PostgresServer, nats_server: EmbeddedNats, patience: float = 1.0) -> AsyncIterator[World]:
    """A world on servers of its own or of a run's; the database and the streams are gone at the end."""
    url = postgres.create_migrated()
    try:
        async with world_on(url, postgres, nats_server, patience) as made:
            yield made
    finally:
        revive(postgres.server)
        postgres.drop(url)


@asynccontextmanager
async def world_on(
    url: str, postgres: PostgresServer, nats_server: NatsServer, patience: float = 1.0
) -> AsyncIterator[World]:
    """A world on a database that is there; of its parts and the streams nothing is left at the end."""
    try:
        with temporary_directory() as directory, _stack(url, nats_server.url, directory) as stack:
            made = World(postgres, nats_server, stack, patience)
            try:
                yield made
            finally:
                await made.close()
    finally:
        revive(nats_server)
        await delete_streams(nats_server.url)


def percentile(ascending: Sequence[float], part: float) -> float:
    """A percentile of figures in ascending order; 0 of none."""
    return ascending[min(len(ascending) - 1, int(len(ascending) * part))] if ascending else 0.0


@contextmanager
def _stack(url: str, nats_url: str, directory: Path) -> Iterator[Stack]:
    stack = Stack(url, nats_url, directory)
    try:
        yield stack
    finally:
        stack.stop()
