"""Comments go to everyone in the sender's room, as they were written, under the sender's own name."""

import asyncpg
import pytest

from harness.parts import Stack
from harness.people import People
from proto.chatmessage_pb2 import COMMENT, FILTER, chatmessage
from proto.sizes import MAX_CONTENT_BYTES

LOSE_PLACE = "select chat.leave_rooms(m.gateway_id, array[m.username]) from chat.member as m where m.username = $1"


async def test_everyone_in_the_room(stack: Stack, people: People) -> None:
    """The sender and the others get the same message; another room gets nothing."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam", 1)
    eve = await people.join(gateway.port, "eve", 1)
    other = await people.join(gateway.port, "other", 0)
    await adam.comment("Grüße, 東京 🎲 %s ' \" \\")
    (at_adam,), (at_eve,) = await adam.comments(), await eve.comments()
    assert at_adam == at_eve
    assert (at_adam.user, at_adam.roomid, at_adam.comment) == ("adam", 1, "Grüße, 東京 🎲 %s ' \" \\")
    assert at_adam.seq == 3
    await other.comment("end")
    assert len(await other.through("end")) == 1


async def test_comments_arrive_in_order(stack: Stack, people: People) -> None:
    """Comments of several members arrive in one order, each member's own in the order in which they wrote them."""
    gateway = await stack.start_gateway()
    users = [await people.join(gateway.port, f"user {number}") for number in range(3)]
    for number in range(50):
        for user in users:
            await user.comment(f"{number}")
    heard = [[(m.seq, m.user, m.comment) for m in await user.comments(150)] for user in users]
    assert heard[0] == heard[1] == heard[2]
    assert [seq for seq, _, _ in heard[0]] == list(range(4, 154))
    for user in users:
        assert [text for _, name, text in heard[0] if name == user.name] == [str(number) for number in range(50)]


async def test_nobody_speaks_for_another(stack: Stack, people: People) -> None:
    """`user` and `roomid` of a COMMENT are the sender's, whatever they wrote in them; `seq` is the room's."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam", 1)
    await people.join(gateway.port, "eve", 0)
    await adam.send(chatmessage(mtype=COMMENT, user="eve", roomid=0, comment="it was me", seq=77, reason="x"))
    (heard,) = await adam.comments()
    assert (heard.user, heard.roomid, heard.comment, heard.seq) == ("adam", 1, "it was me", 2)
    assert not heard.HasField("reason")


@pytest.mark.parametrize("size", [1, 125, 126, 2_800, 7_000, 65_535, 65_536, MAX_CONTENT_BYTES])
async def test_comments_of_all_sizes_arrive(stack: Stack, people: People, size: int) -> None:
    """A comment of any size up to the limit arrives whole, and in its place among the others."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    eve = await people.join(gateway.port, "eve")
    text = ("0123456789" * (size // 10 + 1))[:size]
    for comment in ("before", text, "after"):
        await adam.comment(comment)
    for user in (adam, eve):
        heard = await user.comments(3)
        assert [message.comment for message in heard] == ["before", text, "after"]
        assert [message.seq for message in heard] == [3, 4, 5]


async def test_too_large_comments_are_refused(stack: Stack, people: People) -> None:
    """A comment over the limit is refused with a reason; the connection stays."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    await adam.comment("x" * (MAX_CONTENT_BYTES + 1))
    assert "1048064" in (await adam.status("REJECTED_COMMENT")).reason
    await adam.comment("still here")
    await adam.comments()


@pytest.mark.parametrize("text", ["", None, "a\0b"])
async def test_refused_comments_are_answered(stack: Stack, people: People, text: str | None) -> None:
    """An empty comment, none at all and one with U+0000 are refused to the sender alone."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    eve = await people.join(gateway.port, "eve")
    message = chatmessage(mtype=COMMENT)
    if text is not None:
        message.comment = text
    await adam.send(message)
    assert (await adam.status("REJECTED_COMMENT")).reason
    await adam.comment("end")
    assert len(await eve.through("end")) == 1


async def test_whoever_has_not_joined_cannot_comment(stack: Stack, people: People) -> None:
    """A COMMENT or FILTER before a join is refused with a reason; joining is possible after it."""
    gateway = await stack.start_gateway()
    adam = await people.connect(gateway.port)
    await adam.comment("hello?")
    assert (await adam.status("REJECTED_NOTJOINED")).reason
    await adam.send(chatmessage(mtype=FILTER, sport_filter="ALL"))
    assert (await adam.status("REJECTED_NOTJOINED")).reason
    assert (await adam.enter("adam")).sport_filter == "NONE"


async def test_whoever_comments_too_fast_is_told(stack: Stack, people: People) -> None:
    """Of a flood of comments some are refused as too fast; all others are posted, and the member stays."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    for number in range(600):
        await adam.comment(f"{number}")
    answers = [
        (await adam.until(lambda m: m.mtype == COMMENT or m.userstatus == "REJECTED_COMMENT"))[-1] for _ in range(600)
    ]
    refused = [answer for answer in answers if answer.userstatus == "REJECTED_COMMENT"]
    posted = [int(answer.comment) for answer in answers if answer.mtype == COMMENT]
    assert refused
    assert all("fast" in answer.reason for answer in refused)
    assert posted == sorted(set(posted))
    assert posted[:200] == list(range(200))


async def test_a_place_that_is_gone(stack: Stack, people: People, connection: asyncpg.Connection) -> None:
    """Comments and filters of a member whose place Postgres gave up come to nothing, and the sender is told."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    eve = await people.join(gateway.port, "eve")
    await connection.execute(LOSE_PLACE, "adam")
    await eve.status("USEREXITED", user="adam")
    for ask in (adam.comment("anybody here?"), adam.set_filter("sport = 3")):
        await ask
        refusal = await adam.status("REJECTED_NOTJOINED")
        assert "join again" in refusal.reason
    await eve.comment("end")
    assert len(await eve.through("end")) == 1
