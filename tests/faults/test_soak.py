"""Faults of every kind one after the other."""

from faults.soak import soak
from faults.world import World


async def test_soak(faulty: World) -> None:
    """After one of each kind under load all accounts agree: stream, rows, logs, and what every member got."""
    outcome = await soak(faulty, seconds=10, rate=50, members=20, pause=0.5)
    print(outcome)
    assert outcome.is_passed
