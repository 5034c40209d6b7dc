"""What psql shows afterwards: every message received, every ROOM_STATUS sent, every feed row."""

import time

import asyncpg
import pytest
from nats.aio.client import Client

from edgechat.client import JoinDeniedError
from harness.parts import Stack
from harness.people import People
from harness.rooms import make_event, make_execution
from harness.shards import one_server
from proto.chatmessage_pb2 import COMMENT, FILTER, JOIN_REQ, ROOM_STATUS

CHAT_EVENTS = """
select msgtype, userstatus, username, roomid, commentxt, sportfilter, execfilter
from chat.chat_event
order by chat_event_id
"""


@one_server
async def test_every_chat_message_is_kept(stack: Stack, people: People, connection: asyncpg.Connection) -> None:
    """A row for every message as it was received and for every ROOM_STATUS as it was sent, in order."""
    gateway = await stack.start_gateway(NUM_CHATROOMS="2", MAX_NUMUSERS="[2]")
    started = int(time.time())
    eve = await people.connect(gateway.port)
    await eve.comment("too early")
    await eve.status("REJECTED_NOTJOINED")
    await eve.enter("eve", 1)
    adam = await people.connect(gateway.port)
    with pytest.raises(JoinDeniedError):
        await adam.enter("adam", 7)
    with pytest.raises(JoinDeniedError):
        await adam.enter("eve", 1)
    await adam.enter("adam", 1)
    await adam.comment("hello")
    await adam.comments()
    await adam.set_filter("sport = 3")
    await adam.status("FILTERAPPLIED")
    await adam.set_filter("SAME", "nonsense")
    await adam.status("REJECTED_BADFILTER")
    await adam.comment("")
    await adam.status("REJECTED_COMMENT")
    await adam.close()
    await eve.status("USEREXITED")

    assert [tuple(row) for row in await connection.fetch(CHAT_EVENTS)] == [
        (ROOM_STATUS, "PENDING", "unknown", -1, None, None, None),
        (COMMENT, None, None, None, "too early", None, None),
        (ROOM_STATUS, "REJECTED_NOTJOINED", None, None, None, None, None),
        (JOIN_REQ, None, "eve", 1, None, None, None),
        (ROOM_STATUS, "USERJOINED", "eve", 1, None, "NONE", "NONE"),
        (ROOM_STATUS, "PENDING", "unknown", -1, None, None, None),
        (JOIN_REQ, None, "adam", 7, None, None, None),
        (ROOM_STATUS, "DENIED_BADROOMID", "adam", 7, None, None, None),
        (JOIN_REQ, None, "eve", 1, None, None, None),
        (ROOM_STATUS, "DENIED_NAMETAKEN", "eve", 1, None, "NONE", "NONE"),
        (JOIN_REQ, None, "adam", 1, None, None, None),
        (ROOM_STATUS, "USERJOINED", "adam", 1, None, "NONE", "NONE"),
        (COMMENT, None, "adam", 1, "hello", None, None),
        (FILTER, None, "adam", 1, None, "sport = 3", "SAME"),
        (ROOM_STATUS, "FILTERAPPLIED", "adam", 1, None, "sport = 3", "NONE"),
        (FILTER, None, "adam", 1, None, "SAME", "nonsense"),
        (ROOM_STATUS, "REJECTED_BADFILTER", "adam", 1, None, "sport = 3", "NONE"),
        (COMMENT, None, "adam", 1, "", None, None),
        (ROOM_STATUS, "REJECTED_COMMENT", "adam", 1, None, "sport = 3", "NONE"),
        (ROOM_STATUS, "USEREXITED", "adam", 1, None, "sport = 3", "NONE"),
    ]
    timetags = [row["timetag"] for row in await connection.fetch("select timetag from chat_event")]
    assert all(started <= timetag <= time.time() for timetag in timetags)


async def test_every_feed_message_is_kept(
    feed_stack: Stack, people: People, nats_client: Client, connection: asyncpg.Connection
) -> None:
    """A row for every feed message, its fields in columns and the Unix time of its arrival in timetag."""
    gateway = await feed_stack.start_gateway()
    await feed_stack.start_bridge()
    adam = await people.join(gateway.port, "adam")
    started = int(time.time())
    await nats_client.publish("sport_event", make_event(7, "Ünïcode '%", "").SerializeToString())
    await nats_client.publish("execution", make_execution("DAYTONA:winner--Kyle Busch").SerializeToString())
    await adam.feed(2)
    (event,) = await connection.fetch("select * from sport_event")
    assert (event["sport"], event["match_title"], event["data_event"]) == (7, "Ünïcode '%", "")
    (trade,) = await connection.fetch("select * from execution")
    assert (trade["symbol"], trade["market"], trade["price"], trade["quantity"]) == (
        "DAYTONA:winner--Kyle Busch",
        "NASCAR",
        50.5,
        100.25,
    )
    assert (trade["execution_epoch"], trade["state_symbol"]) == (1_600_000_000, "PA")
    assert (event["sport_event_id"], trade["execution_id"]) == (1, 1)
    for row in (event, trade):
        assert started <= row["timetag"] <= time.time()
