"""What operators do in SQL reaches everybody, at whichever gateway they are, and outlives gateways."""

import pytest
from websockets.exceptions import ConnectionClosed

from edgechat.client.errors import JoinDeniedError
from harness.moderators import call
from harness.parts import Stack
from harness.people import People, User
from harness.rooms import Rooms
from harness.shards import one_server
from proto.chatmessage_pb2 import COMMENT, MODERATE, PREVIEW, ROOM_STATUS, chatmessage

KICKED, CLOSED = 4002, 4003
LET_TIME_PASS = "update chat.measure set until = until - interval '1 hour'"


async def closing(user: User) -> tuple[int, str]:
    """Wait for the service to close somebody's connection; the code and the reason."""
    with pytest.raises(ConnectionClosed) as closed:
        await user.status("never")
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code, closed.value.rcvd.reason


async def denial(people: People, port: int, name: str, room: int = 0) -> tuple[str, str]:
    """The status and reason with which somebody is not let in."""
    user = await people.connect(port)
    with pytest.raises(JoinDeniedError) as denied:
        await user.enter(name, room)
    return denied.value.status, denied.value.reason


async def test_a_kick_at_another_gateway(stack: Stack, people: People, rooms: Rooms) -> None:
    """Closed with 4002 and the reason; everybody else is told, in order; the token is void, and the way back free."""
    here, there = [await stack.start_gateway() for _ in range(2)]
    adam = await people.join(here.port, "adam")
    eve = await people.join(there.port, "eve")
    await adam.status("USERJOINED", user="eve")
    await call(rooms, "kick_member(0, 'eve', 'spam')")
    assert await closing(eve) == (KICKED, "removed by a moderator: spam")
    told = await adam.until(lambda message: message.userstatus == "USEREXITED")
    assert [(each.userstatus, each.user, each.action, each.reason) for each in told] == [
        ("MODERATED", "eve", "kick", "spam"),
        ("USEREXITED", "eve", "", ""),
    ]
    assert told[0].seq + 1 == told[1].seq
    again = await people.connect(there.port)
    joined = await again.enter("eve", resume_token=eve.joined.resume_token, resume_after=eve.joined.seq)
    await adam.status("USERJOINED", user="eve")
    assert list(joined.rooms[0].currusers) == ["adam", "eve"]


@one_server
async def test_a_ban_outlives_gateways(stack: Stack, people: People, rooms: Rooms) -> None:
    """Closed, denied at every gateway and after a restart, in other rooms too; let in when the time is over."""
    here, there = [await stack.start_gateway() for _ in range(2)]
    eve = await people.join(here.port, "eve", 1)
    await call(rooms, "ban_member('eve', null, '1 hour', 'spam')")
    code, reason = await closing(eve)
    assert code == KICKED
    assert reason.startswith("banned until ")
    assert reason.endswith(": spam")
    here.part.kill()
    again = await stack.start_gateway()
    for port in (there.port, again.port):
        status, reason = await denial(people, port, "eve", 2)
        assert status == "DENIED_BANNED"
        assert reason.startswith("you are banned from this room until ")
    await rooms.connection.execute(LET_TIME_PASS)
    await people.join(again.port, "eve", 2)


async def test_a_mute_at_every_gateway(stack: Stack, people: People, rooms: Rooms) -> None:
    """Refused with until when, to the sender alone; the filter may be set; unmuted they are heard."""
    here, there = [await stack.start_gateway() for _ in range(2)]
    adam, eve = await people.join(here.port, "adam"), await people.join(there.port, "eve")
    await call(rooms, "mute_member('eve', 0, '1 hour')")
    await eve.status("MODERATED", action="mute", user="eve", seconds=3600)
    await eve.comment("unheard")
    assert (await eve.status("REJECTED_COMMENT")).reason.startswith("you are muted until ")
    await eve.set_filters({"sport_event": "ALL"})
    await eve.status("FILTERAPPLIED")
    await call(rooms, "unmute_member('eve')")
    await eve.comment("heard")
    assert not [each for each in await adam.through("heard") if each.comment == "unheard"]


