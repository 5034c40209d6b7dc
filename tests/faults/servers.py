"""One of several Postgres servers dies or freezes, or the store of their map does: the others' rooms notice nothing."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import count
from typing import NamedTuple

from faults.databases import require_same_members, require_same_processes, until_flowing
from faults.outcome import Outcome
from faults.probe import Probes, Window, refused_comment, refused_join
from faults.realm import Realm
from gateway.client.elsewhere import GREETING_SECONDS
from harness.people import User
from harness.servers import frozen
from harness.waiting import until

VICTIM = 0
"""The first of the map: whatever takes any server takes this one."""
LONGEST_SECONDS = 1.0
"""No comment, greeting or join elsewhere takes longer."""
REFUSED_SECONDS = 12.0
"""A request waits ten seconds for a server that is away; or seven until that is noticed, and three more."""
FLOW_SECONDS = 10.0
MOST_SLOWER = 0.2
"""By which share the others' p99 of round trips may be longer while one is away."""
SETTLE_SECONDS = 20.0
TRY_LATER = 1013
AWAY = "the database is away"
CLAIMS = "select count(*) from chat.name_claim"
STORE_AWAY = "the map of servers, which NATS keeps, cannot be reached"


@asynccontextmanager
async def killed(realm: Realm) -> AsyncIterator[None]:
    """One server's Postgres killed, all of it; started at the end of the block."""
    server = realm.servers[VICTIM].server
    server.kill()
    yield
    await asyncio.to_thread(server.start)


@asynccontextmanager
async def stopped(realm: Realm) -> AsyncIterator[None]:
    """The same with SIGSTOP: connections stay open, and nothing is answered."""
    with frozen(realm.servers[VICTIM].server):
        yield


class Loss(NamedTuple):
    """How a server is lost for the time of a block."""

    words: str
    lasting: Callable[[Realm], AbstractAsyncContextManager[None]]


KILLED = Loss("killed -9", killed)
FROZEN = Loss("frozen (SIGSTOP)", stopped)


def names_at_home(realm: Realm, prefix: str, *, at_victim: bool) -> Iterator[str]:
    """Names that are claimed on the other servers only, or on the one that something happens to as well."""
    for number in count():
        name = f"{prefix} {number}"
        if (VICTIM in realm.homes_of(name)) == at_victim:
            yield name


async def lose_server(
    realm: Realm,
    loss: Loss,
    members: int,
    rate: float,
    seconds: float,
    longest: float = LONGEST_SECONDS,
    most_slower: float | None = None,
) -> Outcome:
    """Have one of the servers be away under load, with its members connected, while others come, talk and go.

    Nothing of the others may take longer than `longest`; `most_slower` is by which share their p99 may be longer than
    before.
    """
    outcome = realm.outcome(f"one of {len(realm.servers)} servers {loss.words}, back after {seconds:.0f} s")
    await realm.start(gateways=2)
    await realm.populate(members)
    others = [room for room in realm.transcripts if realm.index_of(room) != VICTIM]
    probes = Probes(realm.ports, others, names_at_home(realm, "guest", at_victim=False))
    async with realm.publisher.running(rate), realm.chatter(10), probes:
        await asyncio.sleep(2)
        calm = time.monotonic()
        await asyncio.sleep(seconds)
        member = await User.at(realm.ports[0])
        await member.enter("member", realm.rooms_of(VICTIM)[0])
        async with loss.lasting(realm):
            began = time.monotonic()
            await _require_refusals(realm, member, outcome)
            await member.close()
            await asyncio.sleep(seconds - (time.monotonic() - began))
            ended = time.monotonic()
        flowing = await until_flowing(realm.view(VICTIM))
        await asyncio.sleep(1)
    _compare(probes, outcome, (calm, began, ended), longest, most_slower)
    await _require_all_free(realm, outcome)
    await realm.audit(outcome)
    outcome.count(flowing_after_s=flowing)
    outcome.require_within(flowing, FLOW_SECONDS, "its rooms flow again soon after its return")
    require_same_members(realm, outcome)
    require_same_processes(realm, outcome)
    return outcome


async def _require_refusals(realm: Realm, member: User, outcome: Outcome) -> None:
    """What the server is needed for is refused in words, and soon: joins and comments in its rooms, and names that are
    claimed there."""
    [room, *_] = realm.rooms_of(VICTIM)
    other = next(room for room in realm.transcripts if realm.index_of(room) != VICTIM)
    here, there = realm.ports
    names = names_at_home(realm, "late", at_victim=False)
    strangers = [
        (here, next(names), room),
        (there, next(names), room),
        (here, next(names_at_home(realm, "later", at_victim=True)), other),
    ]
    refused = asyncio.create_task(refused_comment(member))
    joins = await asyncio.gather(*(refused_join(*stranger) for stranger in strangers))
    reason, commented = await refused
    outcome.count(refused_after_s=max(seconds for seconds, _, _ in joins), comment_refused_s=commented)
    outcome.require(AWAY in reason, f"a comment is refused in words: {reason}")
    outcome.require_within(commented, REFUSED_SECONDS, "a comment that cannot be is refused soon")
    for seconds, code, reason in joins:
        outcome.require(
            code == TRY_LATER and AWAY in reason, f"a join is refused with 1013 and a reason: {code} {reason}"
        )
        outcome.require_within(seconds, REFUSED_SECONDS, "a join that cannot be is refused soon")


