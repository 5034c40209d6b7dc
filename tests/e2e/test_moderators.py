"""Moderators act over the wire from their rooms, within their rights, and are answered."""

from typing import Any

import asyncpg
import pytest
from websockets.exceptions import ConnectionClosed

from edgechat.client import QuestionRefusedError
from harness.members import client_at
from harness.parts import Stack
from harness.people import People, User
from harness.tokens import SECRET, ask, token
from proto.chatmessage_pb2 import MODERATE, chatmessage

RECORD = "select action, room_id, username, by_moderator, by_role, reason from chat.moderation order by moderation_id"


MODERATES = {"mona": [0], "olga": True}


@pytest.fixture
async def port(stack: Stack) -> int:
    """A gateway that asks for tokens: with theirs mona is moderator of room 0, and olga of all rooms."""
    return (await stack.start_gateway(AUTH_SECRET=SECRET)).port


def token_of(name: str) -> str:
    """What the issuer gives to whoever has a name."""
    return token(name, moderate=MODERATES.get(name))


async def enter(people: People, port: int, name: str, room: int = 0, *, in_json: bool = False) -> User:
    """A member by the token of the name."""
    user = await people.connect(port, in_json=in_json)
    assert (await ask(user, token_of(name), room)).userstatus == "USERJOINED"
    return user


async def moderate(member: User, action: str, **fields: Any) -> chatmessage:
    """The answer to a moderator's wish."""
    await member.send(chatmessage(mtype=MODERATE, action=action, request=7, **fields))
    answer = (await member.until(lambda message: message.mtype == MODERATE))[-1]
    assert (answer.action, answer.request) == (action, 7)
    assert answer.HasField("reason") != answer.HasField("comment")
    return answer


async def test_a_moderator_keeps_order(port: int, stack: Stack, people: People, connection: asyncpg.Connection) -> None:
    """Each action, in the own room, on people at another gateway; in JSON as in protobuf; on record with the name."""
    other = await stack.start_gateway()
    mona = await enter(people, port, "mona", in_json=True)
    eve = await people.join(other.port, "eve")
    await eve.comment("spam")
    [spam] = await mona.comments()
    assert (await moderate(mona, "remove", seq=spam.seq, comment="spam")).comment == (
        f"comment {spam.seq} of eve in room 0 is removed: spam"
    )
    assert (await eve.status("MODERATED")).removed_seq == spam.seq
    assert (await moderate(mona, "mute", user="eve", seconds=60)).comment.startswith("eve is muted in room 0 until")
    assert (await eve.status("MODERATED")).seconds == 60
    assert (await moderate(mona, "unmute", user="eve")).comment == "eve may comment in room 0 again"
    assert (await moderate(mona, "slow", seconds=5)).comment == "room 0 takes one comment per 5 s and person"
    assert (await moderate(mona, "unslow")).comment == "room 0 is not slow any more"
    assert (await moderate(mona, "lock", comment="final")).comment == "the filter of room 0 is locked: final"
    assert (await moderate(mona, "unlock")).comment == "the filter of room 0 is free"
    assert (await moderate(mona, "ban", user="eve")).comment == "eve is banned from room 0 for ever"
    with pytest.raises(ConnectionClosed):
        await eve.status("never")
    assert (await moderate(mona, "unban", user="eve")).comment == "eve may come to room 0 again"
    eve = await people.join(other.port, "eve")
    assert (await moderate(mona, "kick", user="eve")).comment == "eve was removed from room 0"
    rows = [tuple(row) for row in await connection.fetch(RECORD)]
    assert [row[0] for row in rows] == [
        *("remove", "mute", "unmute", "slow", "unslow", "lock", "unlock", "ban", "unban", "kick")
    ]
    assert rows[0] == ("remove", 0, "eve", "mona", None, "spam")
    assert {row[3:5] for row in rows} == {("mona", None)}


async def test_only_who_has_the_right(port: int, people: People, connection: asyncpg.Connection) -> None:
    """Nobody else, and no moderator elsewhere; nothing is done or recorded then."""
    adam, mona, eve = [await enter(people, port, name) for name in ("adam", "mona", "eve")]
    assert (await moderate(adam, "kick", user="eve")).reason == "you are no moderator of room 0"
    assert (await moderate(mona, "kick", user="eve", roomid=1)).reason == "you are no moderator of room 1"
    assert (await moderate(mona, "ban", user="eve", roomid=-1)).reason == "you are no moderator of all rooms"
    stranger = await people.connect(port)
    assert (await moderate(stranger, "kick", user="eve")).reason == "join a room before moderating"
    await eve.comment("still here")
    await adam.through("still here")
    assert await connection.fetch(RECORD) == []


async def test_a_moderator_of_all_rooms(port: int, people: People) -> None:
    """From whichever room: bans from all, closes another and opens it."""
    olga = await enter(people, port, "olga", 2)
    eve, adam = await enter(people, port, "eve", 1), await enter(people, port, "adam", 0)
    assert (await moderate(olga, "close", roomid=1, comment="over")).comment == "room 1 is closed: over"
    with pytest.raises(ConnectionClosed) as closed:
        await eve.status("never")
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4003, "over")
    assert (await moderate(olga, "open", roomid=1)).comment == "room 1 is open"
    assert (await moderate(olga, "ban", user="adam", roomid=-1)).comment == "adam is banned from all rooms for ever"
    with pytest.raises(ConnectionClosed):
        await adam.status("never")


async def test_a_program_that_moderates(port: int, people: People) -> None:
    """By one call of the Python client; a refusal is raised with the reason."""
    eve = await enter(people, port, "eve")
    async with client_at(port, token=token_of("mona")) as mona:
        await mona.join("mona", 0)
        assert await mona.moderate("kick", "eve", comment="spam") == "eve was removed from room 0: spam"
        with pytest.raises(QuestionRefusedError, match="you are no moderator of room 1"):
            await mona.moderate("close", room=1)
    with pytest.raises(ConnectionClosed):
        await eve.status("never")


async def test_what_cannot_be_done_is_said(port: int, people: People) -> None:
    """In words that help; the connection stays, whatever was sent."""
    mona = await enter(people, port, "mona")
    for action, fields, reason in (
        ("kick", {"user": "eve"}, "there is no 'eve' in room 0; in it are 'mona'"),
        ("hug", {}, "moderators cannot 'hug'; an action is one of kick, ban,"),
        ("", {}, "moderators cannot ''"),
        ("kick", {"user": "\0"}, "there is no '\1' in room 0"),
        ("remove", {"seq": 2**64 - 1}, "room 0 has no message"),
        ("remove", {"seq": 1}, "message 1 of room 0 is a ROOM_STATUS USERJOINED"),
        ("unban", {"user": "eve"}, "there is no ban in force on 'eve' in room 0; no ban is in force anywhere"),
        ("slow", {}, "slow mode with no time between two comments is none"),
        ("slow", {"seconds": 2**32 - 1}, "slow mode with"),
        ("lock", {"comment": "x" * 100_000}, "the reason has 501 characters; at most 500 are taken"),
        ("ban", {"user": "y" * 100_000}, "nobody has a name of 100 characters"),
    ):
        answer = await moderate(mona, action, **fields)
        assert answer.reason.startswith(reason), (action, answer)
    await mona.comment("still here")
    await mona.through("still here")
