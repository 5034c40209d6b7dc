"""Several gateways on one database are one service."""

import asyncio
import time

import asyncpg
import pytest

from edgechat.client import JoinDeniedError
from harness.parts import Stack
from harness.people import People
from harness.rooms import Rooms, make_event

GRACE_SECONDS = 10.0
"""Within which members of a gateway that died leave their rooms; the wait below is longer, for a busy machine."""


async def test_members_on_two_gateways_get_the_same(stack: Stack, people: People, rooms: Rooms) -> None:
    """Members of a room on two gateways get the same messages under the same sequences."""
    first, second = await stack.start_gateway(), await stack.start_gateway()
    adam = await people.join(first.port, "adam")
    eve = await people.join(second.port, "eve")
    assert list(eve.joined.rooms[0].currusers) == ["adam", "eve"]
    for number in range(30):
        await adam.comment(f"adam {number}")
        await eve.comment(f"eve {number}")
        await rooms.store_events([make_event(text=f"{number}")])
    await eve.set_filter("sport < 0")
    await eve.status("FILTERAPPLIED")
    await rooms.store_events([make_event()])
    await adam.comment("end")
    at_adam, at_eve = await adam.through("end"), await eve.until(lambda m: m.comment == "end")
    assert [m.seq for m in at_adam] == list(range(2, 2 + 1 + 90 + 1 + 1))
    assert len([m for m in at_adam if m.eventmsg.data_event]) == 30
    # eve looked for her FILTERAPPLIED and passed over what came before it.
    assert at_eve == at_adam[-len(at_eve) :]
    late = await people.join(second.port, "late", resume_after=1)
    assert await late.through("end") == at_adam


async def test_names_and_places_count_over_both_gateways(stack: Stack, people: People) -> None:
    """A name taken on one gateway is taken on the other, and the room's limit counts both."""
    first, second = await stack.start_gateway(MAX_NUMUSERS="[3]"), await stack.start_gateway(MAX_NUMUSERS="[3]")
    adam = await people.join(first.port, "adam", 2)
    await people.join(second.port, "eve", 2)
    user = await people.connect(second.port)
    with pytest.raises(JoinDeniedError, match="DENIED_NAMETAKEN"):
        await user.enter("adam", 2)
    await people.join(first.port, "third", 2)
    with pytest.raises(JoinDeniedError, match="DENIED_ROOMFULL"):
        await user.enter("fourth", 2)
    await adam.close()
    await people.until_members(second.port, 2, lambda users: "adam" not in users)
    await user.enter("adam", 2)


async def test_whoever_leaves_one_gateway_may_join_another_at_once(stack: Stack, people: People, rooms: Rooms) -> None:
    """The second one waits a moment for the news of it, and for that alone: a name that stays taken is denied."""
    await rooms.open(5)
    second = await stack.start_gateway()
    await rooms.join("adam")
    user = await people.connect(second.port)
    await user.ask_to_join("adam", 0)
    await asyncio.sleep(0.2)
    await rooms.leave("adam")
    assert (await user.until(lambda message: message.userstatus != ""))[-1].userstatus == "USERJOINED"
    await rooms.join("eve")
    with pytest.raises(JoinDeniedError, match="DENIED_NAMETAKEN"):
        await (await people.connect(second.port)).enter("eve", 0)


async def test_gateways_that_were_given_different_numbers_of_rooms_admit_nobody_in_secret(
    stack: Stack, people: People
) -> None:
    """The last one to start decides which rooms are open, and each of them serves those."""
    first = await stack.start_gateway(NUM_CHATROOMS="1")
    second = await stack.start_gateway(NUM_CHATROOMS="3")
    adam = await people.join(first.port, "adam", 2)
    eve = await people.join(second.port, "eve", 2)
    await adam.comment("heard")
    assert (await eve.through("heard"))[-1].user == "adam"
    await adam.close()
    await people.until_members(second.port, 2, lambda users: users == ["eve"])
    third = await stack.start_gateway(NUM_CHATROOMS="1")
    for port in (first.port, second.port, third.port):
        user = await people.connect(port)
        with pytest.raises(JoinDeniedError, match="DENIED_BADROOMID"):
            await user.enter("late", 2)
    await eve.comment("still here")
    await eve.through("still here")


async def test_a_filter_holds_on_both_gateways(stack: Stack, people: People, rooms: Rooms) -> None:
    """A filter set on one gateway holds on the other from the same sequence."""
    first, second = await stack.start_gateway(), await stack.start_gateway()
    adam = await people.join(first.port, "adam")
    eve = await people.join(second.port, "eve")
    await adam.set_filter("sport = 1", "ALL")
    told = await eve.status("FILTERAPPLIED")
    assert (told.user, told.seq, told.sport_filter, told.execution_filter) == ("adam", 3, "sport = 1", "ALL")
    await rooms.store_events([make_event(2), make_event(1)])
    for user in (adam, eve):
        (heard,) = await user.feed(1)
        assert (heard.seq, heard.eventmsg.sport) == (4, 1)


async def test_members_of_a_killed_gateway_exit(stack: Stack, people: People) -> None:
    """The members of a gateway that died leave their rooms within ten seconds; their names are free after that."""
    first, second = await stack.start_gateway(), await stack.start_gateway()
    adam = await people.join(first.port, "adam", 1)
    eve = await people.join(second.port, "eve", 1)
    first.part.kill()
    killed_at = time.monotonic()
    exited = await eve.status("USEREXITED", user="adam")
    assert time.monotonic() - killed_at < GRACE_SECONDS + 10
    assert list(exited.rooms[1].currusers) == ["eve"]
    assert adam.closing[0] == 1006
    back = await people.join(second.port, "adam", 1, resume_after=adam.joined.seq)
    await eve.comment("end")
    assert [m.seq for m in await back.through("end")] == [2, 3, 4, 5]


async def test_members_of_a_stopped_gateway_may_come_back(stack: Stack, people: People) -> None:
    """A gateway that is stopped says goodbye; who does not come back within the grace exits."""
    first, second = await stack.start_gateway(), await stack.start_gateway()
    adam = await people.join(first.port, "adam")
    eve = await people.join(second.port, "eve")
    await adam.status("USERJOINED", user="eve")
    assert first.part.stop() == 0
    assert [message async for message in adam.messages()] == []
    assert adam.closing[0] == 1001
    await eve.status("USEREXITED", user="adam")


async def test_a_restart_forgets_nobody(stack: Stack, people: People, connection: asyncpg.Connection) -> None:
    """After the only gateway was killed, the next one has its members leave: their places are free again."""
    first = await stack.start_gateway(MAX_NUMUSERS="[1]")
    await people.join(first.port, "adam")
    first.part.kill()
    second = await stack.start_gateway(MAX_NUMUSERS="[1]")
    await people.until_empty(second.port)
    again = await people.join(second.port, "adam")
    assert again.joined.seq == 3
    assert await connection.fetchval("select count(*) from chat.gateway") == 1
