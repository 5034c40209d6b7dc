"""`edgechat.client` with a real gateway: what a program asks for returns as a result, or raises with the reason."""

import asyncio

import pytest

from edgechat.client import (
    ClientError,
    CommentRejectedError,
    FilterRejectedError,
    JoinDeniedError,
    StateError,
)
from harness.members import client_at, member, take_through
from harness.parts import Stack
from harness.people import People
from harness.rooms import Rooms, make_event

SECONDS = 60.0


async def test_a_member_gets_what_the_room_gets(stack: Stack, people: People, rooms: Rooms) -> None:
    """Each message once, in order, from behind its own USERJOINED on; the state follows."""
    gateway = await stack.start_gateway()
    async with member(gateway.port, "adam", 2) as adam:
        assert (adam.state.users, adam.state.filters) == (["adam"], {"sport_event": "NONE", "execution": "NONE"})
        assert len(adam.state.rooms) == 5
        assert adam.state.feeds["execution"]["price"] == "float"
        eve = await people.join(gateway.port, "eve", 2)
        await rooms.store_events([make_event(text="one"), make_event(text="two")])
        await eve.feed(2)
        await eve.comment("end")
        heard = await take_through(adam, "end")
        assert [message.seq for message in heard] == [2, 3, 4, 5]
        assert [message.eventmsg.data_event for message in heard] == ["", "one", "two", ""]
        assert adam.state.users == ["adam", "eve"]
    assert [message async for message in adam] == []
    await eve.status("USEREXITED", user="adam")


async def test_a_denied_join_says_why_and_may_be_tried_again(stack: Stack, people: People) -> None:
    """On the same connection."""
    gateway = await stack.start_gateway(MAX_NUMUSERS="[1]")
    await people.join(gateway.port, "adam")
    async with client_at(gateway.port) as client:
        for name, room, status in (
            ("eve", 99, "DENIED_BADROOMID"),
            ("adam", 1, "DENIED_NAMETAKEN"),
            ("eve", 0, "DENIED_ROOMFULL"),
            ("", 1, "DENIED_BADNAME"),
        ):
            with pytest.raises(JoinDeniedError) as denied:
                await client.join(name, room)
            assert denied.value.status == status
            assert denied.value.reason
        assert (await client.join("eve", 1)).user == "eve"
        with pytest.raises(StateError, match="this client is in room 1"):
            await client.join("eve", 2)


async def test_a_comment_returns_as_the_room_gets_it(stack: Stack) -> None:
    """With its seq, and among the messages like everybody's; many tasks may comment at once."""
    gateway = await stack.start_gateway()
    async with member(gateway.port, "adam") as adam, asyncio.timeout(SECONDS):
        said = await asyncio.gather(*(adam.comment(f"{number}") for number in range(20)), adam.comment("same"))
        assert [(each.comment, each.seq) for each in said[:20]] == [(f"{number}", number + 2) for number in range(20)]
        again = await adam.comment("same")
        assert again.seq == said[-1].seq + 1
        await adam.comment("end")
        assert [message.seq for message in await take_through(adam, "end")] == list(range(2, 25))


async def test_a_refused_comment_says_why(stack: Stack) -> None:
    """And is told to nobody, as no message either."""
    gateway = await stack.start_gateway()
    async with member(gateway.port, "adam") as adam, asyncio.timeout(SECONDS):
        for text, words in (("", "empty"), ("a\0b", "U\\+0000"), ("x" * 1_048_070, "bytes")):
            with pytest.raises(CommentRejectedError, match=words) as rejected:
                await adam.comment(text)
            assert rejected.value.status == "REJECTED_COMMENT"
        assert (await adam.comment("end")).seq == 2
        assert [message.comment for message in await take_through(adam, "end")] == ["end"]


async def test_filters_are_in_force_when_the_call_returns(stack: Stack, rooms: Rooms) -> None:
    """Every row that is stored then passes them, and the state has them."""
    gateway = await stack.start_gateway()
    async with member(gateway.port, "adam") as adam, asyncio.timeout(SECONDS):
        applied = await adam.set_filters({"sport_event": "sport = 1", "execution": "ALL"})
        assert (applied.userstatus, applied.user) == ("FILTERAPPLIED", "adam")
        assert adam.state.filters == {"sport_event": "sport = 1", "execution": "ALL"}
        await rooms.store_events([make_event(2, text="two"), make_event(1, text="one")])
        await adam.comment("end")
        heard = await take_through(adam, "end")
        assert [message.eventmsg.data_event for message in heard] == ["", "one", ""]


async def test_a_refused_filter_says_why_and_where(stack: Stack) -> None:
    """The room keeps its filters; a feed that there is not is named."""
    gateway = await stack.start_gateway()
    async with member(gateway.port, "adam") as adam, asyncio.timeout(SECONDS):
        with pytest.raises(FilterRejectedError, match="stateSymbl") as rejected:
            await adam.set_filters({"sport_event": "ALL", "execution": "price > 5 and stateSymbl = 'PA'"})
        assert rejected.value.reason_at == 15
        assert rejected.value.status == "REJECTED_BADFILTER"
        with pytest.raises(FilterRejectedError, match="sport_event"):
            await adam.set_filters({"weather": "ALL"})
        assert adam.state.filters == {"sport_event": "NONE", "execution": "NONE"}


async def test_history_and_resume_across_programs(stack: Stack, people: People) -> None:
    """`history` brings the last messages; a token and a seq that were kept bring the rest, and nobody sees it."""
    gateway = await stack.start_gateway()
    eve = await people.join(gateway.port, "eve")
    await eve.comment("one")
    await eve.comment("two")
    await eve.comments(2)
    async with member(gateway.port, "adam", history=1) as adam:
        await eve.comment("three")
        heard = await take_through(adam, "three")
        assert [(message.seq, message.comment) for message in heard] == [(3, "two"), (4, ""), (5, "three")]
        token = adam.resume_token
        await eve.comment("four")
        async with member(gateway.port, "adam", resume_after=heard[-1].seq, resume_token=token) as again:
            await eve.comment("five")
            heard = await take_through(again, "five")
            assert [(message.seq, message.comment) for message in heard] == [(6, "four"), (7, "five")]
    assert [message.userstatus for message in await eve.through("five") if message.userstatus] == ["USERJOINED"]


async def test_what_needs_a_room_says_so(stack: Stack) -> None:
    """Before a join, and after the goodbye."""
    gateway = await stack.start_gateway()
    async with client_at(gateway.port) as client:
        with pytest.raises(StateError, match="join a room first"):
            await client.comment("hello")
        with pytest.raises(StateError, match="join a room first"):
            await anext(client)
        await client.join("adam", 0)
    with pytest.raises(ClientError, match="the client is closed"):
        await client.comment("hello")
    await client.close()