def _compare(
    probes: Probes,
    outcome: Outcome,
    moments: tuple[float, float, float],
    longest: float,
    most_slower: float | None = None,
) -> None:
    """What others noticed of it: nothing."""
    calm, began, ended = moments
    for name, waits in (
        ("round trip", probes.round_trips),
        ("greeting", probes.greetings),
        ("join", probes.joins),
    ):
        before, during = Window.of(waits, calm, began), Window.of(waits, began, ended)
        outcome.count(**{f"{name}s": f"{before.times} and {during.times}"})
        outcome.count(**{f"p99_of_{name}_ms": f"{1000 * before.p99:.0f}, then {1000 * during.p99:.0f}"})
        outcome.count(**{f"longest_{name}_ms": f"{1000 * before.longest:.0f}, then {1000 * during.longest:.0f}"})
        outcome.require(min(before.times, during.times) > 0, f"there were {name}s before it and meanwhile")
        limit = longest + (GREETING_SECONDS if name == "greeting" else 0.0)
        outcome.require(during.longest <= limit, f"no {name} elsewhere takes over {limit:.1f} s: {during.longest:.1f}")
        if most_slower is not None and name == "round trip":
            slower = during.p99 / before.p99 - 1
            outcome.require(slower <= most_slower, f"others' p99 is the same within {most_slower:.0%}: {slower:+.0%}")
    outcome.require(not probes.denials, f"nobody is denied elsewhere: {probes.denials[:3]}")


async def _require_all_free(realm: Realm, outcome: Outcome) -> None:
    """Of those who were refused nothing is left: names are free, and claimed are those of members only."""
    wanted = 2 * len(realm.resumers)

    async def are_given_up() -> bool:
        return sum([await view.value(CLAIMS) for view in realm.views]) == wanted

    began = time.monotonic()
    await until(are_given_up, "the last claims to be given up", SETTLE_SECONDS * realm.patience)
    outcome.count(claims_given_up_s=time.monotonic() - began)


async def lose_store(realm: Realm, members: int, seconds: float, longest: float = LONGEST_SECONDS) -> Outcome:
    """Kill NATS, which has the map: all goes on as it was, but for the feed; a gateway that starts says so and ends."""
    outcome = realm.outcome(f"the store of the map killed, back after {seconds:.0f} s")
    await realm.start(gateways=2)
    await realm.populate(members)
    probes = Probes(realm.ports, list(realm.transcripts), (f"guest {number}" for number in count()))
    async with realm.chatter(10), probes:
        await asyncio.sleep(2)
        calm = time.monotonic()
        await asyncio.sleep(seconds)
        realm.nats.kill()
        began = time.monotonic()
        part = realm.stack.launch("gateway", **realm.gateway_settings)
        status = await part.wait()
        outcome.count(gateway_ended_after_s=time.monotonic() - began)
        outcome.require(status != 0 and STORE_AWAY in part.output, f"it says what it lacks: {status} {part.output}")
        await asyncio.sleep(seconds - (time.monotonic() - began))
        ended = time.monotonic()
        await asyncio.to_thread(realm.nats.start)
        guest = await realm.stack.start_gateway(**realm.gateway_settings)
        await (await User.at(guest.port)).close()
        async with realm.publisher.running(100):
            flowing = await until_flowing(realm.view(VICTIM))
    _compare(probes, outcome, (calm, began, ended), longest)
    await _require_all_free(realm, outcome)
    await realm.audit(outcome)
    outcome.count(flowing_after_s=flowing)
    require_same_members(realm, outcome)
    require_same_processes(realm, outcome)
    return outcome


async def start_without(realm: Realm) -> Outcome:
    """Start a gateway while one of the servers is away: it serves the others' rooms, and takes that one up."""
    outcome = realm.outcome("a gateway that starts while one of the servers is away")
    await realm.start(gateways=1)
    realm.servers[VICTIM].server.kill()
    other, room = 1 - VICTIM, VICTIM
    began = time.monotonic()
    gateway = await realm.stack.start_gateway(**realm.gateway_settings)
    outcome.count(serving_after_s=time.monotonic() - began)
    names = names_at_home(realm, "user", at_victim=False)
    user = await User.at(gateway.port)
    await user.enter(next(names), other)
    seconds, code, reason = await refused_join(gateway.port, (name := next(names)), room)
    outcome.count(refused_after_s=seconds)
    outcome.require(code == TRY_LATER and AWAY in reason, f"a join is refused with 1013 and a reason: {code} {reason}")
    again = await User.at(gateway.port)
    await again.enter(name, other)
    await again.close()
    await asyncio.to_thread(realm.servers[VICTIM].server.start)
    began = time.monotonic()

    async def is_joined() -> bool:
        return (await refused_join(gateway.port, "back again", room))[2] == "joined"

    await until(is_joined, "the server to be taken up", SETTLE_SECONDS * realm.patience)
    outcome.count(taken_up_after_s=time.monotonic() - began)
    guest = await User.at(gateway.port)
    outcome.require(len(guest.welcome.rooms) == guest.welcome.numrooms, "PENDING names all rooms")
    for each in (user, guest):
        await each.close()
    return outcome
