"""Postgres that lives and cannot do its work: nobody is lost, whoever asks is told, and `edgechat status` says why."""

import asyncio
import time
from functools import partial
from typing import NamedTuple

from websockets.exceptions import ConnectionClosed

from faults import provocations
from faults.accounts import audit
from faults.databases import require_same_members, require_same_processes, until_flowing
from faults.outcome import Outcome
from faults.world import FILTERS, World
from harness.people import User
from harness.waiting import until

OWN_ROOM = len(FILTERS)
FLOW_SECONDS = 10.0
TOLD_SECONDS = 15.0
LEFT_SECONDS = 10.0
TRY_LATER = 1013
NEVER = {1001, 1011}
"""Close codes that say that the gateway ended, or has a bug."""


class Inability(NamedTuple):
    """What is wrong, how it is brought about, and the words that status must have.

    Whoever comments is refused; so are joins and filters, if nothing at all can be written. `pages` is the size of the
    queue of notifications where that matters.
    """

    what: str
    provoke: provocations.Provocation
    told: str
    refuses_all: bool = True
    pages: int | None = None


READ_ONLY = Inability("read-only", provocations.read_only, "it takes no writes")
DISK_FULL = Inability("the disk full", provocations.disk_full, "its disk is full")
QUEUE_FULL = Inability(
    "the queue of notifications full",
    provocations.queue_full,
    "queue of notifications is",
    pages=provocations.QUEUE_PAGES,
)
NO_CONNECTIONS = Inability(
    "no connection left", provocations.no_connections, "it has no connection left", refuses_all=False
)
MISSING_GRANT = Inability("a grant missing", provocations.missing_grant, "a right is missing", refuses_all=False)
MISSING_FUNCTION = Inability(
    "a function missing", provocations.missing_function, "a function is missing", refuses_all=False
)


async def endure(world: World, inability: Inability, members: int, seconds: float, rate: float) -> Outcome:
    """Members talk and feeds flow while Postgres cannot work, and after it can again."""
    outcome = world.outcome(f"{inability.what}, for {seconds:.0f} s")
    async with provocations.queue_of(world, inability.pages):
        await world.start(gateways=2, NUM_CHATROOMS=str(OWN_ROOM + 1))
        await world.populate(members)
        goer = await _joined(world, "goer", 0)
        eve = await _joined(world, "eve", OWN_ROOM)
        async with world.publisher.running(rate):
            async with world.chatter(10):
                await asyncio.sleep(1)
                async with inability.provoke(world):
                    started = time.monotonic()
                    told = await world.until_told(inability.told)
                    await goer.close()
                    if inability.refuses_all:
                        await _be_refused(world, eve, outcome)
                    await asyncio.sleep(max(0.0, seconds - (time.monotonic() - started)))
                flowing = await until_flowing(world)
                await asyncio.sleep(2)
            returned = await _rejoin(world)
        if inability.pages is not None:
            # More than such a queue takes at once.
            await world.publisher.send_large(count=1_000, size=1_000)
        await eve.close()
        await audit(world, outcome, world.publisher.sent)
        _judge(world, outcome, told, flowing, returned)
    return outcome


async def kill_while_read_only(world: World, members: int, seconds: float, rate: float) -> Outcome:
    """One of two gateways dies while nothing can be written: the other goes on, and so do its members."""
    outcome = world.outcome("read-only, and one of two gateways killed -9")
    await world.start(gateways=2)
    await world.populate(members)
    async with world.publisher.running(rate), world.chatter(10):
        await asyncio.sleep(1)
        there = [resumer for resumer in world.resumers if resumer.at_port(world.ports[0])]
        async with provocations.read_only(world):
            world.gateways[0].part.kill()
            # Past the grace: the one that is left looks after the dead one, in vain.
            await asyncio.sleep(seconds)
            await world.until_told(READ_ONLY.told, 1)
        await world.replace_gateway(0)
        flowing = await until_flowing(world)
    await audit(world, outcome, await world.stream_messages())
    closings = {code for resumer in world.resumers for code in resumer.closings}
    outcome.count(thrown_out=len(there), flowing_after_s=flowing, close_codes=sorted(closings))
    outcome.require(len(there) > 0, "the fault was provoked")
    outcome.require(world.gateways[1].part.child.poll() is None, "the other gateway ran on")
    outcome.require(not NEVER & closings, f"nobody was closed with 1001 or 1011: {closings}")
    spared = [resumer for resumer in world.resumers if resumer not in there]
    outcome.require(not any(resumer.closings for resumer in spared), "members of the other one stayed connected")
    return outcome


def _judge(world: World, outcome: Outcome, told: float, flowing: float, returned: float) -> None:
    refused = [reason for resumer in world.resumers for reason in resumer.refused_comments]
    outcome.count(told_after_s=told, flowing_after_s=flowing, name_free_after_s=returned, comments_refused=len(refused))
    outcome.require(len(refused) > 0 and "" not in refused, f"comments were refused in words: {set(refused)}")
    outcome.require_within(told, TOLD_SECONDS, "status names it")
    outcome.require_within(flowing, FLOW_SECONDS, "flowing again within 10 s")
    outcome.require_within(returned, LEFT_SECONDS, "who left meanwhile has left, so that the name is free")
    require_same_members(world, outcome)
    require_same_processes(world, outcome)


async def _joined(world: World, name: str, room: int) -> User:
    user = await User.at(world.ports[0])
    await user.enter(name, room)
    return user


async def _be_refused(world: World, eve: User, outcome: Outcome) -> None:
    """Who comes now is told to come later, and who sets a filter why it cannot be.

    Asked again and again: on a full disk the pages that are begun take some more rows.
    """
    reason = await until(partial(_refused_filter, eve), "a filter to be refused")
    outcome.require("try" in reason, f"a filter is refused in words: {reason!r}")
    code = await until(partial(_refused_join, world.ports[1]), "a join to be refused")
    outcome.require(code == TRY_LATER, f"who joins is closed with 1013: {code}")


async def _refused_filter(eve: User) -> str:
    await eve.set_filter("sport = 3")
    answers = await eve.until(lambda message: message.userstatus in ("FILTERAPPLIED", "REJECTED_BADFILTER"))
    return answers[-1].reason


async def _refused_join(port: int) -> int:
    """The code that the connection is closed with; 0 if the join was let in."""
    try:
        late = await User.at(port)
        await late.enter("late", OWN_ROOM)
    except ConnectionClosed as error:
        return error.rcvd.code if error.rcvd else 0
    await late.close()
    return 0


async def _rejoin(world: World) -> float:
    """Seconds until who left meanwhile is let in again under the name."""
    started = time.monotonic()

    async def is_in() -> bool:
        user = await User.at(world.ports[1])
        try:
            await user.ask_to_join("goer", 0)
            answers = await user.until(lambda message: message.user == "goer" and message.userstatus != "USEREXITED")
            return answers[-1].userstatus == "USERJOINED"
        finally:
            await user.close()

    await until(is_in, "the name of who left to be free", 60)
    return time.monotonic() - started
