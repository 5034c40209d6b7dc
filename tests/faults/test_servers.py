"""One of several Postgres servers dies or freezes, or gateways do while many want the same names."""

from collections.abc import AsyncIterator, Iterator

import pytest

from faults import moves, races, servers, upgrades
from faults.conftest import PATIENCE
from faults.realm import Realm, realm, running_servers
from harness.servers import PostgresServer, revive
from servers.nats import EmbeddedNats


@pytest.fixture(scope="module")
def three() -> Iterator[list[PostgresServer]]:
    """Three servers."""
    with running_servers() as started:
        yield started


@pytest.fixture
async def dealt(
    three: list[PostgresServer], mortal_servers: tuple[PostgresServer, EmbeddedNats]
) -> AsyncIterator[Realm]:
    """A whole system on three servers."""
    revive(mortal_servers[1])
    async with realm(three, mortal_servers[1], PATIENCE) as made:
        yield made


LONGEST = 3.0
"""On a busy machine; whoever waited for a server that is away would wait for seven seconds at least."""
SOUND = {"lost": 0, "stored_twice": 0, "comments_twice": 0, "gaps": 0, "doubles": 0, "disconnected": 0, "exits_seen": 0}


async def test_a_killed_server_takes_its_own_rooms_away_and_no_others(dealt: Realm) -> None:
    """Those of the others get everything, and nobody waits for it; its own members go on when it is back."""
    outcome = await servers.lose_server(dealt, servers.KILLED, 30, 100, 13, longest=LONGEST)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(**SOUND) == {}


@pytest.mark.slow
async def test_a_frozen_server_takes_its_own_rooms_away_and_no_others(dealt: Realm) -> None:
    """The same where nothing says that it is away but its silence."""
    outcome = await servers.lose_server(dealt, servers.FROZEN, 30, 100, 9, longest=LONGEST)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(**SOUND) == {}


async def test_a_gateway_starts_while_a_server_is_away(dealt: Realm) -> None:
    """Serves the others' rooms, and takes that one up when it comes."""
    outcome = await servers.start_without(dealt)
    print(outcome)
    assert outcome.failures == []


@pytest.mark.slow
async def test_without_the_store_of_the_map_all_goes_on(dealt: Realm) -> None:
    """As it was; a gateway that starts then ends and says what it lacks."""
    outcome = await servers.lose_store(dealt, members=20, seconds=8, longest=LONGEST)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(**SOUND) == {}


@pytest.mark.slow
async def test_a_name_is_never_two_peoples(dealt: Realm) -> None:
    """However many want it at once, wherever, while gateways die; and none is blocked at the end."""
    outcome = await races.race_for_names(dealt, joins=1_000, names=20, racers=60, kill_every=1)
    print(outcome)
    assert outcome.failures == []


@pytest.mark.slow
async def test_moves_that_are_killed_lose_nothing(dealt: Realm) -> None:
    """Whatever dies on the way, the rooms are on one server at the end, whole, and everybody is back."""
    outcome = await moves.kill_moves(dealt, members=15, moves=len(moves.KINDS), rate=50)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(lost=0, stored_twice=0, comments_twice=0, gaps=0, doubles=0, left_behind=0) == {}


@pytest.mark.slow
async def test_servers_are_upgraded_one_after_the_other(dealt: Realm) -> None:
    """Databases, bridges, gateways: members are closed with 1001, come back, and miss nothing."""
    outcome = await upgrades.upgrade_servers(dealt, members=20, rate=100, pause=1)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(lost=0, stored_twice=0, comments_twice=0, gaps=0, doubles=0, exits_seen=0) == {}
