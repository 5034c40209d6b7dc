"""A nats-server that dies takes nothing with it that it had acknowledged."""

import asyncio
import os
import signal

import pytest

from faults import bridges
from harness.chain import Chain, sport_event


async def test_a_killed_nats_server_loses_nothing_that_it_acknowledged(chain: Chain) -> None:
    """nats-server killed -9 under acknowledged publishers: acknowledged = rows, the bridge still the same."""
    outcome = await bridges.kill_nats(chain, messages=4_000, kills=2)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(lost=0, stored_twice=0, rejects=0, reconnects=2) == {}


@pytest.mark.slow
async def test_a_frozen_nats_server_is_noticed_and_the_feed_goes_on_when_it_does(chain: Chain) -> None:
    """A nats-server that answers nothing for a while is noticed; when it goes on, so does the feed."""
    bridge = await chain.start_bridge()
    await chain.publish(sport_event(1))
    await chain.until_taken()
    assert chain.nats_server.child is not None
    os.kill(chain.nats_server.child.pid, signal.SIGSTOP)
    try:
        await bridge.until_said("waiting for the feed")
    finally:
        os.kill(chain.nats_server.child.pid, signal.SIGCONT)
    await chain.publish(sport_event(2))
    await chain.until_taken()
    assert await chain.texts() == ["1", "2"]


async def test_a_bridge_waits_for_its_nats_server_with_one_line(chain: Chain) -> None:
    """A bridge that starts before its nats-server waits for it, with one line."""
    chain.nats_server.stop()
    bridge = chain.launch_bridge()
    await bridge.until_said("waiting for the feed: no server there")
    # Time for more tries: one line is all that may be said of them.
    await asyncio.sleep(1.0)
    await asyncio.to_thread(chain.nats_server.start)
    await bridge.until_said("the feed is back")
    await chain.publish(sport_event(1))
    await chain.until_at(1)
    assert await chain.stored() == (1, 1)
    assert bridge.output.count("waiting for the feed") == 1
