"""Clients that stop reading are cut off, and nobody else notices."""

import asyncio
import time

import psutil
import pytest

from harness.parts import Stack
from harness.people import People, User
from harness.rooms import Rooms, make_event

USERS, SLOW_USERS = 30, 3
JOINS = "select count(*) from chat.chat_event where username = $1"
LARGE = 100_000
"""Bytes of a comment. Nine are more than the kernel takes and less than is too much to wait: the clock decides."""
STALLED_SECONDS = 10.0
MEMORY = 64 * 2**20
"""Bytes by which the gateway may grow; without a bound it would be what was sent, times the slow."""
PATIENCE = 30.0
OLDER = 120
"""Large rows that a client is sent as history: many times what the sockets hold."""
ROUNDS, ROUND = 60, 20
"""In each round so many large rows are new, while a client reads one of the older; in all far more than MEMORY."""


async def test_who_reads_nothing_for_ten_seconds_is_cut_off(stack: Stack, people: People) -> None:
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


async def test_who_stops_reading_older_messages_is_told_the_last_that_was_sent(
    stack: Stack, people: People, rooms: Rooms
) -> None:
    """Not the newest of the room: a client that obeys would lose what is between."""
    gateway = await stack.start_gateway()
    reader = await people.join(gateway.port, "reader")
    await store(rooms, reader, OLDER)
    slow = await people.join(gateway.port, "slow", resume_after=1)
    slow.pause()
    await reader.comment("newest")
    await reader.status("USEREXITED", user="slow")
    slow.resume()
    heard = [message.seq async for message in slow.messages()]
    assert heard == list(range(2, 2 + len(heard)))
    assert len(heard) < OLDER
    assert slow.closing == (4008, f"too slow: resume from seq {heard[-1]}")


@pytest.mark.slow
async def test_what_is_asked_after_the_cut_is_not_done(stack: Stack, people: People, rooms: Rooms) -> None:
    """A client that does not read yet what became of it cannot get a place that nobody would hold."""
    gateway = await stack.start_gateway()
    reader = await people.join(gateway.port, "reader")
    await store(rooms, reader, OLDER)
    slow = await people.join(gateway.port, "slow", resume_after=1)
    slow.pause()
    await reader.status("USEREXITED", user="slow")
    await slow.ask_to_join("slow again", 1)
    slow.resume()
    assert [message.userstatus async for message in slow.messages() if message.userstatus] == []
    assert slow.closing[0] == 4008
    # Whose request comes behind that one.
    await people.join(gateway.port, "later", 1)
    assert await rooms.connection.fetchval(JOINS, "slow again") == 0


async def test_what_waits_for_who_reads_older_messages_is_bounded(stack: Stack, people: People, rooms: Rooms) -> None:
    """New messages that arrive meanwhile are read from the log in their turn, however many there are."""
    gateway = await stack.start_gateway()
    reader = await people.join(gateway.port, "reader")
    await store(rooms, reader, OLDER)
    memory = psutil.Process(gateway.part.child.pid)
    slow = await people.join(gateway.port, "slow", resume_after=1)
    before = memory.memory_info().rss
    heard = []
    for _ in range(ROUNDS):
        await store(rooms, reader, ROUND)
        heard += [message.seq for message in await slow.feed(OLDER // 2 // ROUNDS)]
    assert memory.memory_info().rss - before < MEMORY < ROUNDS * ROUND * LARGE
    await reader.comment("end")
    heard += [message.seq for message in await slow.through("end")]
    assert heard == [*range(2, heard[-1] + 1)]


async def store(rooms: Rooms, reader: User, count: int) -> None:
    """Store so many large rows, and wait until a member has them."""
    await rooms.store_events([make_event(text=f"{number}".ljust(LARGE)) for number in range(count)])
    await reader.feed(count)


async def require_told(user: User) -> None:
    """Read to the end: what was written before the cut, then the close with the last of its sequences."""
    user.resume()
    last = [message.seq async for message in user.messages()][-1]
    assert user.closing == (4008, f"too slow: resume from seq {last}")
