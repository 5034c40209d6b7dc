"""The primary dies and its standby is promoted."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from faults.accounts import LAST_SEQS, audit
from faults.databases import require_same_members, require_same_processes, until_flowing
from faults.outcome import Outcome
from faults.world import World, world_on
from harness.servers import NatsServer, frozen
from harness.standby import Pair, databases_of
from harness.waiting import until
from servers.postgres import EmbeddedPostgres

FLOW_SECONDS = 10.0
TEMPTATION_SECONDS = 5.0
"""How long a former primary is there for somebody to write to: twice the time between two looks, and more."""
NO_PRIMARY = "none of these is a primary"
OUTLIVED = "an outlived primary"
FROZEN = "away: no answer"

CONTENTS = """
select concat_ws(
  ' ',
  (select count(*) from feed.sport_event), (select max(chat_event_id) from chat.chat_event),
  (select count(*) from chat.room_log), (select max(last_seq) from chat.feed_position),
  (select sum(last_place) from chat.group_place), (select max(gateway_id) from chat.gateway)
)
"""
LOG_STARTS = "select room_id, log_from from chat.room"
DISTINCT_ROWS = "select count(distinct data_event) from feed.sport_event"
COUNT_ROWS = "select count(*) from feed.sport_event"
NEW_COMMENTS = "select count(*) from chat.chat_event where commentxt like 'on the new primary%' and seq is not null"
# Sessions that were frozen in a commit wait for the standby that is gone, though their clients have gone, too; and
# others wait for their locks.
SESSIONS = """
select coalesce(string_agg(distinct application_name, ', '), '')
from pg_stat_activity
where datname = %s and application_name <> 'edgechat look'
  and wait_event is distinct from 'SyncRep' and wait_event_type is distinct from 'Lock'
