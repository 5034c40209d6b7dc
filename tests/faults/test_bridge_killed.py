"""A bridge that is killed at any moment loses nothing and stores nothing twice."""

import asyncio

from harness.chain import Chain, sport_event

COUNT = 12_000
KILLS = 6

SLOW_COMMIT = """
create function public.dawdle() returns trigger language plpgsql as $$
begin
  perform pg_sleep(1.5);
  return null;
end
$$;
create constraint trigger dawdle after update on chat.feed_position
deferrable initially deferred for each row execute function public.dawdle();
"""
IS_COMMITTING = "select pid from pg_stat_activity where wait_event = 'PgSleep' and application_name = 'edgechat bridge'"
FAST_COMMIT = "drop trigger dawdle on chat.feed_position"


async def until_committing(chain: Chain) -> int:
    """Wait until a batch is inserted but not committed; the process id of the backend that does it."""
    async with asyncio.timeout(30):
        while not (rows := await chain.fetch(IS_COMMITTING)):
            await asyncio.sleep(0.02)
    return int(rows[0]["pid"])


async def test_killed_while_reading(chain: Chain) -> None:
    """Killed -9 six times in 12,000 messages: rows = different sequences = messages, and in their order."""
    await chain.make_stream()
    publishing = asyncio.create_task(chain.publish_paced(1, COUNT))
    killed_at = []
    for number in range(KILLS):
        bridge = await chain.start_bridge()
        goal = (number + 1) * COUNT // (KILLS + 2)
        killed_at.append(await chain.until(lambda position, goal=goal: position >= goal))
        bridge.kill()
    await chain.start_bridge()
    await publishing
    await chain.until_taken()
    assert len(set(killed_at)) == KILLS
    assert max(killed_at) < COUNT
    assert await chain.stored() == (COUNT, COUNT)
    assert await chain.texts() == [str(number) for number in range(1, COUNT + 1)]
    assert await chain.rejects() == []


async def test_killed_between_insert_and_commit(chain: Chain) -> None:
    """Rows that were inserted but not committed when bridge and backend died are stored by the next bridge, once."""
    await chain.make_stream()
    await chain.publish(*(sport_event(number) for number in range(100)))
    await chain.execute(SLOW_COMMIT)
    bridge = await chain.start_bridge()
    pid = await until_committing(chain)
    bridge.kill()
    await chain.fetch("select pg_terminate_backend($1)", pid)
    assert await chain.stored() == (0, 0)
    await chain.execute(FAST_COMMIT)
    await chain.start_bridge()
    await chain.until_taken()
    assert await chain.stored() == (100, 100)


async def test_killed_while_committing(chain: Chain) -> None:
    """A commit that goes through after its bridge was killed is known to the next bridge, which waits for its end."""
    await chain.make_stream()
    await chain.publish(*(sport_event(number) for number in range(100)))
    await chain.execute(SLOW_COMMIT)
    bridge = await chain.start_bridge()
    await until_committing(chain)
    bridge.kill()
    assert await chain.stored() == (0, 0)
    await chain.start_bridge()
    await chain.until_taken()
    await chain.publish(sport_event(100))
    await chain.until(lambda position: position >= 101)
    assert await chain.stored() == (101, 101)
