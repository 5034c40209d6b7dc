"""Two bridges: one writes, the other stands by and takes over."""

from faults import bridges, lockout
from harness.chain import Chain


async def test_a_second_bridge_goes_on_when_the_first_is_killed(chain: Chain) -> None:
    """Within seconds, under load, with nothing lost, doubled or out of order."""
    outcome = await bridges.take_over(chain, messages=4_000)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(lost=0, stored_twice=0, rejects=0) == {}


async def test_who_keeps_the_lock_and_stores_nothing_is_named(chain: Chain) -> None:
    """A frozen bridge, or somebody's session, in status, health and log; an idle bridge is no fault."""
    outcome = await lockout.lock_out(chain, messages=50, seconds=0)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(rows=100, stored_twice=0, rejects=0) == {}
