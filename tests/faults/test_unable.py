"""Postgres that lives and cannot work costs time, and neither a message nor a member; whoever asks is told."""

import pytest

from faults import provocations, unable
from faults.world import World
from harness.people import User


@pytest.mark.parametrize(
    "inability",
    [
        unable.READ_ONLY,
        unable.DISK_FULL,
        *(
            pytest.param(each, marks=pytest.mark.slow)
            for each in (unable.QUEUE_FULL, unable.MISSING_GRANT, unable.MISSING_FUNCTION)
        ),
    ],
    ids=lambda inability: inability.what,
)
async def test_nobody_is_lost_while_postgres_cannot_work(faulty: World, inability: unable.Inability) -> None:
    """Requests are refused with reasons, status names it, all resumes, and who left meanwhile has left."""
    outcome = await unable.endure(faulty, inability, members=10, seconds=3, rate=50)
    print(outcome)
    assert outcome.failures == []
    assert (
        outcome.differing(lost=0, stored_twice=0, comments_twice=0, gaps=0, doubles=0, ghosts=0, disconnected=0) == {}
    )


@pytest.mark.slow
async def test_a_gateway_goes_on_when_another_dies_while_nothing_can_be_written(faulty: World) -> None:
    """It cannot have the dead one's members leave yet; its own notice nothing."""
    outcome = await unable.kill_while_read_only(faulty, members=10, seconds=7, rate=50)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(lost=0, stored_twice=0, gaps=0, doubles=0, ghosts=0) == {}


async def test_a_gateway_starts_after_the_queue_of_notifications_was_full(faulty: World) -> None:
    """Though no other is there to have the queue emptied, and nothing is stored."""
    async with provocations.queue_of(faulty, provocations.QUEUE_PAGES):
        await faulty.start(gateways=1)
        faulty.gateways[0].part.kill()
        async with provocations.queue_full(faulty):
            pass
        await faulty.replace_gateway(0)
        eve = await User.at(faulty.ports[0])
        await eve.enter("eve", 0)
        await eve.close()