"""


@asynccontextmanager
async def world_on_pair(pair: Pair, nats_server: NatsServer, patience: float = 1.0) -> AsyncIterator[World]:
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


async def freeze_primary(world: World, pair: Pair, members: int, rate: float) -> Outcome:
    """Freeze the primary under load, promote the standby, and let the former primary go on as if nothing had been."""
    outcome = world.outcome("the primary frozen (SIGSTOP), its standby promoted, and the former primary thawed")
    await world.start(gateways=2)
    await world.populate(members)
    former = pair.primary
    async with world.publisher.running(rate), world.chatter(10):
        await asyncio.sleep(1)
        with frozen(former):
            await world.until_told(FROZEN)
            promoted_at = await asyncio.to_thread(pair.promote)
            await until_flowing(world)
            flowing = time.monotonic() - promoted_at
        await world.until_told(OUTLIVED)
        await until(lambda: _is_left(world, pair, former), "everybody to have left the former primary")
        sessions = await _watch_sessions(world, pair, former)
        former.kill()
        await asyncio.to_thread(pair.add_standby)
        await asyncio.sleep(1)
    await audit(world, outcome, await world.stream_messages())
    outcome.count(flowing_after_s=flowing)
    outcome.require(sessions == {""}, f"the former primary was only looked at: {sorted(map(str, sessions))}")
    outcome.require_within(flowing, FLOW_SECONDS, "flowing again within 10 s of the promotion")
    require_same_members(world, outcome)
    require_same_processes(world, outcome)
    return outcome


async def _is_left(world: World, pair: Pair, former: EmbeddedPostgres) -> bool:
    return await _sessions(world, pair, former) == ""


async def _sessions(world: World, pair: Pair, former: EmbeddedPostgres) -> object:
    """The names of the sessions on a former primary that do more than look."""
    return await asyncio.to_thread(pair.ask, former, SESSIONS, world.stack.database_url.rpartition("/")[2])


async def _watch_sessions(world: World, pair: Pair, former: EmbeddedPostgres) -> set[object]:
    """All that were seen there for a while."""
    sessions = set()
    end = time.monotonic() + TEMPTATION_SECONDS
    while time.monotonic() < end:
        sessions.add(await _sessions(world, pair, former))
        await asyncio.sleep(0.2)
    return sessions


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
    await world.until_told(OUTLIVED)
    sessions = await _watch_sessions(world, pair, former)
    after = await asyncio.to_thread(_contents, former, database)
    former.kill()
    outcome.require(sessions == {""}, f"the former primary was only looked at: {sorted(map(str, sessions))}")
    outcome.require(before == after, f"nothing was written to the former primary: {before} became {after}")


async def promote_behind(world: World, pair: Pair, members: int, rows: int) -> Outcome:
    """Promote an asynchronous standby that lacks the last comments and feed rows, which all members have.

    The feed is silent afterwards: what the standby lacks of it is in the stream, and must come without a new message.
    """
    outcome = world.outcome("an asynchronous standby promoted that lacks the last moments")
    await world.start(gateways=2)
    await world.populate(members)
    await _send_rows(world, rows)
    await asyncio.to_thread(pair.deafen)
    for resumer in world.resumers:
        await resumer.comment(f"only on the former primary, by {resumer.name}")
    await _send_rows(world, rows)
    before = await _everybody_reaches(world)
    copied = await _copied(world, pair)
    pair.primary.kill()
    promoted_at = await asyncio.to_thread(pair.promote)
    await world.until_stored(2 * rows)
    taken_again = time.monotonic() - promoted_at
    await until(lambda: all(r.truncated and r.present.is_set() for r in world.resumers), "everybody to be told")
    told = time.monotonic() - promoted_at
    for resumer in world.resumers:
        await resumer.comment(f"on the new primary, by {resumer.name}")
    await until(lambda: _has_comments(world, members), "the comments on the new primary")
    after = await _everybody_reaches(world)
    again = sum(after[room] <= before[room] for room in before)
    differing = sum(transcript.differing for transcript in world.transcripts.values())
    unseen = await _unseen(world, before, after)
    outcome.count(rows_lacked=2 * rows - copied, rows_stored=await world.rows(), taken_again_s=taken_again)
    outcome.count(told=sum(resumer.truncated > 0 for resumer in world.resumers), told_s=told)
    outcome.count(numbers_given_twice=again + differing, unseen=unseen)
    outcome.require(copied < 2 * rows, "the standby lacked feed rows")
    outcome.require(await world.value(DISTINCT_ROWS) == 2 * rows, "each feed row is stored once")
    outcome.require(again == differing == 0, "no number was given twice")
    outcome.require(unseen == 0, "everybody got all that the new primary has numbered")
    require_same_processes(world, outcome)
    return outcome


async def _send_rows(world: World, rows: int) -> None:
    await world.publisher.send(rows)
    await world.until_stored(world.publisher.sent)
    await _everybody_reaches(world)


async def _everybody_reaches(world: World) -> dict[int, int]:
    """Wait until all members have the newest message of their rooms; its number, by room."""
    rows = await world.query(lambda c: c.fetch(LAST_SEQS))
    newest: dict[int, int] = {row["room_id"]: row["last_seq"] for row in rows}
    await asyncio.gather(*(resumer.reach(newest[resumer.room]) for resumer in world.resumers))
    return newest


async def _copied(world: World, pair: Pair) -> int:
    """How many feed rows the standby has."""
    database = world.stack.database_url.rpartition("/")[2]
    return int(str(await asyncio.to_thread(pair.ask, pair.standby, COUNT_ROWS, database=database)))


async def _has_comments(world: World, count: int) -> bool:
    return await world.value(NEW_COMMENTS) >= count


async def _unseen(world: World, before: dict[int, int], after: dict[int, int]) -> int:
    """Messages that the new primary has numbered and no member of the room has got."""
    rows = await world.query(lambda c: c.fetch(LOG_STARTS))
    starts = {row["room_id"]: row["log_from"] for row in rows}
    return sum(
        seq not in transcript.hashes
        for room, transcript in world.transcripts.items()
        for seq in range(max(starts[room], before[room] + 1), after[room] + 1)
    )


def _contents(server: EmbeddedPostgres, database: str) -> object:
    return Pair.ask(server, CONTENTS, database=database)
