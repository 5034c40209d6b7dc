"""Programs that are slow: `edgechat.client` keeps little for them, and they miss nothing."""

import asyncio

from edgechat.client.unread import MAX_UNREAD_BYTES
from harness.members import member, take_through
from harness.parts import Stack
from harness.people import People
from harness.rooms import Rooms, make_event

LARGE = 100_000
"""Bytes of a row."""
SECONDS = 120.0
FEW = 5
MANY = 2 * MAX_UNREAD_BYTES // LARGE


async def test_who_takes_no_messages_is_cut_off_and_comes_back(stack: Stack, people: People, rooms: Rooms) -> None:
    """What is not taken waits at the service. It closes with 4008, and the next call resumes."""
    gateway = await stack.start_gateway()
    eve = await people.join(gateway.port, "eve")
    async with member(gateway.port, "adam") as adam, asyncio.timeout(SECONDS):
        await rooms.store_events([make_event(text=f"{number}".ljust(LARGE)) for number in range(120)])
        await eve.feed(120)
        await eve.status("USEREXITED", user="adam")
        assert not adam._stream._unread
        await eve.comment("end")
        heard = await take_through(adam, "end")
    assert [message.seq for message in heard] == list(range(3, 3 + len(heard)))
    assert len([message for message in heard if message.HasField("eventmsg")]) == 120


async def test_what_is_kept_while_a_call_waits_is_bounded(stack: Stack, rooms: Rooms) -> None:
    """A program that only comments never takes what it gets; when it does, all of it is there."""
    gateway = await stack.start_gateway()
    async with member(gateway.port, "adam") as adam, asyncio.timeout(SECONDS):
        # So few at a time that what waits between two calls does not make it a client that is too slow.
        for number in range(MANY // FEW):
            await rooms.store_events([make_event(text=f"{number}".ljust(LARGE)) for _ in range(FEW)])
            await adam.comment(f"said {number}")
        unread = adam._stream._unread
        assert unread.is_behind
        assert 0 < unread._bytes <= MAX_UNREAD_BYTES
        await adam.comment("end")
        heard = await take_through(adam, "end")
        assert not unread.is_behind
    assert [message.seq for message in heard] == list(range(2, 2 + len(heard)))
    assert len([message for message in heard if message.HasField("eventmsg")]) == MANY // FEW * FEW
