"""Every exchange, through the proxy and the published ports, with the feeds running."""

import asyncio

import asyncpg
import pytest
from nats.aio.client import Client

from edgechat.client import JoinDeniedError
from harness.containers import Containers
from harness.people import People, User
from harness.rooms import make_event, make_execution
from proto.chatmessage_pb2 import EVENT, EXECUTION, ROOM_STATUS

COUNTS = """
select
  (select count(*) from sport_event),
  (select count(*) from execution),
  (select count(*) from chat_event)
"""
STATUSES = """
select userstatus
from chat_event
where msgtype = chat.msgtype('ROOM_STATUS') and username = $1
order by chat_event_id
"""


async def denial(user: User, name: str, room: int) -> str:
    """Try to join; the status that refuses it."""
    with pytest.raises(JoinDeniedError) as denied:
        await user.enter(name, room)
    return denied.value.status


async def test_whoever_connects_is_greeted(containers: Containers, people: People) -> None:
    """PENDING at once, with the rooms and sizes that the environment chose."""
    welcome = (await people.connect(containers.port)).welcome
    assert (welcome.mtype, welcome.userstatus, welcome.user, welcome.roomid) == (ROOM_STATUS, "PENDING", "unknown", -1)
    assert welcome.numrooms == 6
    assert [room.maxusers for room in welcome.rooms] == [4, 3, 5, 4, 2, 20]


async def test_joins_and_their_denials_are_answered(
    containers: Containers, people: People, outside: asyncpg.Connection
) -> None:
    """A room that is not there, a name that is taken, a room that is full; then a join, and all of it is recorded."""
    adam = await people.join(containers.port, "adam", 4)
    await people.join(containers.port, "eve", 4)
    assert (await adam.status("USERJOINED", user="eve")).roomid == 4
    late = await people.connect(containers.port)
    assert await denial(late, "carol", 6) == "DENIED_BADROOMID"
    assert await denial(late, "adam", 1) == "DENIED_NAMETAKEN"
    assert await denial(late, "carol", 4) == "DENIED_ROOMFULL"
    assert (await late.enter("carol", 1)).roomid == 1
    recorded = [row["userstatus"] for row in await outside.fetch(STATUSES, "carol")]
    assert recorded[-3:] == ["DENIED_BADROOMID", "DENIED_ROOMFULL", "USERJOINED"]


async def test_comments_and_exits_reach_the_room(containers: Containers, people: People) -> None:
    """A comment goes to all in the room, and so does the exit of who leaves."""
    adam = await people.join(containers.port, "adam", 0)
    eve = await people.join(containers.port, "eve", 0)
    await adam.comment("hello, all")
    for user in (adam, eve):
        assert (await user.comments())[0].comment == "hello, all"
    await adam.close()
    assert (await eve.status("USEREXITED", user="adam")).roomid == 0


async def test_filters_choose_what_the_room_gets(containers: Containers, people: People) -> None:
    """A valid filter is applied and every row after it passes; of two with one invalid, neither is."""
    adam = await people.join(containers.port, "adam", 1)
    await adam.set_filter("sport in (3, 7)", "price > 20")
    applied = await adam.status("FILTERAPPLIED")
    rows = await adam.feed(40)
    assert all(row.eventmsg.sport in (3, 7) for row in rows if row.mtype == EVENT)
    assert all(row.execmsg.price > 20 for row in rows if row.mtype == EXECUTION)
    await adam.set_filter("NONE", "price >")
    rejected = await adam.status("REJECTED_BADFILTER")
    assert rejected.reason
    assert (rejected.sport_filter, rejected.execution_filter) == (applied.sport_filter, applied.execution_filter)
    await adam.set_filter("ALL", "ALL")
    await adam.status("FILTERAPPLIED")
    await adam.comment("quiet")
    assert not [message for message in await adam.through("quiet") if message.mtype in (EVENT, EXECUTION)]


async def test_feeds_of_ones_own(containers: Containers, people: People, publisher: Client) -> None:
    """What anybody publishes at the NATS port reaches the rooms that want it."""
    adam = await people.join(containers.port, "adam", 2)
    await adam.set_filter("match_title = 'from outside'", "symbol = 'from outside'")
    await adam.status("FILTERAPPLIED")
    await publisher.publish("sport_event", make_event(title="from outside").SerializeToString())
    await publisher.publish("execution", make_execution("from outside").SerializeToString())
    await publisher.flush()
    assert {message.mtype for message in await adam.feed(2)} == {EVENT, EXECUTION}


async def test_the_originals_tables(containers: Containers, people: People, outside: asyncpg.Connection) -> None:
    """Its three tables are at the database's port, and grow."""
    before = await outside.fetchrow(COUNTS)
    await people.connect(containers.port)
    await asyncio.sleep(2)
    after = await outside.fetchrow(COUNTS)
    assert before is not None
    assert after is not None
    assert all(new > old for old, new in zip(before, after, strict=True))


async def test_checks_leave_no_trace(containers: Containers, outside: asyncpg.Connection) -> None:
    """Health checks of containers and proxy, made every few seconds, are not in chat_event."""
    before = await outside.fetchval("select count(*) from chat_event")
    await asyncio.sleep(8)
    assert await outside.fetchval("select count(*) from chat_event") == before
