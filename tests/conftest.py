"""Fixtures of every tier. Servers and processes start when the first test asks for them, so unit tests start none.

`database` is the URL of a migrated database of the test's own on PostgreSQL 18; a test marked with
`@pytest.mark.parametrize("postgres_version", [18, 16])` runs on both versions.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_timeout
from nats.aio.client import Client

# For `harness`, and for the project where it is not installed, whichever way pytest was called.
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from harness import shards
from harness.claims import Databases
from harness.dealing import Dealing
from harness.jetstream import connected, delete_streams
from harness.parts import Stack
from harness.people import People
from harness.raw import RawClients
from harness.reruns import draws_its_input
from harness.rooms import Rooms
from harness.servers import PostgresServer, running_nats, started_when_asked, temporary_directory
from servers.nats import EmbeddedNats

TEARDOWN_SECONDS = 120.0


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Dealing | None:
    """Who gets which test, where several processes run them."""
    return Dealing(config, log) if config.getvalue("dist") == "loadgroup" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Never rerun a test whose input is drawn at random, whatever `--reruns` says: another draw hides its failure."""
    for item in items:
        if isinstance(item, pytest.Function) and draws_its_input(item.module):
            item.add_marker(pytest.mark.flaky(reruns=0))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Give the teardown a limit of its own: the test's is switched off by the first failure."""
    settings = pytest_timeout.get_env_settings(item.config)
    settings = settings._replace(timeout=max(settings.timeout or 0, TEARDOWN_SECONDS))
    item.ihook.pytest_timeout_set_timer(item=item, settings=settings)
    yield


@pytest.fixture(scope="session")
def postgres_servers() -> Iterator[Callable[[int], PostgresServer]]:
    """The server of a major version, started when it is first asked for."""
    with started_when_asked() as server:
        yield server


@pytest.fixture
def postgres_version() -> int:
    """Which PostgreSQL the test runs on."""
    return 18


@pytest.fixture
def postgres(postgres_servers: Callable[[int], PostgresServer], postgres_version: int) -> PostgresServer:
    """The server that the test runs on."""
    return postgres_servers(postgres_version)


@pytest.fixture
def empty_database(postgres: PostgresServer) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    url = postgres.create_empty()
    yield url
    postgres.drop(url)


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[str]:
    """The URL of a migrated database."""
    url = postgres.create_migrated()
    yield url
    postgres.drop(url)


@pytest.fixture
async def connection(database: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to the test's database."""
    connection = await asyncpg.connect(database, timeout=30, command_timeout=60)
    yield connection
    connection.terminate()


@pytest.fixture
async def rooms(connection: asyncpg.Connection, other_databases: list[str]) -> AsyncIterator[Rooms]:
    """The rooms of the test's database, none open yet."""
    others = [await asyncpg.connect(url, timeout=30, command_timeout=60) for url in other_databases]
    yield Rooms(connection, others)
    for other in others:
        other.terminate()


@pytest.fixture
async def databases(connection: asyncpg.Connection, other_databases: list[str]) -> AsyncIterator[Databases]:
    """The servers that the test runs on."""
    others = [await asyncpg.connect(url, timeout=30, command_timeout=60) for url in other_databases]
    yield Databases([connection, *others])
    for other in others:
        other.terminate()


@pytest.fixture(scope="session")
def nats_server() -> Iterator[EmbeddedNats]:
    """The run's nats-server."""
    with running_nats() as server:
        yield server


@pytest.fixture
async def nats_client(nats_server: EmbeddedNats) -> AsyncIterator[Client]:
    """A connection to a nats-server without streams."""
    async with connected(nats_server.url) as client:
        yield client
    await delete_streams(nats_server.url)


@pytest.fixture
def server_count() -> int:
    """On how many servers the test runs."""
    return shards.NUMBER


@pytest.fixture
def other_databases(server_count: int, postgres: PostgresServer) -> Iterator[list[str]]:
    """The URLs of migrated databases beside the test's own, which are the other servers."""
    urls = [postgres.create_migrated() for _ in range(server_count - 1)]
    yield urls
    for url in urls:
        postgres.drop(url)


@pytest.fixture
def map_settings(
    database: str, other_databases: list[str], request: pytest.FixtureRequest
) -> Iterator[Mapping[str, str]]:
    """What has parts go by the map of servers; nothing where there is one."""
    if not other_databases:
        yield {}
        return
    nats_url = request.getfixturevalue("nats_server").url
    shards.deal([database, *other_databases], nats_url)
    yield shards.settings(nats_url)
    asyncio.run(delete_streams(nats_url))


@pytest.fixture
def stack(database: str, other_databases: list[str], map_settings: Mapping[str, str]) -> Iterator[Stack]:
    """Starts parts on the test's database, without NATS; of several servers, on all."""
    with temporary_directory() as directory:
        stack = Stack(database, None, directory, other_databases, map_settings)
        try:
            yield stack
        finally:
            stack.stop()


@pytest.fixture
async def feed_stack(nats_server: EmbeddedNats, nats_client: Client, stack: Stack) -> Stack:
    """As `stack`, with NATS; set up after the client, so that its processes end before the streams are deleted."""
    stack.nats_url = nats_server.url
    return stack


@pytest.fixture
async def people() -> AsyncIterator[People]:
    """Connects users."""
    people = People()
    yield people
    await people.leave()


@pytest.fixture
async def raw() -> AsyncIterator[RawClients]:
    """Opens connections that send and read bare bytes."""
    raw = RawClients()
    yield raw
    raw.drop()
    # So that their sockets are closed while the loop still runs.
    await asyncio.sleep(0)
