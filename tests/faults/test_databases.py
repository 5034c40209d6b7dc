"""Postgres that dies, freezes or cannot be heard any more costs time, and no message."""

from faults import databases
from faults.world import World


async def test_crash(faulty: World) -> None:
    """All of Postgres killed -9 under load: rows = messages, members stay connected, flowing again within seconds."""
    outcome = await databases.crash_postgres(faulty, members=30, kills=1, rate=200, pause=1)
    print(outcome)
    assert outcome.is_passed


async def test_frozen(faulty: World) -> None:
    """A frozen Postgres is noticed within ten seconds, and all goes on by itself after."""
    outcome = await databases.freeze_postgres(faulty, members=30, seconds=10, rate=100)
    print(outcome)
    assert outcome.is_passed


async def test_listener_terminated(faulty: World) -> None:
    """A gateway whose listening connection is ended misses nothing and is back within a second."""
    outcome = await databases.terminate_listeners(faulty, members=30, kills=6, rate=200)
    print(outcome)
    assert outcome.is_passed


async def test_listener_blackholed(faulty: World) -> None:
    """A listening connection that carries nothing any more is noticed within ten seconds and replaced."""
    outcome = await databases.cut_the_wire(faulty, 20, 100, databases.LISTENER, "the listener's traffic")
    print(outcome)
    assert outcome.is_passed


async def test_all_blackholed(faulty: World) -> None:
    """The same for all of a gateway's connections."""
    outcome = await databases.cut_the_wire(faulty, 20, 100, databases.GATEWAY, "all of a gateway's connections")
    print(outcome)
    assert outcome.is_passed
