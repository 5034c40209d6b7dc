"""A gateway has old rows dropped while people are in its rooms; whoever comes back for them is told."""

import asyncio
from functools import partial

import asyncpg

from harness.parts import Stack
from harness.people import People
from harness.rooms import Rooms, make_event
from harness.waiting import until

FEED = "table_name = 'feed.sport_event'::regclass"
GONE = f"select gone_until from chat.bounded_table where {FEED}"
BEGUN = f"select 1 from chat.partition where {FEED} and began_at is not null"
BOUNDED = f"select 1 from chat.partition where {FEED} and until_key is not null"
FILLED = f"select 1 from chat.partition where {FEED} and filled_at is not null"
BEGIN_EARLIER = f"update chat.partition set began_at = began_at - interval '8 days' where {FEED}"
FILL_EARLIER = f"update chat.partition set filled_at = filled_at - interval '8 days' where {FEED}"


async def test_a_gateway_drops_what_is_old(
    stack: Stack, people: People, rooms: Rooms, connection: asyncpg.Connection
) -> None:
    """It does so by itself, members notice nothing, and a resume from before begins with HISTORY_TRUNCATED."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    await rooms.store_events([make_event(text=f"old {number}") for number in range(3)])
    assert [message.seq for message in await adam.feed(3)] == [2, 3, 4]

    ask = connection.fetchval
    await until(partial(ask, BEGUN), "the row to be seen")
    await until(partial(ask, BOUNDED), "a partition made ahead")
    # Eight days pass, and another eight.
    await connection.execute(BEGIN_EARLIER)
    await until(partial(ask, FILLED), "the next partition to be used")
    await connection.execute(FILL_EARLIER)
    await until(partial(ask, GONE), "the rows to be gone")
    await rooms.store_events([make_event(text="new")])
    assert [message.seq for message in await adam.feed(1)] == [5]

    eve = await people.join(gateway.port, "eve", resume_after=2)
    told = await eve.receive()
    assert (told.userstatus, told.seq) == ("HISTORY_TRUNCATED", 4)
    await eve.comment("end")
    assert [message.seq for message in await eve.through("end")] == [5, 6, 7]
    zoe = await people.join(gateway.port, "zoe", resume_after=4)
    await zoe.comment("end of zoe")
    assert [message.seq for message in await zoe.through("end of zoe")] == [5, 6, 7, 8, 9]
    async with asyncio.timeout(30):
        await adam.comment("still here")
        await adam.through("still here")
