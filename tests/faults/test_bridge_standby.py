"""Two bridges: one writes, the other stands by and takes over."""

from faults import bridges
from harness.chain import Chain


async def test_takeover(chain: Chain) -> None:
    """When the active bridge is killed under load the other goes on within seconds, with nothing lost or doubled."""
    outcome = await bridges.take_over(chain, messages=4_000)
    print(outcome)
    assert outcome.is_passed
