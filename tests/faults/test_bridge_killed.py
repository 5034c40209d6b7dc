"""A bridge that is killed at any moment loses nothing and stores nothing twice."""

from faults import bridges
from harness.chain import Chain, sport_event


async def test_a_bridge_killed_again_and_again_loses_and_doubles_nothing(chain: Chain) -> None:
    """Rows = different sequences = messages, and in their order."""
    outcome = await bridges.kill_bridges(chain, messages=9_000, kills=4)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(lost=0, stored_twice=0, rejects=0) == {}


async def test_what_was_inserted_and_not_committed_is_stored_by_the_next_bridge(chain: Chain) -> None:
    """Once; bridge and backend died in between."""
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


async def test_a_commit_that_goes_through_after_its_bridge_was_killed_is_not_repeated(chain: Chain) -> None:
    """The next bridge waits for its end."""
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
