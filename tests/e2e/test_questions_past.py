"""A member reads the room's past page by page, backward and forward, and is told what is gone."""

import asyncio

from harness.added_feeds import add_weather, store
from harness.parts import Stack
from harness.people import People
from harness.questions import ask, past
from harness.rooms import Rooms, make_event, make_execution
from proto.chatmessage_pb2 import COMMENT, HISTORY, chatmessage


async def test_the_past_comes_page_by_page(stack: Stack, people: People, rooms: Rooms) -> None:
    """5,000 messages scrolled back are those that came, each once; forward it is the same."""
    await add_weather(rooms.connection)
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    await adam.set_filters({"weather": "NONE"})
    for _ in range(48):
        await rooms.store_events([make_event(text=f"{number}") for number in range(100)])
        await adam.comment("between")
    await store(rooms.connection, Ulm=1.5, Oslo=-3)
    await rooms.store_executions([make_execution(f"{number}") for number in range(150)])
    await adam.comment("last")
    heard = [adam.joined, *await adam.through("last")]
    # The own USERJOINED alone may hold what is only the receiver's.
    heard[0].ClearField("resume_token")
    newest = heard[-1].seq
    assert newest > 5_000
    back: list[chatmessage] = []
    while page := await past(adam, history=400, **({"before": back[0].seq} if back else {})):
        back = page + back
    assert back == heard
    forth: list[chatmessage] = []
    while page := await past(adam, history=500, resume_after=forth[-1].seq if forth else 0):
        forth += page
        await asyncio.sleep(0.2)
    assert forth == heard
    assert [m.seq for m in await past(adam, before=101, history=3)] == [98, 99, 100]
    assert [m.seq for m in await past(adam, resume_after=newest - 2, history=10**6)] == [newest - 1, newest]
    assert len(await past(adam)) == 100
    assert await past(adam, before=1) == await past(adam, resume_after=2**64 - 1) == []


async def test_what_is_gone_of_the_past_is_told(stack: Stack, people: People, rooms: Rooms) -> None:
    """The seq of the answer is the last that is gone."""
    adam = await people.join((await stack.start_gateway()).port, "adam")
    for _ in range(2):
        await rooms.store_events([make_event()] * 10)
    await adam.feed(20)
    assert (await ask(adam, HISTORY, history=500)).seq == 0
    await rooms.connection.execute("delete from chat.group_log where first_place <= 5")
    answer = await ask(adam, HISTORY, before=22, history=15)
    assert (answer.seq, [message.seq for message in answer.messages]) == (11, list(range(12, 22)))


async def test_large_messages_of_the_past_come_in_several_pages(stack: Stack, people: People) -> None:
    """Each answer fits in a frame; the largest message comes alone."""
    adam = await people.join((await stack.start_gateway()).port, "adam")
    texts = ["x" * 1_048_064, *("y" * 300_000 for _ in range(3)), "z"]
    for text in texts:
        await adam.comment(text)
        await adam.comments()
    found: list[str] = []
    first = 10
    while page := await past(adam, history=10, before=first):
        first = page[0].seq
        found = [message.comment for message in page if message.mtype == COMMENT] + found
        assert sum(len(message.comment) for message in page) <= 1_048_576
        if first == 1:
            break
    assert found == texts
