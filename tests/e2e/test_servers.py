"""Rooms on three servers are one service: what is told of rooms, and names that are nobody else's."""

import pytest

from edgechat.client import JoinDeniedError
from harness.claims import Databases, words_of
from harness.parts import Stack
from harness.people import People, User
from harness.tokens import SECRET, ask, token
from proto.chatmessage_pb2 import MODERATE, ROOM_STATUS, chatmessage

pytestmark = pytest.mark.parametrize("server_count", [3])
ROOMS = {"NUM_CHATROOMS": "6", "MAX_NUMUSERS": "[50]"}


def currusers(status: chatmessage) -> list[list[str]]:
    """Who is in the rooms that a status names, which are all, in their order."""
    assert status.mtype == ROOM_STATUS
    assert [room.roomid for room in status.rooms] == list(range(status.numrooms))
    return [list(room.currusers) for room in status.rooms]


async def denied(user: User, name: str, room: int) -> str:
    """The reason why somebody may not have a name."""
    with pytest.raises(JoinDeniedError) as error:
        await user.enter(name, room)
    assert error.value.status == "DENIED_NAMETAKEN"
    return error.value.reason


async def test_every_status_names_the_rooms_of_all_servers(stack: Stack, people: People, databases: Databases) -> None:
    """Each room is on one server, and clients are told of all of them as if there were one, by whichever gateway."""
    assert await databases.names() == ["s1", "s2", "s3"]
    first, second = await stack.start_gateway(**ROOMS), await stack.start_gateway(**ROOMS)
    stranger = await people.connect(first.port)
    assert (stranger.welcome.numrooms, currusers(stranger.welcome)) == (6, [[]] * 6)
    ann = await people.join(first.port, "ann", 0)
    bob = await people.join(second.port, "bob", 1)
    joe = await people.join(first.port, "joe", 2)
    for room, name in enumerate(("ann", "bob", "joe")):
        assert await databases.members(room) == [[name] if server == room else [] for server in range(3)]
    assert currusers(joe.joined) == [["ann"], ["bob"], ["joe"], [], [], []]
    for gateway in (first, second):
        assert currusers((await people.connect(gateway.port)).welcome) == [["ann"], ["bob"], ["joe"], [], [], []]
    eve = await people.join(second.port, "eve", 0)
    assert currusers(eve.joined) == currusers(await ann.status("USERJOINED", user="eve"))
    assert currusers(eve.joined)[:3] == [["ann", "eve"], ["bob"], ["joe"]]
    await bob.set_filter("sport = 1")
    assert currusers(await bob.status("FILTERAPPLIED"))[:3] == [["ann", "eve"], ["bob"], ["joe"]]
    await joe.close()
    await eve.close()
    assert currusers(await ann.status("USEREXITED", user="eve"))[:2] == [["ann"], ["bob"]]
    await people.until_empty(second.port, 2)


async def test_a_room_that_there_is_on_no_server(stack: Stack, people: People) -> None:
    """Is refused on the same grounds, whichever server would have it."""
    gateway = await stack.start_gateway(**ROOMS)
    user = await people.connect(gateway.port)
    for room in (6, 7, 8, 1_000_000, 2**31 - 1, -1, -(2**31)):
        with pytest.raises(JoinDeniedError, match="DENIED_BADROOMID"):
            await user.enter("ann", room)
    await user.enter("ann", 5)


async def test_a_hundred_rooms(stack: Stack, people: People, databases: Databases) -> None:
    """PENDING names all in their order; other statuses only their own, as with one server."""
    gateway = await stack.start_gateway(NUM_CHATROOMS="100", MAX_NUMUSERS="[50]")
    ann = await people.join(gateway.port, "ann", 98)
    bob = await people.join(gateway.port, "bob", 1)
    welcome = (await people.connect(gateway.port)).welcome
    assert welcome.numrooms == bob.joined.numrooms == 100
    assert {room: users for room, users in enumerate(currusers(welcome)) if users} == {1: ["bob"], 98: ["ann"]}
    assert [(room.roomid, list(room.currusers)) for room in bob.joined.rooms] == [(1, ["bob"])]
    assert await databases.members(98) == [[], [], ["ann"]]
    await ann.close()
    await people.until_empty(gateway.port, 98)


