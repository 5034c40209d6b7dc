"""From a publisher through the stream and the bridge to the tables: what was published and what is stored."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import nats
import nats.errors
from nats.aio.client import Client

from harness.jetstream import connected, delete_streams, ignore, servers_of
from harness.parts import Part, Stack
from harness.servers import PostgresServer, revive, temporary_directory
from harness.waiting import until
from proto.event_pb2 import FOOTBALL, event
from servers.nats import EmbeddedNats
from servers.postgres import EmbeddedPostgres

STREAM = "CHATFEED"
SUBJECTS = ["sport_event", "execution"]
WAIT_SECONDS = 60.0
QUERY_SECONDS = 30.0

STORED = "select count(*) as rows, count(distinct stream_seq) as sequences from feed.sport_event"
STORED_TEXTS = "select data_event from feed.sport_event order by sport_event_id"
POSITION = "select coalesce((select last_seq from chat.feed_position order by opened_at desc limit 1), 0)"
REJECTS = "select first_seq, last_seq, subject, message, error, epoch from chat.feed_reject order by feed_reject_id"


def sport_event(number: int) -> bytes:
    """A good message that says its number."""
    return event(sport=FOOTBALL, match_title="Ajax - Feyenoord", data_event=str(number)).SerializeToString()


class Chain:
    """One stream, one database, any number of bridges; connections are made when needed, since servers come and go."""

    def __init__(
        self,
        database_url: str,
        postgres: EmbeddedPostgres,
        nats_server: EmbeddedNats,
        directory: Path,
        patience: float,
    ) -> None:
        self.patience = patience
        self.database_url = database_url
        self.postgres = postgres
        self.nats_server = nats_server
        self.nats_url = nats_server.url
        # The last number that a publisher was told to be in the stream.
        self.acknowledged = 0
        self.stack = Stack(database_url, nats_server.url, directory)

    async def start_bridge(self, **settings: str) -> Part:
        """A bridge that has opened its position."""
        return await self.stack.start_bridge(**settings)

    def launch_bridge(self, **settings: str) -> Part:
        """A bridge that is starting."""
        return self.stack.launch("bridge", **settings)

    def stop(self) -> None:
        """End all bridges."""
        self.stack.stop()

    async def ask(self, name: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """A request to JetStream's API."""
        async with connected(self.nats_url) as client:
            answer = await client.request(f"$JS.API.{name}", json.dumps(body).encode() if body else b"", timeout=5)
            return dict(json.loads(answer.data))

    async def make_stream(self) -> None:
        """The stream, before any bridge is there."""
        answer = await self.ask(f"STREAM.CREATE.{STREAM}", {"name": STREAM, "subjects": SUBJECTS, "storage": "file"})
        assert "error" not in answer, answer

    async def stream_state(self) -> dict[str, Any]:
        """Counts and sequences of the stream."""
        return dict((await self.ask(f"STREAM.INFO.{STREAM}"))["state"])

    async def publish(self, *messages: bytes, subject: str = "sport_event") -> None:
        """Publish as the feeds do, waiting for no answer; on return all are in the stream, if there is one."""
        async with connected(self.nats_url) as client:
            before = await self._last_seq(client)
            for message in messages:
                await client.publish(subject, message)
            await self._until_in_stream(client, before, len(messages))

    async def publish_paced(self, first: int, last: int, pause: float = 0.005, size: int = 10) -> None:
        """Publish events `first` to `last` in handfuls, so that something can happen meanwhile."""
        async with connected(self.nats_url) as client:
            before = await self._last_seq(client)
            for start in range(first, last + 1, size):
                for number in range(start, min(start + size, last + 1)):
                    await client.publish("sport_event", sport_event(number))
                await client.flush(timeout=30)
                await asyncio.sleep(pause)
            await self._until_in_stream(client, before, last - first + 1)

    async def _last_seq(self, client: Client) -> int | None:
        try:
            answer = json.loads((await client.request(f"$JS.API.STREAM.INFO.{STREAM}", timeout=5)).data)
        except nats.errors.NoRespondersError:
            return None
        return int(answer["state"]["last_seq"]) if "state" in answer else None

    async def _until_in_stream(self, client: Client, before: int | None, count: int) -> None:
        """The server takes messages from the wire before it writes them into the stream."""
        await client.flush(timeout=30)
        async with asyncio.timeout(30):
            while before is not None and (last_seq := await self._last_seq(client)) is not None:
                if last_seq >= before + count:
                    return
                await asyncio.sleep(0.01)

    async def publish_acknowledged(self, first: int, last: int) -> int:
        """Publish each event until it is acknowledged, through the death of the server; ids keep retries apart.

        How many connections that took.
        """
        return await self.publish_acknowledged_while(lambda number: number <= last, first)

    async def publish_acknowledged_while(self, goes_on: Callable[[int], bool], first: int = 1) -> int:
        """The same, as long as the next number is wanted; `acknowledged` is the last that was."""
        number, connections = first, 0
        # What may be in the stream, though nobody has said so, is sent until somebody does.
        is_begun = False
        while is_begun or goes_on(number):
            _require_wanted()
            try:
                async with asyncio.timeout(5):
                    client = await nats.connect(
                        await servers_of(self.nats_url), allow_reconnect=False, connect_timeout=1, error_cb=ignore
                    )
            except (OSError, nats.errors.Error):
                await asyncio.sleep(0.05)
                continue
            connections += 1
            try:
                jetstream = client.jetstream(timeout=2)
                while is_begun or goes_on(number):
                    headers = {"Nats-Msg-Id": str(number)}
                    is_begun = True
                    await jetstream.publish("sport_event", sport_event(number), stream=STREAM, headers=headers)
                    is_begun = False
                    self.acknowledged = number
                    number += 1
            except (OSError, nats.errors.Error):
                await asyncio.sleep(0.05)
            finally:
                with suppress(OSError, nats.errors.Error):
                    async with asyncio.timeout(2):
                        await client.close()
        return connections

    async def until_watched(self) -> None:
        """Wait until the bridge has asked how far the stream goes, as it does every second."""
        await self.until_asked(f"STREAM.INFO.{STREAM}")

    async def until_asked(self, name: str, within: float = 0) -> None:
        """Wait for so many seconds, and then until the bridge has asked JetStream's API something, and been told."""
        await asyncio.sleep(within)
        async with connected(self.nats_url) as client:
            asked = await client.subscribe(f"$JS.API.{name}")
            # The second time: it has the answer to the first by then.
            for _ in range(2):
                await asked.next_msg(timeout=WAIT_SECONDS)

    async def has_stream(self) -> bool:
        """Whether the stream is there."""
        return "state" in await self.ask(f"STREAM.INFO.{STREAM}")

    async def delivered(self) -> int:
        """The last sequence that the stream has delivered to any bridge; consumers outlive a killed one for a while."""
        answer = await self.ask(f"CONSUMER.LIST.{STREAM}")
        return max((int(consumer["delivered"]["stream_seq"]) for consumer in answer["consumers"]), default=0)

    async def fetch(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        """Rows of a query on a connection of its own."""
        connection = await asyncpg.connect(self.database_url, timeout=10, command_timeout=QUERY_SECONDS)
        try:
            return list(await connection.fetch(query, *arguments))
        finally:
            connection.terminate()

    async def execute(self, script: str) -> None:
        """Run statements."""
        connection = await asyncpg.connect(self.database_url, timeout=10, command_timeout=QUERY_SECONDS)
        try:
            await connection.execute(script)
        finally:
            connection.terminate()

    async def position(self) -> int:
        """The last sequence taken of the newest epoch; -1 while Postgres is away."""
        try:
            return int((await self.fetch(POSITION))[0][0])
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return -1

    async def until(self, condition: Callable[[int], bool], seconds: float = WAIT_SECONDS) -> int:
        """Wait until the position meets a condition; returns it."""
        position = -1

        async def is_there() -> bool:
            nonlocal position
            position = await self.position()
            return condition(position)

        await until(is_there, "the bridge's position", seconds)
        return position

    async def until_at(self, sequence: int) -> int:
        """Wait until the bridge has taken a message of the stream; returns the position."""
        return await self.until(lambda position: position >= sequence)

    async def until_taken(self) -> int:
        """Wait until everything in the stream was taken; the stream's last sequence."""
        last_seq = int((await self.stream_state())["last_seq"])
        await self.until_at(last_seq)
        return last_seq

    async def stored(self) -> tuple[int, int]:
        """How many rows there are, and how many different sequences they have."""
        row = (await self.fetch(STORED))[0]
        return row["rows"], row["sequences"]

    async def texts(self) -> list[str]:
        """What was stored, in the order of the rows."""
        return [row["data_event"] for row in await self.fetch(STORED_TEXTS)]

    async def rejects(self) -> list[asyncpg.Record]:
        """All of chat.feed_reject."""
        return await self.fetch(REJECTS)


def _require_wanted() -> None:
    """Raise CancelledError in a task that was cancelled: connecting, in the library, may have swallowed that."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


@asynccontextmanager
async def chain(postgres: PostgresServer, nats_server: EmbeddedNats, patience: float = 1.0) -> AsyncIterator[Chain]:
    """A chain on servers that may be killed; they are up, and nothing of it is left, at the end."""
    url = postgres.create_migrated()
    try:
        with temporary_directory() as directory:
            made = Chain(url, postgres.server, nats_server, directory, patience)
            try:
                yield made
            finally:
                made.stop()
    finally:
        revive(nats_server)
        await delete_streams(nats_server.url)
        revive(postgres.server)
        postgres.drop(url)