async def test_slow_mode_at_every_gateway(stack: Stack, people: People, rooms: Rooms) -> None:
    """Of what one person says in a burst one comment is heard, each who is refused is told; others are heard."""
    here, there = [await stack.start_gateway() for _ in range(2)]
    adam, eve = await people.join(here.port, "adam"), await people.join(there.port, "eve")
    await call(rooms, "set_slow_mode(0, '1 hour', 'calm down')")
    told = await adam.status("MODERATED", action="slow")
    assert (told.seconds, told.reason) == (3600, "calm down")
    for number in range(5):
        await eve.comment(f"eve {number}")
    for _ in range(4):
        assert (await eve.status("REJECTED_COMMENT")).reason.startswith("slow mode: one comment per 3600 s")
    await adam.comment("adam")
    heard = [each.comment for each in await adam.through("adam") if each.mtype == COMMENT]
    assert heard == ["eve 0", "adam"]
    await call(rooms, "end_slow_mode(0)")
    await eve.comment("fast")
    await eve.comment("again")
    await adam.through("again")


async def test_a_locked_filter(stack: Stack, people: People, rooms: Rooms) -> None:
    """Refused to the sender alone with the reason; previews are answered all the same."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    await call(rooms, "lock_filter(0, 'the final')")
    await adam.status("MODERATED", action="lock", reason="the final")
    await adam.set_filters({"sport_event": "ALL"})
    refusal = await adam.status("REJECTED_BADFILTER")
    assert refusal.reason == "the filter of this room is locked by a moderator: the final"
    assert refusal.sport_filter == "NONE"
    await adam.send(chatmessage(mtype=PREVIEW, feed="sport_event", clause="sport = 4", request=1))
    [*_, answer] = await adam.until(lambda message: message.request == 1)
    assert answer.HasField("preview")
    await call(rooms, "unlock_filter(0)")
    await adam.set_filters({"sport_event": "ALL"})
    await adam.status("FILTERAPPLIED")


async def test_a_closed_room(stack: Stack, people: People, rooms: Rooms) -> None:
    """Everybody is closed with 4003 and the message, at every gateway; nobody gets in until it is open. Others stay."""
    here, there = [await stack.start_gateway() for _ in range(2)]
    members = [await people.join(port, name) for port, name in ((here.port, "adam"), (there.port, "eve"))]
    cain = await people.join(here.port, "cain", 1)
    await call(rooms, "close_room(0, 'back at 8')")
    for user in members:
        assert await closing(user) == (CLOSED, "back at 8")
    for port in (here.port, there.port):
        assert await denial(people, port, "adam") == ("DENIED_ROOMCLOSED", "back at 8")
    await cain.comment("still here")
    await cain.through("still here")
    await call(rooms, "open_room(0)")
    adam = await people.join(there.port, "adam", resume_after=members[0].joined.seq)
    missed = await adam.until(lambda message: message.userstatus == "USERJOINED" and message.user == "adam")
    assert [(each.userstatus, each.action) for each in missed if each.action] == [
        ("MODERATED", "close"),
        ("MODERATED", "open"),
    ]


async def test_original_clients_are_told(stack: Stack, people: People, rooms: Rooms) -> None:
    """MODERATED has what every ROOM_STATUS has: the rooms with their users, the filters, and a room."""
    gateway = await stack.start_gateway()
    adam = await people.connect(gateway.port, as_original=True)
    await adam.enter("adam")
    await people.join(gateway.port, "eve")
    await call(rooms, "set_slow_mode(0, '10 seconds')")
    await call(rooms, "kick_member(0, 'eve')")
    for action in ("slow", "kick"):
        told = await adam.status("MODERATED")
        assert (told.mtype, told.action, told.roomid, told.numrooms) == (ROOM_STATUS, action, 0, 5)
        assert list(told.rooms[0].currusers) == ["adam", "eve"]
        assert (told.sport_filter, told.execution_filter) == ("NONE", "NONE")
    assert (await adam.status("USEREXITED")).user == "eve"
    # A question of moderators is none of an original client's.
    await adam.send(chatmessage(mtype=MODERATE, action="kick", user="eve"))
    assert (await closing(adam))[0] == 1008
