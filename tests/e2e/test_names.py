"""Names over real sockets, on two gateways: what is refused, what is one name, and how it is shown."""

import asyncpg
import pytest

from edgechat.client import Client, JoinDeniedError
from harness.names import read_names
from harness.parts import Stack
from harness.people import People
from proto.chatmessage_pb2 import COMMENT, JOIN_REQ, chatmessage

ROOMS = {"NUM_CHATROOMS": "2", "MAX_NUMUSERS": "[200]"}
SHOWN = f"select distinct username from chat_event where msgtype <> {JOIN_REQ} and username ilike '%b'"
OLD_STYLE = "select seq from chat.join_rooms($1, $2, $3)"


async def test_names_are_refused_with_reasons(stack: Stack, people: People) -> None:
    """Every name of the table that nobody may have; the connection stays open. One takes 20 tries at once."""
    gateway = await stack.start_gateway(**ROOMS)
    for number, case in enumerate(read_names("refuse")):
        if number % 15 == 0:
            user = await people.connect(gateway.port)
        with pytest.raises(JoinDeniedError) as denied:
            await user.enter(case.name)
        assert denied.value.status == "DENIED_BADNAME", case
        assert case.other in denied.value.reason
    assert (await user.enter(" Adam ")).user == "Adam"


async def test_pairs_are_one_name_or_two(stack: Stack, people: People) -> None:
    """Each pair of the table, the first at one gateway and in one room, the other elsewhere."""
    here, there = await stack.start_gateway(**ROOMS), await stack.start_gateway(**ROOMS)
    for case in read_names("same", "differ"):
        first = await people.join(here.port, case.name)
        second = await people.connect(there.port)
        if case.verdict == "differ":
            await second.enter(case.other, 1)
        else:
            with pytest.raises(JoinDeniedError) as denied:
                await second.enter(case.other, 1)
            assert denied.value.status == "DENIED_NAMETAKEN", case
            assert "in use in room 0" in denied.value.reason, case
        await first.close()
        await second.close()
        await people.until_empty(there.port, 0)
        await people.until_empty(there.port, 1)


async def test_a_name_is_shown_as_it_is_enforced(stack: Stack, people: People, connection: asyncpg.Connection) -> None:
    """To everybody, in the list of members and in `chat_event`; and its owner comes back under any spelling."""
    gateway = await stack.start_gateway(**ROOMS)
    eve = await people.join(gateway.port, "eve")
    adam = await people.join(gateway.port, "  Adam   B ")
    assert adam.joined.user == (await eve.status("USERJOINED", user="Adam B")).user
    assert list(adam.joined.rooms[0].currusers) == ["eve", "Adam B"]
    await adam.comment("hello")
    assert (await eve.comments())[0].user == "Adam B"
    again = await people.connect(gateway.port)
    answer = await again.enter("ａｄａｍ b", resume_token=adam.joined.resume_token, resume_after=1)
    assert (answer.user, list(answer.rooms[0].currusers)) == ("Adam B", ["eve", "Adam B"])
    await again.set_filter("sport = 1")
    assert (await eve.status("FILTERAPPLIED")).user == "Adam B"
    await again.close()
    await eve.status("USEREXITED", user="Adam B")
    names = await connection.fetch(SHOWN)
    assert [name for (name,) in names] == ["Adam B"]


async def test_the_python_client_takes_the_name_that_it_is_given(stack: Stack) -> None:
    """Its answers are told by the name as the service writes it, and it comes back under that."""
    gateway = await stack.start_gateway(**ROOMS)
    async with Client(f"ws://127.0.0.1:{gateway.port}") as client:
        assert (await client.join(" Ａdam ", 0)).user == "Adam"
        assert (await client.comment("hello")).user == "Adam"
        assert (await client.set_filters({"execution": "ALL"})).user == "Adam"


@pytest.mark.parametrize("name", ["adam", "Adam", "l0la", "O'Brien", "a.b_c-d@e", "~!#$%^&*()"])
async def test_what_original_clients_get_is_as_it_was(stack: Stack, people: People, name: str) -> None:
    """A name in ASCII is, byte by byte, what was sent, and so is the rest of the status."""
    gateway = await stack.start_gateway(**ROOMS)
    user = await people.connect(gateway.port, as_original=True)
    await user.send(chatmessage(mtype=JOIN_REQ, user=name, roomid=1))
    joined = await user.status("USERJOINED")
    assert (joined.user, joined.roomid, list(joined.rooms[1].currusers)) == (name, 1, [name])
    await user.send(chatmessage(mtype=COMMENT, comment="hello"))
    (comment,) = await user.comments()
    assert comment == chatmessage(mtype=COMMENT, user=name, roomid=1, comment="hello", seq=joined.seq + 1)


async def test_members_without_a_gateways_key_are_compared_too(
    stack: Stack, people: People, connection: asyncpg.Connection
) -> None:
    """Who was made a member in psql, where nobody tells a key, has the name in every spelling."""
    gateway = await stack.start_gateway(**ROOMS)
    await people.join(gateway.port, "eve")
    gateway_id = await connection.fetchval("select gateway_id from chat.gateway")
    assert await connection.fetchval(OLD_STYLE, gateway_id, ["Zoë"], [0]) is not None
    user = await people.connect(gateway.port)
    with pytest.raises(JoinDeniedError, match="is the same as 'Zoë'"):
        await user.enter("ZOË", 0)
