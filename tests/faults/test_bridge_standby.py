"""Two bridges: one writes, the other stands by and takes over."""

from faults import bridges
from harness.chain import Chain


async def test_a_second_bridge_goes_on_when_the_first_is_killed(chain: Chain) -> None:
    """Within seconds, under load, with nothing lost, doubled or out of order."""
    outcome = await bridges.take_over(chain, messages=4_000)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(lost=0, stored_twice=0, rejects=0) == {}
