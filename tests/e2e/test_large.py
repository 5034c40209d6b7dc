"""Many rooms, many members: what does not fit one notification, and what is left out."""

import asyncio

from harness.parts import Stack
from harness.people import People
from harness.rooms import Rooms, make_event

MEBIBYTE = 1024 * 1024


async def test_more_than_64_rooms(stack: Stack, people: People) -> None:
    """With 65 rooms a ROOM_STATUS holds only the room that it is about, PENDING all; numrooms counts all."""
    gateway = await stack.start_gateway(NUM_CHATROOMS="65")
    adam = await people.join(gateway.port, "adam", 64)
    assert len(adam.welcome.rooms) == adam.welcome.numrooms == 65
    assert [(room.roomid, list(room.currusers)) for room in adam.joined.rooms] == [(64, ["adam"])]
    assert adam.joined.numrooms == 65
    await adam.set_filter("ALL")
    assert [room.roomid for room in (await adam.status("FILTERAPPLIED")).rooms] == [64]


async def test_a_status_holds_all_of_64_rooms(stack: Stack, people: People) -> None:
    """With 64 rooms every ROOM_STATUS holds all."""
    gateway = await stack.start_gateway(NUM_CHATROOMS="64")
    adam = await people.join(gateway.port, "adam", 63)
    assert len(adam.joined.rooms) == adam.joined.numrooms == 64


async def test_status_larger_than_a_payload(stack: Stack, people: People) -> None:
    """100 members with long names: each ROOM_STATUS, too large to be notified, reaches all of them whole."""
    gateway = await stack.start_gateway(NUM_CHATROOMS="2", MAX_NUMUSERS="[100]")
    users = await asyncio.gather(*(people.connect(gateway.port) for _ in range(100)))
    # All that is sent to one of them stays below a mebibyte: they do not read while the others join.
    names = [f"{number:03} {'ü' * 60}" for number in range(100)]
    await asyncio.gather(*(user.enter(name) for user, name in zip(users, names, strict=True)))
    await users[7].comment("end")
    for user in users:
        heard = [user.joined, *await user.through("end")]
        assert [m.seq for m in heard] == list(range(user.joined.seq, 102))
        full = next(m for m in heard if m.seq == 100)
        assert sorted(full.rooms[0].currusers) == names
    last = users.pop()
    await last.close()
    for user in users:
        assert len((await user.status("USEREXITED", user=last.name)).rooms[0].currusers) == 99


async def test_a_burst_of_the_largest(stack: Stack, people: People, rooms: Rooms) -> None:
    """Eight events of 1 MiB in one batch reach a member who reads, whole, in order and on the same connection."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    texts = [chr(ord("a") + number) * MEBIBYTE for number in range(8)]
    await rooms.store_events([make_event(text=text) for text in texts])
    heard = await adam.feed(len(texts))
    assert [message.eventmsg.data_event for message in heard] == texts
    assert [message.seq for message in heard] == list(range(2, 10))
    await adam.comment("still here")
    await adam.through("still here")


async def test_the_largest_comments(stack: Stack, people: People) -> None:
    """Comments of 1 MiB reach everybody whole; one byte more is refused with the limit, a larger frame with 1009."""
    gateway = await stack.start_gateway()
    adam, eve = [await people.join(gateway.port, name) for name in ("adam", "eve")]
    texts = [letter * MEBIBYTE for letter in "abcd"]
    for text in texts:
        await adam.comment(text)
    for user in (adam, eve):
        assert [message.comment for message in await user.comments(4)] == texts
    await adam.comment("x" * (MEBIBYTE + 1))
    assert f"at most {MEBIBYTE} are allowed" in (await adam.status("REJECTED_COMMENT")).reason
    await adam.comment("x" * (MEBIBYTE + 4096))
    async with asyncio.timeout(30):
        async for _ in adam.messages():
            pass
    assert adam.closing[0] == 1009
