"""What several tests over several servers begin with."""

from collections.abc import Iterator

import pytest
from nats.aio.client import Client

from harness.servers import PostgresServer
from harness.several import Servers, several
from servers.nats import EmbeddedNats


@pytest.fixture
def servers(postgres: PostgresServer, nats_server: EmbeddedNats, nats_client: Client) -> Iterator[Servers]:
    """Three servers of one map; whoever needs others has a fixture of this name."""
    with several(postgres, nats_server.url) as servers:
        servers.add("db1", "db2", "db3")
        yield servers
