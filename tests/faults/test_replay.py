"""Resuming under load: a long past is sent while new messages come, and no seam and no cut shows."""

import asyncio

from faults import replays
from faults.accounts import audit
from faults.world import World
from harness.people import User
from harness.resumer import Resumer

BEHIND = 10_000
RATE = 400.0


async def test_who_resumes_far_behind_gets_each_message_once_and_in_order(faulty: World) -> None:
    """10,000 messages behind, while rows flow."""
    await faulty.start(gateways=2)
    await faulty.populate(2, rooms=1)
    first = await User.at(faulty.ports[0])
    joined = await first.enter("first", 0)
    await first.close()
    await faulty.publisher.send(BEHIND)
    await faulty.until_stored(BEHIND)
    async with faulty.publisher.running(RATE):
        await asyncio.sleep(0.5)
        late = [Resumer(f"late {number}", 0, faulty.ports, faulty.transcripts[0], home=number) for number in range(4)]
        for resumer in late:
            resumer.last = joined.seq
        faulty.resumers += late
        await asyncio.gather(*(resumer.start() for resumer in late))
        await asyncio.sleep(2)
    outcome = faulty.outcome("resumed far behind")
    await audit(faulty, outcome, await faulty.stream_messages())
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(lost=0, left_behind=0, gaps=0, doubles=0, truncated=0, differing=0) == {}
    assert all(resumer.received > BEHIND for resumer in late)
    assert not any(resumer.closings for resumer in faulty.resumers)


async def test_whoever_is_cut_off_amid_older_messages_resumes_after_the_last_one_seen(faulty: World) -> None:
    """The last seq that a client saw is all that it has to keep."""
    outcome = await replays.cut_replays(faulty, members=4, cuts=40, rate=100)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(cuts=40, missing=0, doubled=0, left_behind=0, truncated=0, differing=0) == {}
