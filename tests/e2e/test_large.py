"""What is large: rooms, members, comments, events. Whatever comes, a client that takes frames of 1 MiB stays connected.

All clients of the tests take no larger ones (edgechat/client/connection.py).
"""

import asyncio

import asyncpg
import pytest
from nats.aio.client import Client
from websockets.asyncio.client import connect

from edgechat.client import JoinDeniedError
from harness.parts import Stack
from harness.people import People, User
from harness.rooms import OPEN_GATEWAY, Rooms, make_event
from harness.shards import one_server
from proto.chatmessage_pb2 import COMMENT, JOIN_REQ, chatmessage
from proto.sizes import MAX_CONTENT_BYTES, MAX_SENT_BYTES

MEBIBYTE = 1024 * 1024
LONGEST_NAME = "𝄞" * 64
EVENT_OVERHEAD = len(make_event(text="").SerializeToString()) + 2
"""Bytes of an event around a text whose size takes three."""

# Members of another gateway, with the longest names; all of them have been there for longer than whoever joins.
FILL_ROOM = """
insert into chat.member (username, name_key, room_id, gateway_id, joined_at)
select u.username, u.username, u.room_id, $1, now() - interval '1 hour'
from (
  select p_room as room_id, repeat('𝄞', 58) || lpad((p_room * 10000 + n)::text, 6, '0') as username
  from unnest($2::integer[]) as p_room, generate_series(1, $3) as n
) as u
"""
LENGTHEN_COMMENT = """
update chat.chat_event set message = chat.encode_comment(username, roomid, repeat('x', 1048576), seq)
where commentxt = 'long ago'
"""


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
    """64 members with long names: each ROOM_STATUS, too large to be notified, reaches all of them whole."""
    gateway = await stack.start_gateway(NUM_CHATROOMS="2", MAX_NUMUSERS="[64]")
    users = await asyncio.gather(*(people.connect(gateway.port) for _ in range(64)))
    # All that is sent to one of them stays below a mebibyte: they do not read while the others join.
    names = [f"{number:03} {'ü' * 60}" for number in range(64)]
    await asyncio.gather(*(user.enter(name) for user, name in zip(users, names, strict=True)))
    await users[7].comment("end")
    for user in users:
        heard = [user.joined, *await user.through("end")]
        assert [m.seq for m in heard] == list(range(user.joined.seq, 66))
        full = next(m for m in heard if m.seq == 64)
        assert sorted(full.rooms[0].currusers) == names
    last = users.pop()
    await last.close()
    for user in users:
        assert len((await user.status("USEREXITED", user=last.name)).rooms[0].currusers) == 63


def test_clients_of_the_tests_take_frames_of_1_mib() -> None:
    """As WebSocket libraries do by default."""
    assert MAX_SENT_BYTES == MEBIBYTE


async def test_a_burst_of_the_largest(stack: Stack, people: People, rooms: Rooms) -> None:
    """Eight of the largest events in one batch reach a member who reads, whole, in order and on the same connection."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    texts = [chr(ord("a") + number) * (MAX_CONTENT_BYTES - EVENT_OVERHEAD) for number in range(8)]
    await rooms.store_events([make_event(text=text) for text in texts])
    heard = await adam.feed(len(texts))
    assert [message.eventmsg.data_event for message in heard] == texts
    assert [message.seq for message in heard] == list(range(2, 10))
    await adam.comment("still here")
    await adam.through("still here")


async def test_a_library_as_it_comes(stack: Stack, people: People, rooms: Rooms) -> None:
    """No option set, its limit and its offer to compress among them: it gets the largest live and as history, plain."""
    gateway = await stack.start_gateway()
    eve = await people.join(gateway.port, LONGEST_NAME)
    text, long = "e" * (MAX_CONTENT_BYTES - EVENT_OVERHEAD), "c" * MAX_CONTENT_BYTES
    for name, history in (("adam", None), ("late", 9)):
        async with connect(f"ws://127.0.0.1:{gateway.port}") as connection:
            assert connection.protocol.extensions == []
            request = chatmessage(mtype=JOIN_REQ, user=name, roomid=0, history=history)
            await connection.send(request.SerializeToString())
            if history is None:
                await eve.until(lambda message: message.user == "adam")
                await eve.comment(long)
                await rooms.store_events([make_event(text=text)])
                await eve.feed(1)
            await eve.comment(f"end of {name}")
            async with asyncio.timeout(30):
                heard: list[chatmessage] = []
                while not heard or heard[-1].comment != f"end of {name}":
                    heard.append(chatmessage.FromString(await connection.recv(decode=False)))
        assert long in [message.comment for message in heard]
        assert text in [message.eventmsg.data_event for message in heard]
        assert connection.close_code == 1000


async def test_the_largest_comments(stack: Stack, people: People) -> None:
    """They reach everybody whole, also from the longest name; one byte more is refused with the limit, a larger frame
    is closed with 1009."""
    gateway = await stack.start_gateway()
    adam, eve = [await people.join(gateway.port, name) for name in (LONGEST_NAME, "eve")]
    texts = [letter * MAX_CONTENT_BYTES for letter in "abcd"]
    for text in texts:
        await adam.comment(text)
    for user in (adam, eve):
        assert [message.comment for message in await user.comments(4)] == texts
    await adam.comment("x" * (MAX_CONTENT_BYTES + 1))
    assert f"at most {MAX_CONTENT_BYTES} are allowed" in (await adam.status("REJECTED_COMMENT")).reason
    await adam.comment("x" * (MEBIBYTE + 4096))
    async with asyncio.timeout(30):
        async for _ in adam.messages():
            pass
    assert adam.closing[0] == 1009


def test_what_is_put_around_the_largest_fits() -> None:
    """The longest name, the highest room and seq."""
    comment = chatmessage(
        mtype=COMMENT, user=LONGEST_NAME, roomid=2**31 - 1, comment="x" * MAX_CONTENT_BYTES, seq=2**63 - 1
    )
    assert comment.ByteSize() == MAX_CONTENT_BYTES + 281 <= MEBIBYTE


async def test_the_largest_events(
    feed_stack: Stack, people: People, nats_client: Client, connection: asyncpg.Connection
) -> None:
    """The largest that the bridge takes reaches a member whole; of one byte more there is a row that says why."""
    gateway = await feed_stack.start_gateway()
    await feed_stack.start_bridge()
    adam = await people.join(gateway.port, "adam")
    largest = make_event(text="x" * (MAX_CONTENT_BYTES - EVENT_OVERHEAD))
    for event in (make_event(text=largest.data_event + "x"), largest, make_event(text="after")):
        await nats_client.publish("sport_event", event.SerializeToString())
    heard = await adam.feed(2)
    assert [(message.eventmsg.data_event, message.seq) for message in heard] == [(largest.data_event, 2), ("after", 3)]
    (reject,) = await connection.fetch("select error, octet_length(message) as size from chat.feed_reject")
    assert f"has {MAX_CONTENT_BYTES + 1} bytes; at most {MAX_CONTENT_BYTES} are allowed" in reject["error"]
    assert reject["size"] == MAX_CONTENT_BYTES + 1


@one_server
async def test_what_is_too_large_and_already_stored_is_left_out_and_told(
    stack: Stack, people: People, rooms: Rooms
) -> None:
    """Live and in a history: a ROOM_STATUS with the seq and the reason stands in its place."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam", 1)
    await rooms.store_events([make_event(text=text) for text in ("before", "x" * MEBIBYTE, "after")])
    await adam.comment("long ago")
    live = await adam.through("long ago")
    assert [message.seq for message in live] == [2, 3, 4, 5]
    assert [message.eventmsg.data_event for message in live] == ["before", "", "after", ""]
    assert live[1].userstatus == "OMITTED_TOOLARGE"
    assert live[1].reason.startswith("a feed message of 10486")
    await rooms.connection.execute(LENGTHEN_COMMENT)
    eve = await people.join(gateway.port, "eve", 1, resume_after=1)
    await eve.comment("end")
    *again, own, _ = await eve.through("end")
    assert again[:3] == live[:3]
    assert [(m.userstatus, m.user, m.roomid, m.seq) for m in again[3:]] == [("OMITTED_TOOLARGE", "adam", 1, 5)]
    assert "a comment of 10485" in again[3].reason
    assert own.seq == 6


