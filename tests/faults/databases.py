"""Postgres that dies or freezes, and listening connections that are ended or fall silent."""

import asyncio
import time

from faults.accounts import audit
from faults.outcome import Outcome
from faults.world import World
from harness.people import User
from harness.servers import frozen
from harness.waiting import until
from harness.wire import Wire
from runtime.report import WRITE_SECONDS

FLOW_SECONDS = 5.0
NOTICE_SECONDS = 10.0
PAUSE_SECONDS = 1.0
LISTENER = b"edgechat gateway listener"
GATEWAY = b"edgechat gateway"
LISTENING = "the listening connection to the database"
LOST = f"waiting for {LISTENING}"

TERMINATE_LISTENER = """
select count(pg_terminate_backend(pid)) from (
  select pid from pg_stat_activity
  where datname = current_database() and application_name = 'edgechat gateway listener'
  order by random() limit 1
) as l
"""


async def crash_postgres(world: World, members: int, kills: int, rate: float, pause: float) -> Outcome:
    """Kill all of Postgres under load: nothing is lost, members stay connected, and it flows again at once."""
    outcome = world.outcome(f"all of Postgres killed -9, {kills} times mid-load")
    await world.start(gateways=2)
    await world.populate(members)
    flowing = []
    async with world.publisher.running(rate), world.chatter(10):
        for _ in range(kills):
            await asyncio.sleep(pause)
            before = await world.rows()
            outcome.require(before > 0, "the load ran before the kill")
            returned_at = await world.crash_postgres()
            await until_flowing(world)
            flowing.append(time.monotonic() - returned_at)
        await asyncio.sleep(pause)
    await audit(world, outcome, await world.stream_messages())
    reconnects = await count_reconnects(world)
    outcome.count(reconnects=reconnects, slowest_to_flow_s=max(flowing))
    outcome.require(reconnects >= kills * 2, "the fault was provoked: both gateways reconnected each time")
    outcome.require_within(max(flowing), FLOW_SECONDS, "flowing again within 5 s of its return")
    require_same_members(world, outcome)
    require_same_processes(world, outcome)
    return outcome


async def freeze_postgres(world: World, members: int, seconds: float, rate: float) -> Outcome:
    """Stop all of Postgres for a while: it is noticed, comments are refused in words, and it all resumes by itself."""
    outcome = world.outcome(f"Postgres frozen (SIGSTOP) for {seconds:.0f} s")
    await world.start(gateways=2)
    await world.populate(members)
    async with world.publisher.running(rate):
        await asyncio.sleep(1)
        with frozen(world.postgres.server):
            started = time.monotonic()
            await asyncio.sleep(0.5)
            for resumer in world.resumers[:5]:
                await resumer.comment(f"into the ice, by {resumer.name}")
            noticed = 0.5 + await world.until_logged(world.gateways[0], LOST)
            told = noticed + await world.until_told("postgres DOWN") + await world.until_told(LISTENING)
            await asyncio.sleep(max(0.0, seconds - (time.monotonic() - started)))
            refused = [reason for resumer in world.resumers for reason in resumer.refused_comments]
        flowing = await until_flowing(world)
        async with world.chatter(20):
            await asyncio.sleep(2)
    await audit(world, outcome, await world.stream_messages())
    outcome.count(noticed_after_s=noticed, told_after_s=told, flowing_after_s=flowing)
    outcome.count(comments_refused=len(refused))
    outcome.require_within(noticed, NOTICE_SECONDS, "noticed within 10 s")
    outcome.require_within(flowing, FLOW_SECONDS * 2, "flowing again within 10 s")
    require_same_members(world, outcome)
    if seconds >= 30:
        outcome.require(len(refused) == 5 and "" not in refused, f"comments were refused in words: {refused}")
    require_same_processes(world, outcome)
    return outcome


