"""Servers that may be killed, apart from those that the other tests use, and what runs on them."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import pytest

from faults.world import World, world
from harness.chain import Chain
from harness.chain import chain as make_chain
from harness.servers import PostgresServer, revive, running_nats, running_postgres
from servers.nats import EmbeddedNats

PATIENCE = 10.0
"""Tests run on busy machines: what the table promises in seconds may take so many times longer."""


@pytest.fixture(scope="session")
def mortal_servers() -> Iterator[tuple[PostgresServer, EmbeddedNats]]:
    """A PostgreSQL and a nats-server that tests may kill."""
    with ExitStack() as stack:
        yield stack.enter_context(running_postgres(18)), stack.enter_context(running_nats())


@pytest.fixture
def revived_servers(mortal_servers: tuple[PostgresServer, EmbeddedNats]) -> tuple[PostgresServer, EmbeddedNats]:
    """The same, up, whatever the test before did to them."""
    revive(mortal_servers[0].server)
    revive(mortal_servers[1])
    return mortal_servers


@pytest.fixture
async def chain(revived_servers: tuple[PostgresServer, EmbeddedNats]) -> AsyncIterator[Chain]:
    """Publisher, stream, bridge (not started yet) and database."""
    async with make_chain(*revived_servers, PATIENCE) as made:
        yield made


@pytest.fixture
async def faulty(revived_servers: tuple[PostgresServer, EmbeddedNats]) -> AsyncIterator[World]:
    """A whole system that faults happen to."""
    async with world(*revived_servers, PATIENCE) as made:
        yield made
