"""A standby that takes over loses no message and no member, and nobody writes to the former primary."""

from collections.abc import AsyncIterator

import pytest

from faults import failovers
from faults.conftest import PATIENCE
from faults.world import World
from harness.servers import PostgresServer, revive
from harness.standby import Pair, running_pair
from servers.nats import EmbeddedNats


@pytest.fixture
def is_synchronous() -> bool:
    """Whether a commit waits for the standby."""
    return True


@pytest.fixture
async def paired(
    mortal_servers: tuple[PostgresServer, EmbeddedNats], is_synchronous: bool
) -> AsyncIterator[tuple[World, Pair]]:
    """A whole system on a primary and its standby."""
    _, nats_server = mortal_servers
    revive(nats_server)
    with running_pair(is_synchronous=is_synchronous) as pair:
        async with failovers.world_on_pair(pair, nats_server, PATIENCE) as made:
            yield made, pair


async def test_a_promoted_standby_lacks_nothing(paired: tuple[World, Pair]) -> None:
    """The primary is killed under load; the standby has all that anybody was told of."""
    world, pair = paired
    outcome = await failovers.kill_primaries(world, pair, members=10, kills=1, rate=100, pause=1)
    print(outcome)
    assert outcome.failures == []
    assert (
        outcome.differing(lost=0, stored_twice=0, comments_twice=0, gaps=0, doubles=0, disconnected=0, exits_seen=0)
        == {}
    )


@pytest.mark.parametrize("is_synchronous", [False])
async def test_what_a_promoted_standby_lacks_is_told(paired: tuple[World, Pair]) -> None:
    """Comments are gone, and everybody is told; the feed's rows are taken again; no number is given twice."""
    world, pair = paired
    outcome = await failovers.promote_behind(world, pair, members=10, rows=50)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(rows_lacked=50, rows_stored=100, told=10, numbers_given_twice=0, unseen=0) == {}