async def terminate_listeners(world: World, members: int, kills: int, rate: float) -> Outcome:
    """End a gateway's listening connection again and again under load: nothing is missed, and nobody waits."""
    outcome = world.outcome(f"listener connection terminated {kills} times under load")
    await world.start(gateways=2)
    await world.populate(members)
    terminated = 0
    async with world.publisher.running(rate), world.chatter(10):
        await asyncio.sleep(1)
        for resumer in world.resumers:
            resumer.forget_pauses()
        for _ in range(kills):
            terminated += await world.value(TERMINATE_LISTENER)
            await asyncio.sleep(world.random.uniform(0.2, 0.8))
        paused = max(resumer.longest_pause for resumer in world.resumers if resumer.room in (0, 3))
    await audit(world, outcome, await world.stream_messages())
    reconnects = await count_reconnects(world)
    outcome.count(terminated=terminated, reconnects=reconnects, longest_pause_s=paused)
    outcome.require(terminated == kills, "the fault was provoked each time")
    outcome.require(reconnects >= kills / 2, "the gateways had to reconnect")
    outcome.require_within(paused, PAUSE_SECONDS, "longest pause ≤ 1 s")
    require_same_members(world, outcome)
    require_same_processes(world, outcome)
    return outcome


async def cut_the_wire(world: World, members: int, rate: float, mark: bytes, what: str) -> Outcome:
    """The network between a gateway and Postgres swallows what the open connections with this mark carry."""
    outcome = world.outcome(f"{what} blackholed")
    target = world.postgres.server.port
    async with Wire(target).running() as wire:
        url = world.stack.database_url.replace(f":{target}/", f":{wire.port}/")
        await world.start(gateways=1, DATABASE_URL=url)
        await world.populate(members)
        async with world.publisher.running(rate):
            await asyncio.sleep(1)
            for resumer in world.resumers:
                resumer.forget_pauses()
            cut = wire.cut(mark)
            noticed = await world.until_logged(world.gateways[0], LOST)
            back = await world.until_logged(world.gateways[0], "the listening connection to the database is back")
            user = await User.at(world.ports[0])
            await user.enter("newcomer", 0)
            await user.close()
            async with world.chatter(10):
                await asyncio.sleep(2)
        await audit(world, outcome, await world.stream_messages())
        swallowed = sum(connection.swallowed for connection in wire.connections)
    paused = max(resumer.longest_pause for resumer in world.resumers if resumer.room in (0, 3))
    outcome.count(connections_cut=cut, swallowed_bytes=swallowed, noticed_after_s=noticed, back_after_s=noticed + back)
    outcome.count(longest_pause_s=paused)
    outcome.require(cut > 0 and swallowed > 0, "the fault was provoked: something was swallowed")
    outcome.require_within(noticed, NOTICE_SECONDS, "noticed within 10 s")
    require_same_members(world, outcome)
    require_same_processes(world, outcome)
    return outcome


async def count_reconnects(world: World) -> int:
    """How often the gateways that run have lost their listening connections."""
    # Reports are written once a second.
    await asyncio.sleep(1.5 * WRITE_SECONDS)
    return sum(world.stack.losses(gateway.part, LISTENING) for gateway in world.gateways)


async def until_flowing(world: World) -> float:
    """Seconds until a member has got something that was stored after this was called."""
    started = time.monotonic()
    stored = await world.rows()
    await until(lambda: _has_more(world, stored), "new rows", 60)
    newest = await world.query(lambda c: c.fetchval("select chat.newest_seq(0)"))
    members = [resumer for resumer in world.resumers if resumer.room == 0]
    await asyncio.gather(*(resumer.reach(newest) for resumer in members))
    return time.monotonic() - started


async def _has_more(world: World, stored: int) -> bool:
    return await world.rows() > stored


def require_same_members(world: World, outcome: Outcome) -> None:
    """Nobody lost the connection, and nobody was announced as gone."""
    disconnected = sum(sum(resumer.closings.values()) for resumer in world.resumers)
    outcome.count(disconnected=disconnected, exits_seen=world.exits())
    codes = sorted({code for resumer in world.resumers for code in resumer.closings})
    outcome.require(disconnected == 0, f"clients stayed connected; they were closed with {codes}")
    outcome.require(world.exits() == 0, "nobody was announced as gone")


def require_same_processes(world: World, outcome: Outcome) -> None:
    """Bridge and gateways ran on."""
    for part in (world.bridge, *(gateway.part for gateway in world.gateways)):
        outcome.require(part is not None and part.child.poll() is None, "bridge and gateways ran on, not restarted")
