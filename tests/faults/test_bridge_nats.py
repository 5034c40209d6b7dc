"""A nats-server that dies takes nothing with it that it had acknowledged."""

import asyncio
import os
import signal

from faults import bridges
from harness.chain import Chain, sport_event


async def test_nats_killed(chain: Chain) -> None:
    """nats-server killed -9 under acknowledged publishers: acknowledged = rows, the bridge still the same."""
    outcome = await bridges.kill_nats(chain, messages=4_000, kills=2)
    print(outcome)
    assert outcome.is_passed


async def test_nats_frozen(chain: Chain) -> None:
    """A nats-server that answers nothing for a while is noticed; when it goes on, so does the feed."""
    bridge = await chain.start_bridge()
    await chain.publish(sport_event(1))
    await chain.until_taken()
    assert chain.nats_server.child is not None
    os.kill(chain.nats_server.child.pid, signal.SIGSTOP)
    try:
        async with asyncio.timeout(30):
            while "waiting for the feed" not in bridge.output:
                await asyncio.sleep(0.1)
    finally:
        os.kill(chain.nats_server.child.pid, signal.SIGCONT)
    await chain.publish(sport_event(2))
    await chain.until_taken()
    assert await chain.texts() == ["1", "2"]


async def test_no_server_at_the_start(chain: Chain) -> None:
    """A bridge that starts before its nats-server waits for it, with one line."""
    chain.nats_server.stop()
    bridge = chain.launch_bridge()
    async with asyncio.timeout(30):
        while "waiting for the feed: no server there" not in bridge.output:
            bridge.require_alive()
            await asyncio.sleep(0.05)
    await asyncio.sleep(1.0)
    await asyncio.to_thread(chain.nats_server.start)
    async with asyncio.timeout(30):
        while "the feed is back" not in bridge.output:
            await asyncio.sleep(0.05)
    await chain.publish(sport_event(1))
    await chain.until_at(1)
    assert await chain.stored() == (1, 1)
    assert bridge.output.count("waiting for the feed") == 1
