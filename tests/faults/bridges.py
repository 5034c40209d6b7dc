"""Bridges that are killed at any moment, and servers that take the feed away from them."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from faults.outcome import Outcome
from faults.world import World
from harness.chain import Chain, sport_event
from harness.parts import Part
from harness.rooms import make_event
from harness.waiting import until

FEED = "the feed"
FEED = "the feed"
TAKEOVER_SECONDS = 5.0
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
FAST_COMMIT = "drop trigger dawdle on chat.feed_position; drop function public.dawdle()"
IS_COMMITTING = "select pid from pg_stat_activity where wait_event = 'PgSleep' and application_name = 'edgechat bridge'"
TERMINATE = "select pg_terminate_backend($1, 5000)"
AGAIN = "select count(*) from feed.sport_event where data_event = 'again'"
TRANSACTIONS = "select count(distinct xmin::text) from feed.sport_event where data_event = 'again'"
IS_WAITING = """
select count(*) from pg_stat_activity
where datname = current_database() and application_name = 'edgechat bridge' and wait_event_type = 'Lock'
"""
LAST_SEQ = "select chat.newest_seq(0)"


async def kill_bridges(chain: Chain, messages: int, kills: int) -> Outcome:
    """Kill the bridge again and again while it reads, each third time between insert and commit."""
    outcome = Outcome(f"bridge killed -9, {kills} times in {messages:,} messages", chain.patience)
    await chain.make_stream()
    redelivered = rolled_back = 0
    async with asyncio.TaskGroup() as tasks:
        publishing = tasks.create_task(chain.publish_paced(1, messages))
        for number in range(kills):
            bridge = await chain.start_bridge()
            goal = (number + 1) * messages // (kills + 2)
            await chain.until_at(goal)
            outcome.require(not publishing.done(), "the bridge was killed under load")
            if number % 3 == 2:
                rolled_back += await _kill_before_commit(chain, bridge)
            else:
                bridge.kill()
            if number == 0:
                await chain.stack.until_told("bridge DOWN")
            redelivered += max(0, await chain.delivered() - await chain.position())
        await chain.start_bridge()
    await _audit(chain, outcome, messages)
    outcome.count(between_insert_and_commit=rolled_back, redelivered=redelivered)
    outcome.require(rolled_back == (kills // 3), "what was inserted and not committed was rolled back")
    outcome.require(redelivered > 0, "the fault was provoked: killed bridges had got what was then sent again")
    return outcome


async def kill_nats(chain: Chain, messages: int, kills: int) -> Outcome:
    """Kill nats-server under publishers that wait to be acknowledged: it lost nothing that it had acknowledged."""
    outcome = Outcome(f"nats-server killed -9, {kills} times, acknowledged publishers", chain.patience)
    bridge = await chain.start_bridge()
    flowing = []
    async with asyncio.TaskGroup() as tasks:
        publishing = tasks.create_task(chain.publish_acknowledged(1, messages))
        for number in range(kills):
            goal = (number + 1) * messages // (kills + 2)
            await chain.until_at(goal)
            outcome.require(not publishing.done(), "nats-server was killed under load")
            chain.nats_server.kill()
            await chain.stack.until_told("nats DOWN")
            await chain.stack.until_lost(bridge, FEED, times=number + 1)
            await asyncio.to_thread(chain.nats_server.start)
            before, back = await chain.position(), time.monotonic()
            await chain.until_at(before + 1)
            flowing.append(time.monotonic() - back)
    await _audit(chain, outcome, messages)
    reconnects = chain.stack.losses(bridge, FEED)
    outcome.count(reconnects=reconnects, publishers_reconnects=publishing.result() - 1, slowest_to_flow_s=max(flowing))
    outcome.require(reconnects == kills, "the fault was provoked: the bridge reconnected each time")
    outcome.require(publishing.result() > kills, "the fault was provoked: the publisher reconnected each time")
    outcome.require_within(max(flowing), 5, "flowing again within 5 s of its return")
    outcome.require(bridge.child.poll() is None, "the bridge ran on")
    return outcome


async def take_over(chain: Chain, messages: int) -> Outcome:
    """Two bridges, of which one writes; it is killed, and the other goes on."""
    outcome = Outcome("two bridges, the active one killed", chain.patience)
    active = await chain.start_bridge()
    standby = chain.launch_bridge()
    await standby.until_said("standing by")
    async with asyncio.TaskGroup() as tasks:
        publishing = tasks.create_task(chain.publish_paced(1, messages))
        await chain.until_at(messages // 4)
        active.kill()
        killed, before = time.monotonic(), await chain.position()
        outcome.require(not publishing.done(), "the bridge was killed under load")
        await chain.until_at(before + 1)
        seconds = time.monotonic() - killed
    await _audit(chain, outcome, messages)
    outcome.count(taken_over_after_s=seconds)
    outcome.require("took over" in standby.output, "the fault was provoked: the other one took over")
    outcome.require(standby.output.count("standing by") == 1, "it said once that it stands by")
    outcome.require_within(seconds, TAKEOVER_SECONDS, "the other takes over within 5 s")
    return outcome


async def reject_malformed(chain: Chain, count: int) -> Outcome:
    """As many malformed messages as good ones, in turn: each goes where it belongs, and the bridge lives on."""
    outcome = Outcome(f"{count:,} malformed among {count:,} good", chain.patience)
    bridge = await chain.start_bridge()
    await chain.publish(*(message for number in range(count) for message in (sport_event(number), b"\xff%d" % number)))
    await chain.until_taken()
    rows, sequences = await chain.stored()
    rejects = {bytes(reject["message"]) for reject in await chain.rejects() if reject["error"]}
    outcome.count(rows=rows, lost=count - sequences, stored_twice=rows - sequences, rejects=len(rejects))
    outcome.require(rows == sequences == count, "all good ones are rows")
    outcome.require(rejects == {b"\xff%d" % number for number in range(count)}, "all bad ones are rejects, with why")
    outcome.require(bridge.child.poll() is None, "the bridge's process is the same")
    return outcome


async def send_equal(world: World, count: int, members: int) -> Outcome:
    """The same bytes again and again in one batch: each is a message of its own, to everybody."""
    outcome = world.outcome(f"equal messages {count} times in one batch")
    await world.start(gateways=1)
    await world.populate(members, rooms=1)
    await world.publisher.repeat(make_event(text="first").SerializeToString(), 1)
    await world.until_stored(1)
    before = await world.value(LAST_SEQ)
    await asyncio.gather(*(resumer.reach(before) for resumer in world.resumers))
    received = [resumer.received for resumer in world.resumers]
    async with _held_up(world):
        await world.publisher.repeat(make_event(text="again").SerializeToString(), count)
        await world.until_delivered(1 + 1 + count)
    await world.until_stored(1 + 1 + count)
    after = await world.value(LAST_SEQ)
    await asyncio.gather(*(resumer.reach(after) for resumer in world.resumers))
    # One of those that came is the message that the bridge was held up with.
    deliveries = {resumer.received - had - 1 for resumer, had in zip(world.resumers, received, strict=True)}
    transactions = await world.value(TRANSACTIONS)
    outcome.count(rows=await world.value(AGAIN), transactions=transactions, members=members)
    outcome.count(deliveries_to_each=", ".join(map(str, sorted(deliveries))))
    outcome.require(transactions == 1, "the fault was provoked: all came in one batch")
    outcome.require(deliveries == {count}, f"{count} deliveries to everybody")
    gaps, doubles = (sum(getattr(resumer, flaw) for resumer in world.resumers) for flaw in ("gaps", "doubles"))
    outcome.count(gaps=gaps, doubles=doubles)
    outcome.require(gaps == doubles == 0, "no gap, no double")
    return outcome


@asynccontextmanager
async def _held_up(world: World) -> AsyncIterator[None]:
    """The bridge waits with a single message for the time of the block: what comes then is its next batch."""
    blocker = await asyncpg.connect(world.stack.database_url, timeout=30)
    try:
        await blocker.execute("begin; select chat.lock_log()")
        await world.publisher.repeat(make_event(text="held up").SerializeToString(), 1)

        async def is_waiting() -> bool:
            return await world.value(IS_WAITING) == 1

        await until(is_waiting, "the bridge to wait")
        yield
    finally:
        blocker.terminate()


async def until_committing(chain: Chain) -> int:
    """Wait until a batch is inserted but not committed; the process id of the backend that does it."""
    rows = await until(lambda: chain.fetch(IS_COMMITTING), "a batch that is inserted and not committed")
    return int(rows[0]["pid"])


async def _kill_before_commit(chain: Chain, bridge: Part) -> bool:
    """Kill the bridge, and the backend that has inserted its batch; whether the batch was rolled back."""
    await chain.execute(SLOW_COMMIT)
    pid = await until_committing(chain)
    before = await chain.stored()
    bridge.kill()
    await chain.fetch(TERMINATE, pid)
    is_rolled_back = await chain.stored() == before
    await chain.execute(FAST_COMMIT)
    return is_rolled_back


async def _audit(chain: Chain, outcome: Outcome, messages: int) -> None:
    """Wait until all was taken; then the stream's messages are the rows, each once and in their order."""
    in_stream = await chain.until_taken()
    rows, distinct = await chain.stored()
    rejects = len(await chain.rejects())
    outcome.count(stream_messages=in_stream, rows=rows, lost=messages - distinct)
    outcome.count(stored_twice=rows - distinct, rejects=rejects)
    outcome.require(rows == distinct == in_stream == messages, "rows = distinct = messages")
    outcome.require(
        await chain.texts() == [str(number) for number in range(1, messages + 1)], "rows are what was sent, in order"
    )
    outcome.require(rejects == 0, "nothing was rejected")
