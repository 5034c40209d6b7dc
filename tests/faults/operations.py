"""What happens to a healthy system: people who come back at once or vanish, upgrades, a clock that is set."""

import asyncio
import os
import time
from contextlib import suppress
from pathlib import Path

import yoyo

import db.apply
from edgechat.client import JoinDeniedError
from faults.accounts import audit
from faults.databases import require_same_members, require_same_processes, until_flowing
from faults.outcome import Outcome
from faults.world import World
from harness.people import User
from harness.waiting import until
from harness.wire import Wire
from runtime.primary import primary_url

VANISHED_SECONDS = 42.0
"""docs/protocol.md, Limits."""
HOUR = 3600
CLOCK_FILE = "FAKETIME_TIMESTAMP_FILE"
SHIFT = (
    "update chat.gateway set missing_since = missing_since + $1 * interval '1 second'",
    "update chat.room set live_until = live_until + $1 * interval '1 second' where isfinite(live_until)",
    "update chat.room_group set live_until = live_until + $1 * interval '1 second' where isfinite(live_until)",
    "update chat.filter_verdict set decided_at = decided_at + $1 * interval '1 second'",
)
"""All times that are compared with the clock of Postgres; of a position it is the stream's."""


async def rejoin_at_once(world: World, users: int, rounds: int, gateways: int) -> Outcome:
    """Everybody closes and joins again at once under the same name, mostly at another gateway."""
    outcome = world.outcome(f"{users} users close and rejoin at once, {rounds} times, {gateways} gateways")
    await world.start(gateways=gateways)
    denied = 0

    async def come(number: int) -> User:
        nonlocal denied
        user = await User.at(world.random.choice(world.ports))
        try:
            await user.enter(f"user {number}", number % 5)
        except JoinDeniedError:
            denied += 1
        return user

    there = await asyncio.gather(*(come(number) for number in range(users)))
    for _ in range(rounds):

        async def come_back(number: int) -> None:
            await there[number].close()
            there[number] = await come(number)

        await asyncio.gather(*(come_back(number) for number in range(users)))
    await asyncio.gather(*(user.close() for user in there))
    outcome.count(joins=users * (rounds + 1), denied=denied)
    outcome.require(denied == 0, "nobody was denied")
    return outcome


async def vanish(world: World) -> Outcome:
    """A peer is gone without FIN, and has no token: the place is free when docs/protocol.md says."""
    outcome = world.outcome("a peer vanishes without a FIN")
    await world.start(gateways=1)
    async with Wire(world.ports[0]).running() as wire:
        eve = await User.at(world.ports[0])
        await eve.enter("eve", 0)
        adam = await User.at(wire.port)
        await adam.enter("adam", 0)
        cut = wire.cut(b"GET /")
        started = time.monotonic()
        await until(lambda: _has_left(eve), "adam to be announced as gone", 120)
        seconds = time.monotonic() - started
        again = await User.at(world.ports[0])
        await again.enter("adam", 0)
        await eve.close()
        await again.close()
        adam.abort()
    outcome.count(free_after_s=seconds)
    outcome.require(cut == 1, "the fault was provoked")
    outcome.require_within(seconds, VANISHED_SECONDS + 1, "the place is free when it is said to be")
    return outcome


async def upgrade(world: World, members: int, times: int, rate: float) -> Outcome:
    """The last migration and all functions are applied again and again under load, with members connected."""
    outcome = world.outcome(f"migrated {times} times under load")
    await world.start(gateways=2)
    await world.populate(members)
    took = []
    async with world.publisher.running(rate), world.chatter(10):
        await asyncio.sleep(1)
        for resumer in world.resumers:
            resumer.forget_pauses()
        for _ in range(times):
            took.append(await migrate_again(world))
            await asyncio.sleep(1)
        paused = max(resumer.longest_pause for resumer in world.resumers if resumer.room in (0, 3))
        await until_flowing(world)
    await audit(world, outcome, await world.stream_messages())
    outcome.count(slowest_migration_s=max(took), longest_pause_s=paused)
    require_same_members(world, outcome)
    require_same_processes(world, outcome)
    return outcome


async def migrate_again(world: World) -> float:
    """Have the last migration and all functions applied once more; how many seconds that took."""
    await asyncio.to_thread(_undo_last_migration, world.stack.database_url)
    started = time.monotonic()
    code, output = await world.stack.ask("migrate")
    if code != 0 or "(1 migrations applied now)" not in output:
        raise AssertionError(f"the database was not migrated: {output}")
    return time.monotonic() - started


def _undo_last_migration(url: str) -> None:
    with yoyo.get_backend(primary_url(url)) as backend:
        done = backend.to_rollback(yoyo.read_migrations(str(db.apply.MIGRATIONS)))
        with backend.lock():
            backend.rollback_migrations(done[:1])


async def set_clock(world: World, members: int, rate: float, pause: float) -> Outcome:
    """Set the database's clock forward and back by an hour, twice; a gateway dies just before it is set back."""
    outcome = world.outcome("clock set forward and back by an hour, twice")
    await world.start(gateways=3)
    await world.populate(members)
    async with world.publisher.running(rate), world.chatter(10):
        for _ in range(2):
            for hours in (1, -1):
                await asyncio.sleep(pause)
                world.gateways[2].part.kill()
                # Long enough for its death to be noted, and too short for its members to be given up.
                await asyncio.sleep(2.5)
                await set_clock_by(world, hours)
                await asyncio.sleep(pause)
                await world.replace_gateway(2)
        await until_flowing(world)
    await audit(world, outcome, await world.stream_messages())
    outcome.count(by="faketime" if CLOCK_FILE in os.environ else "shifted times")

    async def are_given_up() -> bool:
        return await world.value("select count(*) from chat.gateway") == 3

    await until(are_given_up, "the dead gateways to be given up")
    require_same_processes(world, outcome)
    return outcome


async def set_clock_by(world: World, hours: int) -> None:
    """By libfaketime if Postgres runs under it; else all that is compared with the clock is moved the other way."""
    if CLOCK_FILE in os.environ:
        return _write_clock(Path(os.environ[CLOCK_FILE]), hours)
    for statement in SHIFT:
        await world.query(lambda c, statement=statement: c.execute(statement, -HOUR * hours))  # type: ignore[misc]


def _write_clock(file: Path, hours: int) -> None:
    file.write_text("+1h\n" if hours > 0 else "+0\n")


async def _has_left(eve: User) -> bool:
    """Whether somebody was announced as gone; waits a while for that."""
    with suppress(TimeoutError):
        async with asyncio.timeout(5):
            await eve.status("USEREXITED")
            return True
    return False
