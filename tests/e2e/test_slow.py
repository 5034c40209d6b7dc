"""Clients that stop reading are cut off, and nobody else notices."""

import asyncio
import time

import psutil

from harness.parts import Stack
from harness.people import People, User

USERS, SLOW_USERS = 30, 3
LARGE = 100_000
"""Bytes of a comment. Nine are more than the kernel takes and less than is too much to wait: the clock decides."""
STALLED_SECONDS = 10.0
MEMORY = 64 * 2**20
"""Bytes by which the gateway may grow; without a bound it would be what was sent, times the slow."""
PATIENCE = 30.0


async def test_reads_nothing_for_ten_seconds(stack: Stack, people: People) -> None:
    """They get 4008 and the sequence to resume after; the others get everything at once, and see them leave."""
    gateway = await stack.start_gateway(MAX_NUMUSERS=f"[{USERS}]")
    users = [await people.join(gateway.port, f"user {number}") for number in range(USERS)]
    slow, quick = users[:SLOW_USERS], users[SLOW_USERS:]
    memory = psutil.Process(gateway.part.child.pid)
    before = memory.memory_info().rss
    for user in slow:
        user.pause()
    stopped_at = time.monotonic()
    for number in range(9):
        await quick[0].comment(f"{number}".ljust(LARGE))
    await quick[0].comment("end")
    await asyncio.gather(*(user.through("end") for user in quick))
    assert time.monotonic() - stopped_at < STALLED_SECONDS, "nobody waited for the slow"
    for user in slow:
        await quick[0].status("USEREXITED", user=user.name)
    cut_after = time.monotonic() - stopped_at
    assert STALLED_SECONDS - 1 < cut_after < STALLED_SECONDS + PATIENCE
    assert memory.memory_info().rss - before < MEMORY
    await asyncio.gather(*(require_told(user) for user in slow))
    assert all(user.closing[0] is None for user in quick)


async def require_told(user: User) -> None:
    """Read to the end: what was written before the cut, then the close with the last of its sequences."""
    user.resume()
    last = [message.seq async for message in user.messages()][-1]
    assert user.closing == (4008, f"too slow: resume from seq {last}")
