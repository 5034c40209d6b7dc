"""A room's past in pages: what was sent, byte for byte, exactly once, and the word of what is gone."""

import asyncio
from typing import Any

import psutil
import pytest

from harness.added_feeds import add_weather, store, until_known
from harness.parts import Stack
from harness.people import People, User
from harness.rooms import Rooms, make_event, make_execution
from proto import chatmessage_pb2 as pb
from proto.chatmessage_pb2 import chatmessage

LONG = "x" * 1_048_064
CUT = "delete from chat.block_log; delete from chat.room_log where room_id = 0 and seq between 1 and 20"


async def read(user: User, **fields: Any) -> chatmessage:
    """The answer to a HISTORY; waits where they come too fast."""
    while True:
        await user.send(chatmessage(mtype=pb.HISTORY, **fields))
        answer = (await user.until(lambda message: message.mtype == pb.HISTORY))[-1]
        if "too fast" not in answer.reason:
            assert not answer.HasField("reason"), answer.reason
            return answer
        await asyncio.sleep(0.2)


async def scroll_back(user: User, count: int) -> list[chatmessage]:
    """All of a room's past, page by page."""
    found: list[chatmessage] = []
    before: dict[str, int] = {}
    while page := list((await read(user, history=count, **before)).messages):
        found = page + found
        before = {"before": page[0].seq}
    return found


async def scroll_on(user: User, count: int, after: int = 0) -> list[chatmessage]:
    """The same from the start."""
    found: list[chatmessage] = []
    while page := list((await read(user, history=count, resume_after=after)).messages):
        found += page
        after = page[-1].seq
    return found


@pytest.mark.parametrize("postgres_version", [18, 16])
async def test_five_thousand_messages_come_back_as_sent(stack: Stack, people: People, rooms: Rooms) -> None:
    """Rows of all feeds, comments and statuses, from either end."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    await add_weather(rooms.connection)
    await until_known(adam, "weather")
    for number in range(50):
        await rooms.store_events([make_event(text=f"{number}.{row}") for row in range(60)])
        await rooms.store_executions([make_execution(price=row + 1) for row in range(20)])
        await store(rooms.connection, **{f"city{row}": number + row for row in range(20)})
        await adam.comment(f"{number}")
    sent = [adam.joined, *await adam.through("49")]
    first = [message for message in sent if message.HasField("seq")]
    assert len(first) > 5000
    first[0].ClearField("resume_token")
    # What came between the join and the feed is among them, too.
    back = await scroll_back(adam, 500)
    assert [message.seq for message in back] == [*range(1, len(back) + 1)]
    known = {message.seq: message.SerializeToString() for message in first}
    assert all(known[message.seq] == message.SerializeToString() for message in back if message.seq in known)
    assert {message.seq for message in back} >= known.keys()
    assert await scroll_on(adam, 500) == back
    assert [message.seq for message in (await read(adam, before=2000, history=3)).messages] == [1997, 1998, 1999]
    assert [message.seq for message in (await read(adam, resume_after=2000, history=3)).messages] == [2001, 2002, 2003]
    assert len((await read(adam)).messages) == len((await read(adam, history=2**32 - 1, before=2**63)).messages) == 500
    for fields in ({"before": 0}, {"before": 1}, {"resume_after": len(back)}):
        nothing = await read(adam, **fields)
        assert not nothing.messages
        assert not nothing.HasField("seq")
    assert (await read(adam, resume_after=2**64 - 1)).seq == len(back)


async def test_messages_too_large_for_one_answer_come_in_more(stack: Stack, people: People) -> None:
    """The longest comments, one by one; none is left out."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "ä" * 64)
    for number in range(4):
        await adam.comment(f"{number}{LONG[1:]}")
        await adam.comments()
    for found in (await scroll_back(adam, 500), await scroll_on(adam, 2)):
        assert [message.seq for message in found] == [1, 2, 3, 4, 5]
        assert [message.comment[0] for message in found[1:]] == ["0", "1", "2", "3"]
        assert all(len(message.comment) == len(LONG) for message in found[1:])


async def test_what_is_gone_is_told(stack: Stack, people: People, rooms: Rooms) -> None:
    """By the last seq of it, whichever way it is asked for; what is there comes."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    for number in range(30):
        await adam.comment(str(number))
    await adam.through("29")
    await rooms.connection.execute(CUT)
    for fields in ({}, {"resume_after": 5}, {"before": 32}):
        answer = await read(adam, **fields)
        assert answer.seq == 20, fields
        assert [message.seq for message in answer.messages] == [*range(21, 32)]
    whole = await read(adam, history=5)
    assert not whole.HasField("seq")
    assert [message.seq for message in whole.messages] == [27, 28, 29, 30, 31]
    gone = await read(adam, before=10)
    assert (gone.seq, len(gone.messages)) == (9, 0)
    assert (await read(adam, resume_after=0)).messages[0].seq == 21


async def test_a_row_that_is_no_message_is_told_in_its_place(stack: Stack, people: People, rooms: Rooms) -> None:
    """Somebody stored it with something else for its message; the rest of the page comes."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    adam.abort()
    await people.until_empty(gateway.port)
    await rooms.connection.execute(
        "insert into feed.sport_event (sport, match_title, data_event, message) values (3, 'x', 'y', '\\xff')"
    )
    eve = await people.join(gateway.port, "eve")
    answer = await read(eve)
    assert [message.seq for message in answer.messages] == [1, 2, 3, 4]
    assert answer.messages[2].userstatus == "OMITTED_TOOLARGE"


async def test_who_asks_and_does_not_read_is_not_answered_on(stack: Stack, people: People) -> None:
    """What waits for that client stays below two answers, and others are served."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    eve = await people.join(gateway.port, "eve")
    await adam.comment(LONG)
    await adam.comments()
    await eve.comments()
    process = psutil.Process(gateway.part.child.pid)
    before = process.memory_info().rss
    eve.pause()
    for _ in range(60):
        await eve.send(chatmessage(mtype=pb.HISTORY, history=1, before=4))
    await asyncio.sleep(3)
    grown = process.memory_info().rss - before
    print(f"grown by {grown / 2**20:.1f} MiB")
    assert grown < 20 * 2**20
    assert (await read(adam, history=1)).messages[0].comment == LONG
    eve.abort()
    await adam.status("USEREXITED", user="eve")
    assert "bug" not in gateway.part.output
