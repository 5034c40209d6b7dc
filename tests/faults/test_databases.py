"""Postgres that dies, freezes or cannot be heard any more costs time, and no message."""

import pytest

from faults import databases
from faults.world import World


async def test_a_crash_of_postgres_loses_no_message_and_no_member(faulty: World) -> None:
    """All of it killed -9 under load: members stay connected, and it flows again within seconds."""
    outcome = await databases.crash_postgres(faulty, members=30, kills=1, rate=200, pause=1)
    print(outcome)
    assert outcome.failures == []
    assert (
        outcome.differing(lost=0, stored_twice=0, comments_twice=0, gaps=0, doubles=0, disconnected=0, exits_seen=0)
        == {}
    )


async def test_a_frozen_postgres_is_noticed_and_all_goes_on_by_itself(faulty: World) -> None:
    """Within ten seconds, with every message and every member."""
    outcome = await databases.freeze_postgres(faulty, members=30, seconds=10, rate=100)
    print(outcome)
    assert outcome.failures == []
    assert (
        outcome.differing(lost=0, stored_twice=0, comments_twice=0, gaps=0, doubles=0, disconnected=0, exits_seen=0)
        == {}
    )


async def test_a_listening_connection_that_is_ended_costs_a_second(faulty: World) -> None:
    """The gateway reads from the log what it missed; nobody misses or doubles anything."""
    outcome = await databases.terminate_listeners(faulty, members=30, kills=6, rate=200)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(terminated=6, lost=0, left_behind=0, gaps=0, doubles=0, disconnected=0) == {}


async def test_a_listening_connection_that_carries_nothing_is_replaced(faulty: World) -> None:
    """It is noticed within ten seconds, and what was swallowed is read from the log."""
    outcome = await databases.cut_the_wire(faulty, 20, 100, databases.LISTENER, "the listener's traffic")
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(lost=0, left_behind=0, gaps=0, doubles=0, disconnected=0) == {}


@pytest.mark.slow
async def test_a_gateway_of_which_no_connection_carries_anything_recovers(faulty: World) -> None:
    """The same for the pool's connections: calls under way on them do not hang for ever."""
    outcome = await databases.cut_the_wire(faulty, 20, 100, databases.GATEWAY, "all of a gateway's connections")
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(lost=0, left_behind=0, gaps=0, doubles=0, disconnected=0) == {}
