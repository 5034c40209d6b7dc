"""A whole system whose rooms are on several Postgres servers, each of which may be killed or frozen."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path

from faults.accounts import audit
from faults.outcome import Outcome
from faults.world import World
from gateway.client.names import words
from gateway.client.servers import slot_of_word
from gateway.names.name import read_name
from harness import shards
from harness.jetstream import delete_streams
from harness.parts import Stack
from harness.servers import NatsServer, PostgresServer, revive, running_postgres, temporary_directory
from runtime.server_map import ServerMap

SIZE = 3
SUMMED = (
    *("rows", "lost", "stored_twice", "comments_twice", "members", "deliveries", "left_behind"),
    *("gaps", "doubles", "truncated", "differing", "ghosts"),
)
"""What the accounts of all servers are added up to."""


class Realm(World):
    """A world on several servers. What asks Postgres something asks the first one; `views` has a world for each."""

    def __init__(
        self, servers: Sequence[PostgresServer], nats_server: NatsServer, stack: Stack, patience: float, deal: ServerMap
    ) -> None:
        super().__init__(servers[0], nats_server, stack, patience)
        self.servers = servers
        self.deal = deal
        self.views: list[World] = []

    def index_of(self, room: int) -> int:
        """Which server has a room."""
        return list(self.deal.urls).index(self.deal.server_of(room))

    def rooms_of(self, index: int) -> list[int]:
        """The rooms that members are in and a server has."""
        return [room for room in self.transcripts if self.index_of(room) == index]

    def homes_of(self, name: str) -> set[int]:
        """The servers on which a name is claimed."""
        read = read_name(name)
        owners = [self.deal.slots[slot_of_word(word)] for word in words(read.key, read.look)]
        return {list(self.deal.urls).index(owner) for owner in owners}

    def view(self, index: int) -> World:
        """One server as a world of its own, with its rooms and those who are in them."""
        view = self.views[index]
        view.transcripts = {room: self.transcripts[room] for room in self.rooms_of(index)}
        view.resumers = [resumer for resumer in self.resumers if self.index_of(resumer.room) == index]
        return view

    async def audit(self, outcome: Outcome, *, is_moved: bool = False) -> None:
        """The accounts of each server, added up; `is_moved` says that rooms have come from other servers."""
        expected = await self.stream_messages()
        outcome.count(messages=expected)
        for index, name in enumerate(self.deal.urls):
            found = Outcome(name, self.patience)
            await audit(self.view(index), found, expected, is_moved=is_moved)
            outcome.failures += [f"{name}: {failure}" for failure in found.failures]
            outcome.count(**{key: outcome.counts.get(key, 0) + found.counts[key] for key in SUMMED})

    async def close(self) -> None:
        """Send everybody home."""
        await super().close()
        for view in self.views:
            await view.close()


@contextmanager
def running_servers() -> Iterator[list[PostgresServer]]:
    """Postgres servers for the time of the block; nothing is left of them."""
    with ExitStack() as stack:
        yield [stack.enter_context(running_postgres(18)) for _ in range(SIZE)]


@asynccontextmanager
async def realm(
    servers: Sequence[PostgresServer], nats_server: NatsServer, patience: float = 1.0
) -> AsyncIterator[Realm]:
    """A realm on servers that may be killed; they are up, and nothing of it is left, at the end."""
    urls = [server.create_migrated() for server in servers]
    try:
        deal = shards.deal(urls, nats_server.url)
        with temporary_directory() as directory, _stack(urls, nats_server.url, directory) as stack:
            made = Realm(servers, nats_server, stack, patience, deal)
            for server, url in zip(servers, urls, strict=True):
                made.views.append(World(server, nats_server, Stack(url, nats_server.url, directory), patience))
            try:
                yield made
            finally:
                await made.close()
    finally:
        revive(nats_server)
        await delete_streams(nats_server.url)
        for server, url in zip(servers, urls, strict=True):
            revive(server.server)
            server.drop(url)


@contextmanager
def _stack(urls: Sequence[str], nats_url: str, directory: Path) -> Iterator[Stack]:
    stack = Stack(urls[0], nats_url, directory, urls[1:], shards.settings(nats_url))
    try:
        yield stack
    finally:
        stack.stop()