@one_server
async def test_many_users_with_the_longest_names(stack: Stack, people: People, rooms: Rooms) -> None:
    """Where the lists of users do not fit in a frame, a status has its own room, and PENDING the users who fit."""
    gateway = await stack.start_gateway(NUM_CHATROOMS="100", MAX_NUMUSERS="[64]")
    other = await rooms.connection.fetchval(OPEN_GATEWAY)
    await rooms.connection.execute(FILL_ROOM, other, list(range(100)), 63)
    adam = await people.connect(gateway.port)
    users = [len(room.currusers) for room in adam.welcome.rooms]
    assert len(users) == 100
    assert 30 < min(users) <= max(users) < 63, "PENDING holds as many users of each room as fit"
    assert adam.welcome.ByteSize() > MEBIBYTE - 2 * 32768
    await adam.enter(LONGEST_NAME, 0, history=1)
    assert [(room.roomid, len(room.currusers)) for room in adam.joined.rooms] == [(0, 64)]
    for status in await every_status(adam, await people.connect(gateway.port)):
        assert status.ByteSize() <= MEBIBYTE
        # One is about no room, and tells of all; one is about a room that there is not.
        about = {"REJECTED_NOTJOINED": [*range(100)], "DENIED_BADROOMID": []}.get(status.userstatus, [0])
        assert [room.roomid for room in status.rooms] == about, status.userstatus
    await adam.comment("still here")
    await adam.through("still here")


async def every_status(adam: User, stranger: User) -> list[chatmessage]:
    """What a member and somebody who is none get for what they do, with everything at its longest."""
    clauses = [f"match_title <> '{'x' * 1975}{letter}'" for letter in "ab"]
    await adam.set_filter(clauses[0], clauses[1].replace("match_title", "market     "))
    statuses = [await adam.status("FILTERAPPLIED")]
    await adam.set_filter("x" * (MEBIBYTE // 2), "y" * (MEBIBYTE // 2))
    statuses.append(await adam.status("REJECTED_BADFILTER"))
    await adam.comment("")
    statuses.append(await adam.status("REJECTED_COMMENT"))
    await adam.send(chatmessage(mtype=JOIN_REQ, user="x" * MEBIBYTE, roomid=0))
    statuses.append(await adam.status("DENIED_NAMETAKEN"))
    await stranger.send(chatmessage(mtype=COMMENT, user="x" * MEBIBYTE))
    statuses.append(await stranger.status("REJECTED_NOTJOINED"))
    for name, room, denial in (
        ("x" * MEBIBYTE, 0, "BADNAME"),
        ("x" * MEBIBYTE, 100, "BADROOMID"),
        (LONGEST_NAME, 0, "NAMETAKEN"),
    ):
        with pytest.raises(JoinDeniedError, match=denial) as denied:
            await stranger.enter(name, room)
        statuses.append(denied.value.answer)
    return statuses
