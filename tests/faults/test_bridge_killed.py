"""A bridge that is killed at any moment loses nothing and stores nothing twice."""

from faults import bridges
from harness.chain import Chain, sport_event


async def test_killed_while_reading(chain: Chain) -> None:
    """Killed -9 again and again: rows = different sequences = messages, and in their order."""
    outcome = await bridges.kill_bridges(chain, messages=9_000, kills=4)
    print(outcome)
    assert outcome.is_passed


async def test_killed_between_insert_and_commit(chain: Chain) -> None:
    """Rows that were inserted but not committed when bridge and backend died are stored by the next bridge, once."""
    await chain.make_stream()
    await chain.publish(*(sport_event(number) for number in range(100)))
    await chain.execute(bridges.SLOW_COMMIT)
    bridge = await chain.start_bridge()
    pid = await bridges.until_committing(chain)
    bridge.kill()
    await chain.fetch(bridges.TERMINATE, pid)
    assert await chain.stored() == (0, 0)
    await chain.execute(bridges.FAST_COMMIT)
    await chain.start_bridge()
    await chain.until_taken()
    assert await chain.stored() == (100, 100)


async def test_killed_while_committing(chain: Chain) -> None:
    """A commit that goes through after its bridge was killed is known to the next bridge, which waits for its end."""
    await chain.make_stream()
    await chain.publish(*(sport_event(number) for number in range(100)))
    await chain.execute(bridges.SLOW_COMMIT)
    bridge = await chain.start_bridge()
    await bridges.until_committing(chain)
    bridge.kill()
    assert await chain.stored() == (0, 0)
    await chain.start_bridge()
    await chain.until_taken()
    await chain.publish(sport_event(100))
    await chain.until_at(101)
    assert await chain.stored() == (101, 101)
