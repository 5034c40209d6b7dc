"""Older messages that a member is sent, cut in the middle again and again."""

import asyncio

from faults.accounts import audit
from faults.gateways import LAST_SEQ
from faults.outcome import Outcome
from faults.world import World
from harness.people import User
from harness.resumer import Resumer

LONGEST = 80
"""Messages that a member reads at most of a replay before its socket is gone; none at least."""
CUT_SECONDS = 120.0


async def cut_replays(world: World, members: int, cuts: int, rate: float) -> Outcome:
    """Members far behind whose sockets are aborted amid the older messages, while new ones come; they keep the last seq
    that they saw and nothing else."""
    outcome = world.outcome(f"replay cut in the middle {cuts} times, {members} resuming clients")
    await world.start(gateways=2)
    await world.populate(2, rooms=1)
    first = await User.at(world.ports[0])
    joined = await first.enter("first", 0)
    await first.close()
    # However far each of the replays comes, the last one that is cut does not reach the end of this.
    behind = (cuts // members + 2) * LONGEST
    await world.publisher.send(behind)
    await world.until_stored(behind)
    older_to = await world.value(LAST_SEQ)
    late = [CutOff(f"late {number}", world, number, older_to) for number in range(members)]
    for number, member in enumerate(late):
        member.last = joined.seq
        member.cuts_left = cuts // members + (number < cuts % members)
    world.resumers += late
    async with world.publisher.running(rate), world.chatter(20):
        await asyncio.gather(*(member.start() for member in late))
        async with asyncio.timeout(CUT_SECONDS * world.patience):
            await asyncio.gather(*(member.is_over.wait() for member in late))
    await audit(world, outcome, await world.stream_messages())
    outcome.count(cuts=sum(member.cuts for member in late), resumed_by_token=sum(member.tokens_used for member in late))
    outcome.count(missing=sum(member.gaps for member in late), doubled=sum(member.doubles for member in late))
    outcome.require(outcome.counts["cuts"] == cuts, f"{cuts} replays were cut before they were over")
    return outcome


class CutOff(Resumer):
    """A member whose socket is aborted amid the older messages, so many times; after how many is left to chance."""

    def __init__(self, name: str, world: World, home: int, older_to: int) -> None:
        super().__init__(name, 0, world.ports, world.transcripts[0], home)
        self.cuts = 0
        self.cuts_left = 0
        # Set when it was cut off as often as it was to be.
        self.is_over = asyncio.Event()
        self._random = world.random
        self._older_to = older_to
        # Messages that are still read of this replay.
        self._reads = self._random.randrange(LONGEST)
        self._is_cut = False

    def _take(self, data: bytes) -> None:
        # What came in the same chunk was never read.
        if self._is_cut:
            return
        super()._take(data)
        if not self.cuts_left or not self.present.is_set() or self.last >= self._older_to:
            return
        if not self._reads:
            self._is_cut = True
            self.cuts += 1
            self.cuts_left -= 1
            return self.drop()
        self._reads -= 1

    def _end(self, code: int, reason: str) -> None:
        if self._is_cut:
            self._is_cut = False
            self._reads = self._random.randrange(LONGEST)
            if not self.cuts_left:
                self.is_over.set()
        super()._end(code, reason)
