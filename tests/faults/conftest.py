"""Servers that may be killed, apart from those that the other tests use, and the chain that the bridge is part of."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import pytest

from edgechat.nats import EmbeddedNats
from edgechat.postgres import EmbeddedPostgres
from faults.world import World, world
from harness.chain import Chain
from harness.servers import PostgresServer, revive, running_nats, running_postgres, temporary_directory


@pytest.fixture(scope="session")
def mortal_servers() -> Iterator[tuple[PostgresServer, EmbeddedNats]]:
    """A PostgreSQL and a nats-server that tests may kill."""
    with ExitStack() as stack:
        yield stack.enter_context(running_postgres(18)), stack.enter_context(running_nats())


@pytest.fixture
def mortal_postgres(mortal_servers: tuple[PostgresServer, EmbeddedNats]) -> EmbeddedPostgres:
    """A PostgreSQL that the test may kill; up when the test starts."""
    revive(mortal_servers[0].server)
    return mortal_servers[0].server


@pytest.fixture
def mortal_nats(mortal_servers: tuple[PostgresServer, EmbeddedNats]) -> EmbeddedNats:
    """A nats-server that the test may kill; up when the test starts."""
    revive(mortal_servers[1])
    return mortal_servers[1]


@pytest.fixture
def mortal_database(
    mortal_servers: tuple[PostgresServer, EmbeddedNats], mortal_postgres: EmbeddedPostgres
) -> Iterator[str]:
    """The URL of a migrated database on the server that may be killed."""
    url = mortal_servers[0].create_migrated()
    yield url
    revive(mortal_postgres)
    mortal_servers[0].drop(url)


@pytest.fixture
async def chain(
    mortal_postgres: EmbeddedPostgres, mortal_nats: EmbeddedNats, mortal_database: str
) -> AsyncIterator[Chain]:
    """Publisher, stream, bridge (not started yet) and database."""
    with temporary_directory() as directory:
        chain = Chain(mortal_database, mortal_postgres, mortal_nats, directory)
        try:
            yield chain
        finally:
            chain.stop()
            revive(mortal_nats)
            await chain.clean()


@pytest.fixture
async def faulty(
    mortal_servers: tuple[PostgresServer, EmbeddedNats], mortal_postgres: EmbeddedPostgres, mortal_nats: EmbeddedNats
) -> AsyncIterator[World]:
    """A whole system that faults happen to, on servers that are up when the test starts."""
    async with world(*mortal_servers) as made:
        yield made
