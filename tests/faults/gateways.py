"""Gateways that die, stop, or whose clients do not read."""

import asyncio
import signal
import time

import psutil

from faults.accounts import audit
from faults.outcome import Outcome
from faults.world import World, percentile
from harness.people import User

RESUME_SECONDS = 2.0
EXIT_SECONDS = 10.0
MEMORY_GROWTH = 150 * 2**20
GOING_AWAY = 1001
SLOW = 4008
LAST_SEQ = "select chat.newest_seq(0)"


async def kill_gateways(world: World, members: int, kills: int, rate: float, pause: float) -> Outcome:
    """Kill one gateway after the other under load; its members resume on the other one."""
    outcome = world.outcome(f"gateway killed -9, {kills} times, {members} resuming clients")
    await world.start(gateways=2)
    await world.populate(members)
    thrown_out = 0
    async with world.publisher.running(rate), world.chatter(20):
        await asyncio.sleep(1)
        for number in range(kills):
            index = number % 2
            await _until_all_present(world)
            thrown_out += sum(resumer.at_port(world.ports[index]) for resumer in world.resumers)
            world.gateways[index].part.kill()
            await world.until_told("gateway DOWN", index)
            await asyncio.sleep(pause)
            await world.replace_gateway(index)
            await asyncio.sleep(pause)
    await audit(world, outcome, await world.stream_messages())
    _judge_resumes(world, outcome, thrown_out)
    return outcome


async def stop_gateways(world: World, members: int, rate: float) -> Outcome:
    """SIGTERM to each gateway in turn: 1001, resumed elsewhere, and nobody saw anybody leave."""
    outcome = world.outcome(f"gateway stopped (SIGTERM), twice, {members} resuming clients")
    await world.start(gateways=2)
    await world.populate(members)
    thrown_out, closed_without, statuses = 0, 0, []
    async with world.publisher.running(rate), world.chatter(20):
        for index in (0, 1):
            await asyncio.sleep(1)
            await _until_all_present(world)
            here = [resumer for resumer in world.resumers if resumer.at_port(world.ports[index])]
            goodbyes = sum(resumer.closings[GOING_AWAY] for resumer in here)
            part = world.gateways[index].part
            part.child.send_signal(signal.SIGTERM)
            statuses.append(await part.wait())
            await _until_all_present(world)
            thrown_out += len(here)
            goodbyes = sum(resumer.closings[GOING_AWAY] for resumer in here) - goodbyes
            closed_without += len(here) - goodbyes
            outcome.require(goodbyes == len(here), f"all {len(here)} clients were closed with 1001, {goodbyes} were")
            await world.replace_gateway(index)
    # Past the grace, for whoever would only then be announced as gone.
    await asyncio.sleep(EXIT_SECONDS)
    await audit(world, outcome, await world.stream_messages())
    outcome.count(closed_without_1001=closed_without)
    outcome.require(statuses == [0, 0], f"the gateways ended well: {statuses}")
    _judge_resumes(world, outcome, thrown_out)
    return outcome


async def forget_token(world: World) -> Outcome:
    """A gateway is killed and its member does not come back: gone within ten seconds, and the name is free then."""
    outcome = world.outcome("gateway killed -9, its member stays away")
    await world.start(gateways=3)
    adam = await User.at(world.ports[0])
    await adam.enter("adam", 0)
    eve = await User.at(world.ports[1])
    await eve.enter("eve", 0)
    world.gateways[0].part.kill()
    killed_at = time.monotonic()
    await eve.status("USEREXITED", user="adam")
    seconds = time.monotonic() - killed_at
    again = await User.at(world.ports[2])
    await again.enter("adam", 0)
    exits = await world.value(
        "select count(*) from chat.chat_event where userstatus = 'USEREXITED' and username = 'adam'"
    )
    outcome.count(seconds_to_exit=seconds, exits=exits)
    outcome.require_within(seconds, EXIT_SECONDS, "USEREXITED within 10 s")
    outcome.require(exits == 1, "one USEREXITED, with two gateways looking after the dead one")
    for user in (adam, eve, again):
        await user.close()
    return outcome


async def stop_reading(world: World, readers: int, sleepers: int, megabytes: int) -> Outcome:
    """Clients that stop reading are cut off with 4008; the others get everything, the gateway's memory is bounded."""
    outcome = world.outcome(f"{sleepers} clients stop reading, {readers} go on, {megabytes} MB to each")
    await world.start(gateways=1)
    await world.populate(readers, rooms=1)
    for resumer in world.resumers:
        resumer.forget_pauses()
    sleeping = [await Sleeper.at(world.ports[0]) for _ in range(sleepers)]
    for number, sleeper in enumerate(sleeping):
        # Half of them while they are sent the room's history, which is held back for them on another way.
        await sleeper.enter(f"sleeper {number}", 0, resume_after=1 if number % 2 else None)
        sleeper.pause()
    process = psutil.Process(world.gateways[0].part.child.pid)
    before = process.memory_info().rss
    for _ in range(2 * megabytes):
        # Half a megabyte at a time: who reads has it before more comes, however busy this machine is.
        expected = await world.publisher.send_large(8, 65_536)
        await world.until_stored(expected)
        newest = await world.value(LAST_SEQ)
        await asyncio.gather(*(resumer.reach(newest) for resumer in world.resumers))
    growth = process.memory_info().rss - before
    await audit(world, outcome, expected)
    cut = sum(await asyncio.gather(*(sleeper.wake() for sleeper in sleeping)))
    lost = sum(sum(resumer.closings.values()) for resumer in world.resumers)
    outcome.count(cut_off_with_4008=cut, others_disconnected=lost, memory_growth_MB=growth / 2**20)
    outcome.require(cut == sleepers, f"all {sleepers} that slept were cut off with 4008, {cut} were")
    outcome.require(lost == 0, "the others stayed connected")
    outcome.require(growth < MEMORY_GROWTH, f"the gateway's memory grew by less than {MEMORY_GROWTH / 2**20:.0f} MB")
    return outcome


class Sleeper(User):
    """A user who stops reading for a while."""

    async def wake(self) -> bool:
        """Read on to the end; whether it was a close with 4008."""
        self.resume()
        async with asyncio.timeout(60):
            async for _ in self.messages():
                pass
        return self.closing[0] == SLOW


async def _until_all_present(world: World) -> None:
    for resumer in world.resumers:
        async with asyncio.timeout(60):
            await resumer.present.wait()


def _judge_resumes(world: World, outcome: Outcome, thrown_out: int) -> None:
    """Everybody who was thrown out came back soon, without being refused, and was not announced as gone."""
    resumes = world.resumes()
    p99 = percentile(resumes, 0.99)
    tokens = sum(resumer.tokens_used for resumer in world.resumers)
    denials = sum(resumer.unexplained_denials for resumer in world.resumers)
    outcome.count(thrown_out=thrown_out, resumes=len(resumes), by_token=tokens, p99_of_resume_s=p99)
    outcome.count(denied=denials, exits_seen=world.exits())
    outcome.require(thrown_out > 0 and len(resumes) >= thrown_out, "the fault was provoked: members had to resume")
    outcome.require_within(p99, RESUME_SECONDS, "p99 of resume ≤ 2 s")
    outcome.require(denials == 0, "nobody who had their token was refused")
    outcome.require(world.exits() == 0, "nobody was announced as gone")
