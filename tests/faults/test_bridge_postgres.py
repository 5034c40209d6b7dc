"""While Postgres is away or out of reach the bridge waits; then it goes on where Postgres says."""

import asyncio
import signal
import time

import asyncpg
import pytest

from bridge.session import TEND_INTERVAL
from harness.chain import Chain, sport_event
from harness.logs import repeated
from harness.relay import Relay
from harness.servers import frozen

COUNT = 8_000
DOCKER_SECONDS = 10
"""Between SIGTERM and SIGKILL."""
KILLS = 2

CANCEL_WAITING = """
select pg_cancel_backend(pid) from pg_stat_activity
where application_name = 'edgechat bridge' and wait_event_type = 'Lock'
"""


async def test_a_killed_postgres_costs_no_message_and_not_the_bridge(chain: Chain) -> None:
    """All of it killed -9 twice under load: rows = messages, and it flows again soon."""
    bridge = await chain.start_bridge()
    publishing = asyncio.create_task(chain.publish_paced(1, COUNT))
    for number in range(KILLS):
        goal = (number + 1) * COUNT // (KILLS + 2)
        await chain.until_at(goal)
        assert not publishing.done()
        chain.postgres.kill()
        await chain.stack.until_lost(bridge, "Postgres", times=number + 1)
        await asyncio.to_thread(chain.postgres.start)
        before = await chain.position()
        back = time.monotonic()
        await chain.until_at(before + 1)
        assert time.monotonic() - back < 20
    await publishing
    await chain.until_taken()
    assert await chain.stored() == (COUNT, COUNT)
    bridge.require_alive()
    assert chain.stack.losses(bridge, "Postgres") == KILLS
    assert list(repeated(bridge.output)) == []


async def test_a_batch_whose_commit_was_not_heard_of_is_not_stored_again(chain: Chain) -> None:
    """The line broke before the answer."""
    async with Relay("127.0.0.1", chain.postgres.port) as relay:
        url = chain.database_url.replace(f":{chain.postgres.port}/", f":{relay.port}/")
        bridge = await chain.start_bridge(DATABASE_URL=url)
        await chain.publish(sport_event(1))
        await chain.until_taken()
        relay.is_deaf = True
        await chain.publish(*(sport_event(number) for number in range(2, 102)))
        await chain.until_at(2)
        assert relay.swallowed > 0
        relay.is_deaf = False
        relay.cut()
        await chain.publish(sport_event(102))
        await chain.until_taken()
        assert await chain.stored() == (102, 102)
        assert relay.connections == 2
        bridge.require_alive()


@pytest.mark.slow
async def test_a_frozen_postgres_is_noticed_within_ten_seconds(chain: Chain) -> None:
    """When it goes on, so does the bridge."""
    bridge = await chain.start_bridge()
    with frozen(chain.postgres):
        await chain.publish(sport_event(1), sport_event(2))
        since = time.monotonic()
        await bridge.until_said("waiting for Postgres: no answer")
        assert time.monotonic() - since < 12
    await chain.until_taken()
    assert await chain.stored() == (2, 2)
    assert bridge.output.count("Postgres is back") == 1


async def test_a_batch_that_postgres_cancels_is_stored_in_another_try(chain: Chain) -> None:
    """Whatever its reasons: a deadlock, an operator."""
    bridge = await chain.start_bridge()
    blocker = await asyncpg.connect(chain.database_url)
    transaction = blocker.transaction()
    await transaction.start()
    await blocker.execute("select chat.lock_log()")
    await chain.publish(*(sport_event(number) for number in range(50)))
    cancelled = 0
    async with asyncio.timeout(30):
        while cancelled < 3:
            cancelled += len(await chain.fetch(CANCEL_WAITING))
            await asyncio.sleep(0.1)
    await transaction.rollback()
    await blocker.close()
    await chain.until_taken()
    assert await chain.stored() == (50, 50)
    assert await chain.rejects() == []
    bridge.require_alive()
    assert bridge.output.count("waiting for Postgres") == 1


@pytest.mark.parametrize("is_storing", [False, True])
async def test_a_bridge_can_be_stopped_while_postgres_answers_nothing(chain: Chain, is_storing: bool) -> None:
    """In the middle of a batch, and with nothing to do."""
    bridge = await chain.start_bridge()
    with frozen(chain.postgres):
        if is_storing:
            await chain.publish(sport_event(1))
        await asyncio.sleep(0.5 if is_storing else TEND_INTERVAL + 1.5)
        bridge.child.send_signal(signal.SIGTERM)
        assert await bridge.wait(DOCKER_SECONDS) == 0
