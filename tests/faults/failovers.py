"""The primary dies and its standby is promoted."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from faults.accounts import audit
from faults.databases import require_same_members, require_same_processes, until_flowing
from faults.outcome import Outcome
from faults.world import World, world_on
from harness.standby import Pair, databases_of
from servers.nats import EmbeddedNats
from servers.postgres import EmbeddedPostgres

FLOW_SECONDS = 10.0
TEMPTATION_SECONDS = 5.0
"""How long a former primary is there for somebody to write to: twice the time between two looks, and more."""
NO_PRIMARY = "none of these is a primary"
OUTLIVED = "an outlived primary"

CONTENTS = """
select concat_ws(
  ' ',
  (select count(*) from chat.sport_event), (select max(chat_event_id) from chat.chat_event),
  (select count(*) from chat.room_log), (select max(last_seq) from chat.feed_position),
  (select sum(last_place) from chat.room_group), (select max(gateway_id) from chat.gateway)
)
"""
SESSIONS = """
select coalesce(string_agg(distinct application_name, ', '), '')
from pg_stat_activity
where datname = %s and application_name <> 'edgechat look'
"""


@asynccontextmanager
async def world_on_pair(pair: Pair, nats_server: EmbeddedNats, patience: float = 1.0) -> AsyncIterator[World]:
    """A world whose parts know both hosts."""
    postgres = databases_of(pair)
    url = pair.url(postgres.create_migrated().rpartition("/")[2])
    async with world_on(url, postgres, nats_server, patience) as made:
        yield made


async def kill_primaries(world: World, pair: Pair, members: int, kills: int, rate: float, pause: float) -> Outcome:
    """Kill the primary under load and promote the synchronous standby: all goes on, and nothing is lost.

    The former primary comes back each time, as one that takes writes, and is then replaced by a new standby.
    """
    outcome = world.outcome(f"the primary killed -9 and its standby promoted, {kills} times mid-load")
    await world.start(gateways=2)
    await world.populate(members)
    flowing = []
    async with world.publisher.running(rate), world.chatter(10):
        for _ in range(kills):
            await asyncio.sleep(pause)
            outcome.require(await world.rows() > 0, "the load ran before the kill")
            flowing.append(await _fail_over(world, pair))
            await _tempt(world, pair, outcome)
            await asyncio.to_thread(pair.add_standby)
        await asyncio.sleep(pause)
    await audit(world, outcome, await world.stream_messages())
    outcome.count(slowest_to_flow_s=max(flowing))
    outcome.require_within(max(flowing), FLOW_SECONDS, "flowing again within 10 s of the promotion")
    require_same_members(world, outcome)
    require_same_processes(world, outcome)
    return outcome


async def _fail_over(world: World, pair: Pair) -> float:
    """Kill the primary, promote the standby once status tells that it is needed; seconds from then until it flows."""
    pair.primary.kill()
    await world.until_told(NO_PRIMARY)
    promoted_at = await asyncio.to_thread(pair.promote)
    await until_flowing(world)
    return time.monotonic() - promoted_at


async def _tempt(world: World, pair: Pair, outcome: Outcome) -> None:
    """Have the former primary back for a while: status tells that it is one, and nobody writes to it or listens."""
    former = await asyncio.to_thread(pair.revive_outlived)
    database = world.stack.database_url.rpartition("/")[2]
    before = await asyncio.to_thread(_contents, former, database)
    sessions = set()
    await world.until_told(OUTLIVED)
    until = time.monotonic() + TEMPTATION_SECONDS
    while time.monotonic() < until:
        sessions.add(await asyncio.to_thread(pair.ask, former, SESSIONS, database))
        await asyncio.sleep(0.2)
    after = await asyncio.to_thread(_contents, former, database)
    former.kill()
    outcome.require(sessions == {""}, f"the former primary was only looked at: {sorted(map(str, sessions))}")
    outcome.require(before == after, f"nothing was written to the former primary: {before} became {after}")


def _contents(server: EmbeddedPostgres, database: str) -> object:
    return Pair.ask(server, CONTENTS, database=database)
