"""Joining a room: who hears of it, who is refused, in which order the reasons are looked for."""

import asyncpg
import pytest

from edgechat.client import JoinDeniedError
from harness.parts import Stack
from harness.people import People, User
from proto.chatmessage_pb2 import JOIN_REQ, ROOM_STATUS, chatmessage

ROOMS_ASKED_FOR = f"select roomid from chat_event where msgtype = {JOIN_REQ}"


async def denial(user: User, name: str, room: int) -> str:
    """Try to join; the status that refuses it, which gives a reason."""
    with pytest.raises(JoinDeniedError) as denied:
        await user.enter(name, room)
    assert denied.value.reason
    return denied.value.status


async def answer_to(user: User, name: str) -> chatmessage:
    """The answer to a JOIN_REQ under this name."""
    messages = await user.until(lambda m: m.user == name and m.userstatus.startswith(("DENIED", "USERJOINED")))
    return messages[-1]


async def test_everybody_in_the_room_hears_of_it(stack: Stack, people: People) -> None:
    """USERJOINED goes to the new user and to the others, with the room's filters and all rooms."""
    gateway = await stack.start_gateway(NUM_CHATROOMS="3")
    eve = await people.join(gateway.port, "eve", 1)
    adam = await people.join(gateway.port, "adam", 1)
    heard = await eve.receive()
    for message in (heard, adam.joined):
        assert (message.mtype, message.userstatus, message.user, message.roomid) == (
            ROOM_STATUS,
            "USERJOINED",
            "adam",
            1,
        )
        assert (message.sport_filter, message.execution_filter) == ("NONE", "NONE")
        assert message.numrooms == 3
        assert [list(room.currusers) for room in message.rooms] == [[], ["eve", "adam"], []]
        assert message.seq == 2


async def test_other_rooms_hear_nothing(stack: Stack, people: People) -> None:
    """A USERJOINED stays in its room."""
    gateway = await stack.start_gateway()
    eve = await people.join(gateway.port, "eve", 1)
    await people.join(gateway.port, "adam", 2)
    await eve.comment("end")
    assert len(await eve.through("end")) == 1


async def test_denials_are_looked_for_in_their_order(stack: Stack, people: People) -> None:
    """A request that is wrong in three ways is refused for the room first, then the name, then the place."""
    gateway = await stack.start_gateway(NUM_CHATROOMS="2", MAX_NUMUSERS="[1,2]")
    await people.join(gateway.port, "adam", 0)
    user = await people.connect(gateway.port)
    assert await denial(user, "adam", 2) == "DENIED_BADROOMID"
    assert await denial(user, "adam", -1) == "DENIED_BADROOMID"
    assert await denial(user, "adam", 0) == "DENIED_NAMETAKEN"
    assert await denial(user, "adam", 1) == "DENIED_NAMETAKEN"
    assert await denial(user, "eve", 0) == "DENIED_ROOMFULL"
    # The connection stays open and may try again.
    assert (await user.enter("eve", 1)).userstatus == "USERJOINED"


async def test_a_denial_names_what_was_asked(stack: Stack, people: People) -> None:
    """A denial goes to the sender alone, with the name and room of the request."""
    gateway = await stack.start_gateway()
    eve = await people.join(gateway.port, "eve", 0)
    user = await people.connect(gateway.port)
    await user.send(chatmessage(mtype=JOIN_REQ, user="eve", roomid=0))
    answer = await user.status("DENIED_NAMETAKEN")
    assert (answer.mtype, answer.user, answer.roomid) == (ROOM_STATUS, "eve", 0)
    assert not answer.HasField("seq")
    await eve.comment("end")
    assert len(await eve.through("end")) == 1


async def test_a_join_without_a_room_is_for_room_0(
    stack: Stack, people: People, connection: asyncpg.Connection
) -> None:
    """As proto2 has it for a field that is left out; clients of other languages leave out what is 0. So it is kept."""
    gateway = await stack.start_gateway()
    user = await people.connect(gateway.port)
    await user.send(chatmessage(mtype=JOIN_REQ, user="adam"))
    joined = await user.status("USERJOINED")
    assert (joined.user, joined.roomid, joined.HasField("roomid")) == ("adam", 0, True)
    late = await people.connect(gateway.port)
    await late.send(chatmessage(mtype=JOIN_REQ, user="adam"))
    denied = await late.status("DENIED_NAMETAKEN")
    assert (denied.roomid, denied.HasField("roomid")) == (0, True)
    assert [row["roomid"] for row in await connection.fetch(ROOMS_ASKED_FOR)] == [0, 0]


@pytest.mark.parametrize("name", ["", "x" * 65, "a\nb", "a\0b", "\x7f"])
async def test_bad_names_are_denied(stack: Stack, people: People, name: str) -> None:
    """A name that is empty, too long or not printable is refused; the next one is taken."""
    gateway = await stack.start_gateway()
    user = await people.connect(gateway.port)
    assert await denial(user, name, 0) == "DENIED_BADNAME"
    assert (await user.enter("ünïcode 東京" + "x" * 53, 0)).user == "ünïcode 東京" + "x" * 53


async def test_joining_twice_is_denied(stack: Stack, people: People) -> None:
    """A second JOIN_REQ on a joined connection is refused with a reason that says so."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam", 0)
    await adam.send(chatmessage(mtype=JOIN_REQ, user="other", roomid=1))
    answer = await adam.status("DENIED_NAMETAKEN")
    assert "this connection" in answer.reason
    await adam.comment("still here")
    assert (await adam.comments())[0].user == "adam"


async def test_a_name_is_free_again_after_the_exit(stack: Stack, people: People) -> None:
    """Whoever leaves gives up their name and their place."""
    gateway = await stack.start_gateway(MAX_NUMUSERS="[2]")
    eve = await people.join(gateway.port, "eve", 0)
    adam = await people.join(gateway.port, "adam", 0)
    await adam.close()
    await eve.status("USEREXITED", user="adam")
    again = await people.join(gateway.port, "adam", 0)
    assert list(again.joined.rooms[0].currusers) == ["eve", "adam"]


async def test_many_join_at_once(stack: Stack, people: People) -> None:
    """Forty connections ask for thirty places under twenty names: each name once, nobody is left without an answer."""
    gateway = await stack.start_gateway(MAX_NUMUSERS="[15]", NUM_CHATROOMS="2")
    users = [await people.connect(gateway.port) for _ in range(40)]
    for number, user in enumerate(users):
        await user.send(chatmessage(mtype=JOIN_REQ, user=f"user {number // 2}", roomid=number // 2 % 2))
    answers = [await answer_to(user, f"user {number // 2}") for number, user in enumerate(users)]
    joined = [answer.user for answer in answers if answer.userstatus == "USERJOINED"]
    denied = [answer.userstatus for answer in answers if answer.userstatus != "USERJOINED"]
    assert sorted(joined) == sorted(f"user {number}" for number in range(20))
    assert denied == ["DENIED_NAMETAKEN"] * 20
