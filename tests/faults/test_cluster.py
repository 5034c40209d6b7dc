"""A cluster of three NATS servers loses one, or two for a while, and the feed loses nothing that was acknowledged."""

from collections.abc import AsyncIterator, Iterator

import pytest

from faults import clusters
from faults.conftest import PATIENCE
from harness.cluster import Cluster, ClusterChain, cluster_chain, running_cluster
from harness.servers import PostgresServer
from servers.nats import EmbeddedNats


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Three servers."""
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture
async def clustered(
    revived_servers: tuple[PostgresServer, EmbeddedNats], cluster: Cluster
) -> AsyncIterator[ClusterChain]:
    """Publisher, stream, bridge (not started yet) and database."""
    async with cluster_chain(revived_servers[0], cluster, PATIENCE) as made:
        yield made


async def test_a_killed_leader_costs_nothing_that_was_acknowledged(clustered: ClusterChain) -> None:
    """Another one leads, and the killed one catches up."""
    outcome = await clusters.kill_leaders(clustered, kills=1)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(lost=0, stored_twice=0, gaps=0) == {}


@pytest.mark.slow
async def test_a_frozen_leader_is_left_for_another_server(clustered: ClusterChain) -> None:
    """By the bridge that was connected to it, and status and health name it."""
    outcome = await clusters.freeze_leader(clustered, seconds=0)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(lost=0, stored_twice=0, gaps=0) == {}


@pytest.mark.slow
async def test_without_most_of_its_servers_the_stream_waits_and_status_says_so(clustered: ClusterChain) -> None:
    """Nothing is acknowledged meanwhile, and nothing is taken for lost or stored twice when they are back."""
    outcome = await clusters.lose_quorum(clustered, seconds=0)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(lost=0, stored_twice=0, gaps=0) == {}
