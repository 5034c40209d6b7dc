"""Gateways that die or stop cost their members a moment, and nothing else."""

from faults import gateways
from faults.world import World


async def test_members_of_a_killed_gateway_resume_and_nobody_sees_them_leave(faulty: World) -> None:
    """On another one, soon, and with every message once and in order."""
    outcome = await gateways.kill_gateways(faulty, members=60, kills=2, rate=100, pause=0.5)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(lost=0, stored_twice=0, left_behind=0, gaps=0, doubles=0, denied=0, exits_seen=0) == {}
    assert outcome.counts["resumes"] >= outcome.counts["thrown_out"] > 0


async def test_a_gateway_that_stops_says_so_and_its_members_resume_elsewhere(faulty: World) -> None:
    """SIGTERM closes every connection with 1001, and nobody sees anybody leave."""
    outcome = await gateways.stop_gateways(faulty, members=40, rate=100)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(closed_without_1001=0, lost=0, left_behind=0, gaps=0, doubles=0, exits_seen=0) == {}
    assert outcome.counts["resumes"] >= outcome.counts["thrown_out"] > 0


async def test_who_does_not_come_back_from_a_killed_gateway_exits_once(faulty: World) -> None:
    """Within ten seconds; then the name is free."""
    outcome = await gateways.forget_token(faulty)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(exits=1) == {}


async def test_who_stops_reading_is_cut_off_and_nobody_else_suffers(faulty: World) -> None:
    """With 4008; the others get everything over the connections they have, and the gateway's memory stays small."""
    outcome = await gateways.stop_reading(faulty, readers=5, sleepers=6, megabytes=24)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(cut_off_with_4008=6, others_disconnected=0, left_behind=0, gaps=0, doubles=0) == {}
