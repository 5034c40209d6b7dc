"""The end of a joined user's connection, of whatever kind, is their exit from the room."""

import asyncio

from harness.parts import Stack
from harness.people import People
from harness.rooms import Rooms, make_event

COMERS, ROUNDS = 40, 4


async def test_a_goodbye_frees_the_place_at_once(stack: Stack, people: People) -> None:
    """A closed connection gives USEREXITED with the name and the rooms without the user, to the room only."""
    gateway = await stack.start_gateway()
    eve = await people.join(gateway.port, "eve", 1)
    elsewhere = await people.join(gateway.port, "elsewhere", 2)
    adam = await people.join(gateway.port, "adam", 1)
    await adam.close()
    exited = await eve.status("USEREXITED")
    assert (exited.user, exited.roomid, exited.seq) == ("adam", 1, 3)
    assert list(exited.rooms[1].currusers) == ["eve"]
    assert adam.closing[0] == 1000
    await elsewhere.comment("end")
    assert len(await elsewhere.through("end")) == 1


async def test_goodbye_of_a_slow_reader(stack: Stack, people: People, rooms: Rooms) -> None:
    """Who has not received everything can close properly too, without waiting for a timeout."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    eve = await people.join(gateway.port, "eve")
    await rooms.store_events([make_event(text=f"{number}") for number in range(100)])
    await eve.feed(100)
    await adam.close()
    assert adam.closing[0] == 1000


async def test_whoever_says_goodbye_may_join_again_at_once(stack: Stack, people: People) -> None:
    """Under the same name: many at the same moment, none of whom is denied for having been there."""
    gateway = await stack.start_gateway(MAX_NUMUSERS=f"[{COMERS}]")
    users = await asyncio.gather(*(people.join(gateway.port, f"user {number}") for number in range(COMERS)))

    async def come_back(number: int) -> None:
        for _ in range(ROUNDS):
            await users[number].close()
            users[number] = await people.join(gateway.port, f"user {number}")

    await asyncio.gather(*(come_back(number) for number in range(COMERS)))


async def test_a_lost_connection_frees_the_place(stack: Stack, people: People) -> None:
    """A connection that ends without a goodbye is an exit too."""
    gateway = await stack.start_gateway()
    eve = await people.join(gateway.port, "eve")
    adam = await people.join(gateway.port, "adam")
    adam.abort()
    await eve.status("USEREXITED", user="adam")


async def test_whoever_has_not_joined_does_not_exit(stack: Stack, people: People) -> None:
    """Somebody who never joined leaves without a word."""
    gateway = await stack.start_gateway()
    eve = await people.join(gateway.port, "eve")
    await (await people.connect(gateway.port)).close()
    await eve.comment("end")
    assert len(await eve.through("end")) == 1


async def test_exit_in_the_middle_of_joining(stack: Stack, people: People) -> None:
    """Connections that end right after JOIN_REQ leave no member behind."""
    gateway = await stack.start_gateway(MAX_NUMUSERS="[30]")
    eve = await people.join(gateway.port, "eve")
    users = [await people.connect(gateway.port) for _ in range(20)]

    async def join_and_vanish(number: int) -> None:
        await users[number].ask_to_join(f"user {number}", 0)
        if number % 2:
            await asyncio.sleep(0.001 * number)
        users[number].abort()

    await asyncio.gather(*(join_and_vanish(number) for number in range(20)))
    await people.until_members(gateway.port, 0, lambda users: users == ["eve"])
    await eve.comment("end")
    # Each either was not heard of, or joined and exits; a join may have taken its time.
    present: set[str] = set()
    for message in await eve.through("end"):
        present = present | {message.user} if message.userstatus == "USERJOINED" else present - {message.user}
    while present:
        present.remove((await eve.status("USEREXITED")).user)
