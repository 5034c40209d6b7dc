"""Two bridges: one writes, the other stands by and takes over."""

import asyncio

import pytest

from faults import bridges, lockout
from harness.chain import Chain, sport_event
from harness.parts import Part
from harness.relay import Relay
from harness.waiting import until
from runtime.outage import LONGEST_PAUSE


async def test_a_second_bridge_goes_on_when_the_first_is_killed(chain: Chain) -> None:
    """Within seconds, under load, with nothing lost, doubled or out of order."""
    outcome = await bridges.take_over(chain, messages=4_000)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(lost=0, stored_twice=0, rejects=0) == {}


@pytest.mark.slow
async def test_who_keeps_the_lock_and_stores_nothing_is_named(chain: Chain) -> None:
    """A frozen bridge, or somebody's session, in status, health and log; an idle bridge is no fault."""
    outcome = await lockout.lock_out(chain, messages=50, seconds=0)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(rows=100, stored_twice=0, rejects=0) == {}


async def test_a_bridge_that_waited_for_its_turn_does_not_go_back(chain: Chain) -> None:
    """It looked at the stream, then waited for Postgres while the other bridge stored what came: that is no loss of the
    stream's end, and nothing is stored twice."""
    async with Relay("127.0.0.1", chain.postgres.port) as relay:
        first = await chain.start_bridge(DATABASE_URL=f"{relayed(chain, relay)}")
        await chain.publish(*(sport_event(number) for number in range(10)))
        await chain.until_at(10)
        second = chain.launch_bridge()
        await second.until_said("standing by")
        relay.is_closed = True
        relay.cut()
        await second.until_said("took over")
        await asyncio.to_thread(restart_nats, chain)
        # The first one has connected to NATS again, knows how far the stream goes, and waits for Postgres.
        await asyncio.sleep(LONGEST_PAUSE + 1)
        await chain.publish(*(sport_event(number) for number in range(10, 20)))
        await chain.until_at(20)
        second.stop()
        relay.is_closed = False
        await until(lambda: has_lock(first), "the first bridge to be back")
        await chain.publish(*(sport_event(number) for number in range(20, 30)))
        await chain.until_at(30)
        assert await chain.stored() == (30, 30)


def relayed(chain: Chain, relay: Relay) -> str:
    """The database by way of the relay."""
    return chain.database_url.replace(f":{chain.postgres.port}/", f":{relay.port}/")


def restart_nats(chain: Chain) -> None:
    """All connections to it are lost."""
    chain.nats_server.kill()
    chain.nats_server.start()


def has_lock(bridge: Part) -> bool:
    """Whether a bridge said that Postgres is back."""
    return "Postgres is back" in bridge.output
