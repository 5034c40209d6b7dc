"""Resuming under load: a long past is sent while new messages come, and the seam does not show."""

import asyncio

from faults.world import World
from harness.people import User
from harness.resumer import Resumer

BEHIND = 10_000
RATE = 400.0


async def test_far_behind(faulty: World) -> None:
    """Members who come back 10,000 messages behind while rows flow get each message once and in order."""
    await faulty.start(gateways=2)
    await faulty.populate(2, rooms=1)
    first = await User.connect("127.0.0.1", faulty.ports[0])
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
    await faulty.audit(outcome, await faulty.stream_messages())
    print(outcome)
    assert outcome.is_passed
    assert all(resumer.received > BEHIND for resumer in late)
    assert not any(resumer.closings for resumer in faulty.resumers)
