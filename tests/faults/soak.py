"""`make soak`: random faults under load, for as long as one likes; then all accounts agree, and nothing has grown.

One gateway is spared being killed, to see what it needs over all that time; every other process dies now and then.
Filters are changed all the while in a room of its own, since each change leaves dead rows in the catalog.
"""

import argparse
import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from statistics import median

import psutil
from websockets.exceptions import ConnectionClosed

from edgechat.client import JoinDeniedError
from faults.accounts import audit
from faults.databases import count_reconnects
from faults.failovers import world_on_pair
from faults.outcome import Outcome
from faults.provocations import QUEUE_SETTING
from faults.walk import Walk
from faults.world import FILTERS, World, percentile
from harness.background import background
from harness.cluster import running_cluster
from harness.people import User
from harness.standby import running_pair

FLAT_SECONDS = 240.0
"""In a shorter soak growth is shown but not judged: autovacuum comes round once a minute."""
MAX_GROWTH = 0.15
SPARE_BYTES = 4 * 2**20
"""Growth in bytes that counts for nothing."""
SAMPLES = 40
ACCOUNT_SECONDS = 600.0
"""How long starting and closing the accounts may take."""
SOAK_PAGES = 1024
"""Of the queue of notifications: as many as somebody can fill in a second."""
OWN_ROOM = len(FILTERS)
CHATTER_RATE = 10.0
CHANGE_SECONDS = 1.0
CATALOG_BYTES = """
select sum(pg_total_relation_size(c.oid))::bigint
from pg_class as c
where c.relnamespace = 'pg_catalog'::regnamespace and c.relkind = 'r'
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """Sizes at one moment, in bytes: the spared gateway's memory, and the database's catalog."""

    gateway: int
    catalog: int


class Soak:
    """A world under load, and the walk through it."""

    def __init__(self, where: World, walk: Walk) -> None:
        self.world = where
        self.walk = walk
        self.changes = 0

    async def start(self, members: int) -> None:
        """Start everything, with members in all rooms."""
        await self.world.start(gateways=3, NUM_CHATROOMS=str(OWN_ROOM + 1))
        assert self.world.bridge is not None
        await self.walk.start(self.world.bridge)
        await self.world.populate(members)

    async def sample(self) -> Sample:
        """How large things are now."""
        process = psutil.Process(self.world.gateways[0].part.child.pid)
        return Sample(process.memory_info().rss, await self.world.value(CATALOG_BYTES))

    @asynccontextmanager
    async def changing_filters(self) -> AsyncIterator[None]:
        """Have a user of the spared gateway change filters once a second, good and bad ones."""
        async with background(self._change_filters()):
            yield

    async def _change_filters(self) -> None:
        while True:
            # A frozen or crashed Postgres may cost the user their connection, or an answer.
            with suppress(OSError, TimeoutError, AssertionError, ConnectionClosed, JoinDeniedError):
                user = await User.at(self.world.ports[0])
                try:
                    await user.enter(f"changer {self.changes}", OWN_ROOM)
                    while True:
                        await self._change_filter(user)
                finally:
                    user.abort()
            await asyncio.sleep(1)

    async def _change_filter(self, user: User) -> None:
        number = self.changes
        await user.set_filter("sport <" if number % 5 == 4 else f"sport = 3 and data_event <> '{number}'", "ALL")
        await user.until(lambda message: message.userstatus in ("FILTERAPPLIED", "REJECTED_BADFILTER"))
        self.changes += 1
        # Read on until the next one is due, or the gateway would take the user for asleep.
        with suppress(TimeoutError):
            async with asyncio.timeout(CHANGE_SECONDS):
                async for _ in user.messages():
                    pass


async def soak(where: World, walk: Walk, seconds: float, rate: float, members: int, pause: float) -> Outcome:
    """Random faults, `pause` seconds apart on average, while `rate` rows a second flow; then close the accounts."""
    outcome = where.outcome(f"{seconds:.0f} s of random faults at {rate:.0f} rows/s")
    running = Soak(where, walk)
    await running.start(members)
    samples = []
    started = sampled_at = time.monotonic()
    publishing = where.publisher.running(rate, acknowledged=True)
    async with publishing, where.chatter(CHATTER_RATE), running.changing_filters():
        while time.monotonic() - started < seconds or len(running.walk.provoked) < running.walk.kinds:
            await asyncio.sleep(where.random.uniform(0.2 * pause, 1.8 * pause))
            await running.walk.step()
            if time.monotonic() - sampled_at > seconds / SAMPLES:
                sampled_at = time.monotonic()
                samples.append(await running.sample())
        await asyncio.sleep(pause)
    samples.append(await running.sample())
    in_stream = await where.stream_messages()
    await audit(where, outcome, in_stream)
    await _judge_faults(running, outcome, in_stream)
    _judge_sizes(samples, outcome, seconds)
    return outcome


async def _judge_faults(running: Soak, outcome: Outcome, in_stream: int) -> None:
    where = running.world
    lost = await count_reconnects(where)
    resumes = where.resumes()
    outcome.count(acknowledged=where.publisher.sent, publisher_retries=where.publisher.retries)
    outcome.count(resumes=len(resumes), p99_of_resume_s=percentile(resumes, 0.99), filter_changes=running.changes)
    outcome.count(kinds=len(running.walk.provoked), **running.walk.provoked)
    # The last one may have been stored without its answer having been waited for.
    outcome.require(where.publisher.sent <= in_stream <= where.publisher.sent + 1, "acknowledged = messages")
    outcome.require(lost > 0 and len(resumes) > 0, "the faults were provoked: listeners and members came back")
    outcome.require(len(running.walk.provoked) == running.walk.kinds, "each kind of fault was provoked")
    spared = where.gateways[0].part
    outcome.require(spared.child.poll() is None, "the spared gateway ran on")


def _judge_sizes(samples: list[Sample], outcome: Outcome, seconds: float) -> None:
    """The last quarter of the samples against the second one: the first is for warming up."""
    quarter = max(1, len(samples) // 4)
    for name in ("gateway", "catalog"):
        sizes = [getattr(sample, name) for sample in samples]
        before, after = median(sizes[quarter : 2 * quarter] or sizes), median(sizes[-quarter:])
        outcome.count(**{f"{name}_MB": f"{before / 2**20:.1f} → {after / 2**20:.1f}"})
        if seconds >= FLAT_SECONDS:
            outcome.require(after <= before * (1 + MAX_GROWTH) + SPARE_BYTES, f"the {name}'s size is flat")


async def run(
    seconds: float, rate: float, members: int, pause: float, patience: float = 1.0, length: float = 1.0
) -> Outcome:
    """The soak on servers of its own; `length` is how long faults last, by what is usual."""
    with running_pair(settings={QUEUE_SETTING: str(SOAK_PAGES)}) as pair, running_cluster() as cluster:
        await cluster.until_led()
        async with world_on_pair(pair, cluster, patience) as made, asyncio.timeout(seconds + ACCOUNT_SECONDS):
            made.bridge_settings = {"FEED_STREAM_REPLICAS": "3"}
            return await soak(made, Walk(made, pair, cluster, length), seconds, rate, members, pause)


def main() -> int:
    """Soak as the command line says; 0 if all was as promised."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("seconds", type=float, nargs="?", default=1200.0)
    parser.add_argument("--rate", type=float, default=200.0, help="rows a second")
    parser.add_argument("--members", type=int, default=40)
    parser.add_argument("--pause", type=float, default=4.0, help="seconds between two faults, on average")
    options = parser.parse_args()
    # As Ctrl-C does: nothing stays behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    outcome = asyncio.run(run(options.seconds, options.rate, options.members, options.pause))
    print(outcome)
    return 0 if outcome.is_passed else 1


if __name__ == "__main__":
    sys.exit(main())
