"""Gateways that die or stop cost their members a moment, and nothing else."""

from faults import gateways
from faults.world import World


async def test_killed(faulty: World) -> None:
    """Members of a gateway killed -9 resume on another one, soon, gapless, and nobody sees them leave."""
    outcome = await gateways.kill_gateways(faulty, members=60, kills=2, rate=100, pause=0.5)
    print(outcome)
    assert outcome.is_passed


async def test_stopped(faulty: World) -> None:
    """SIGTERM closes with 1001; members resume elsewhere, and nobody sees them leave."""
    outcome = await gateways.stop_gateways(faulty, members=40, rate=100)
    print(outcome)
    assert outcome.is_passed


async def test_stays_away(faulty: World) -> None:
    """Who does not come back from a gateway that died exits within ten seconds, once."""
    outcome = await gateways.forget_token(faulty)
    print(outcome)
    assert outcome.is_passed


async def test_stops_reading(faulty: World) -> None:
    """A client that stops reading is cut off with 4008; the others and the gateway's memory do not suffer."""
    outcome = await gateways.stop_reading(faulty, readers=5, sleepers=6, megabytes=24)
    print(outcome)
    assert outcome.is_passed