@pytest.mark.parametrize(
    ("name", "other"), [("adam", "adam"), ("Adam", "ａｄａｍ"), ("cope", "соре"), ("кот", "КОТ"), ("TOM", "ТОМ")]
)
async def test_one_name_is_nobody_elses_on_any_server(
    stack: Stack, people: People, databases: Databases, name: str, other: str
) -> None:
    """Equal, in another case, or of the same look; when it is left it is free at once, by whichever gateway."""
    gateways = [await stack.start_gateway(**ROOMS) for _ in range(2)]
    for number, first in enumerate((name, other) * 2):
        second = {name: other, other: name}[first] if name != other else name
        here, there = gateways[number % 2], gateways[(number + 1) % 2]
        user = await people.join(here.port, first, number)
        late = await people.connect(there.port)
        for room in range(number + 1, number + 3):
            assert f"in use in room {number}" in await denied(late, second, room % 6)
        assert len(await databases.claims()) == 2
        await user.close()
        if (name, other) != ("adam", "adam"):
            # Whoever leaves another gateway is waited for under their own name only.
            await databases.until_claimed([])
        await late.enter(second, (number + 1) % 6)
        assert await databases.members((number + 1) % 6) != [[], [], []]
        await late.close()
        await databases.until_claimed([])


async def test_names_that_look_alike_in_ascii_are_two(stack: Stack, people: People, databases: Databases) -> None:
    """As with one server."""
    gateway = await stack.start_gateway(**ROOMS)
    await people.join(gateway.port, "lola", 0)
    await people.join(gateway.port, "l0la", 1)
    await people.join(gateway.port, "user1", 1)
    await people.join(gateway.port, "userl", 2)
    assert len(await databases.claims()) == 8


async def test_who_is_denied_holds_no_name(stack: Stack, people: People, databases: Databases) -> None:
    """A room that is full, or not there, leaves the name to whoever wants it."""
    gateway = await stack.start_gateway(NUM_CHATROOMS="3", MAX_NUMUSERS="[1]")
    await people.join(gateway.port, "ann", 0)
    bob = await people.connect(gateway.port)
    with pytest.raises(JoinDeniedError, match="DENIED_ROOMFULL"):
        await bob.enter("bob", 0)
    await databases.until_claimed(words_of("ann"), seconds=1)
    other = await people.connect(gateway.port)
    assert "in use in room 0" in await denied(other, "ann", 1)
    await other.enter("bob", 1)
    await bob.enter("eve", 2)
    await databases.until_claimed(words_of("ann", "bob", "eve"))


async def test_a_moderator_bans_from_the_rooms_of_all_servers(
    stack: Stack, people: People, databases: Databases
) -> None:
    """With one MODERATE, whichever room the moderator is in; and takes it back."""
    first = await stack.start_gateway(AUTH_SECRET=SECRET, **ROOMS)
    second = await stack.start_gateway(AUTH_SECRET=SECRET, **ROOMS)
    olga, adam = await people.connect(first.port), await people.connect(second.port)
    assert (await ask(olga, token("olga", moderate=True), 2)).userstatus == "USERJOINED"
    assert (await ask(adam, token("adam"), 1)).userstatus == "USERJOINED"
    await olga.send(chatmessage(mtype=MODERATE, action="ban", user="adam", roomid=-1))
    answer = (await olga.until(lambda message: message.mtype == MODERATE))[-1]
    assert answer.comment == "adam is banned from all rooms for ever"
    async for _ in adam.messages():
        pass
    assert adam.closing[0] == 4002
    again = await people.connect(first.port)
    for room in range(6):
        assert (await ask(again, token("adam"), room)).userstatus == "DENIED_BANNED"
    await databases.until_claimed(words_of("olga"))
    await olga.send(chatmessage(mtype=MODERATE, action="unban", user="adam", roomid=-1))
    await olga.until(lambda message: message.mtype == MODERATE)
    for room in range(6):
        user = await people.connect(second.port)
        assert (await ask(user, token("adam"), room)).userstatus == "USERJOINED"
        await user.close()
