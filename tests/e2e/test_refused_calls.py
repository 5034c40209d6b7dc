"""Where Postgres refuses what a gateway asks of it, those who asked are told, and nobody else notices."""

import asyncio

import asyncpg
import pytest

from harness.parts import Stack
from harness.people import People, User
from harness.rooms import Rooms, make_event
from harness.shards import one_server

# As a mistake in a function would, at some row of somebody's data.
BREAK_LOG = """
create or replace function chat.list_logged_rows(
  p_room_id integer, p_after_seq bigint, p_up_to_seq bigint, p_limit integer
)
returns table (
  seq bigint, feed_id smallint, row_id bigint, logged_at timestamptz, group_id integer, place bigint
)
language sql
as 'select 1 / 0::bigint, 1::smallint, 1::bigint, now(), 1, 1::bigint'
"""
NOTIFY = "select pg_notify($1, $2)"
FOREIGN = (
    "hello",
    "C 3-1 YQ==",
    "C 1-1000000000000 YQ==",
    "C 99999999999999999999 ",
    "G 3-1 *|1:70",
    "G 1-1000000000000 *|1:70",
    "M 1:70 3-1",
    "M 1:70 99999999999999999999 ",
    "M 1:70 1-1000000000000 YQ==",
)
"""What anybody with a login may send on a channel."""


async def test_a_history_that_cannot_be_read_ends_the_connection(
    stack: Stack, people: People, connection: asyncpg.Connection
) -> None:
    """Whoever waits for it is not held for ever; the others in the room stay."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    await adam.comment("one")
    await adam.comments()
    await connection.execute(BREAK_LOG)
    eve = await people.join(gateway.port, "eve", resume_after=0)
    assert [message.seq async for message in eve.messages()] == []
    assert eve.closing[0] == 1013
    await adam.status("USEREXITED", user="eve")
    await gateway.part.until_said("division by zero")
    await adam.comment("two")
    assert (await adam.comments())[0].comment == "two"


@pytest.mark.parametrize("payload", FOREIGN)
async def test_what_others_notify_is_passed_over(stack: Stack, people: People, rooms: Rooms, payload: str) -> None:
    """On a feed's channel and on a room's; what comes behind it is delivered."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    for channel in ("chat_feed_1", "chat_room_0"):
        await rooms.connection.execute(NOTIFY, channel, payload)
    await rooms.store_events([make_event(text="row")])
    await adam.comment("end")
    heard = await adam.through("end")
    assert [message.seq for message in heard] == [2, 3]
    gateway.part.require_alive()


@one_server
async def test_a_room_whose_view_is_read_costs_other_rooms_nothing(
    stack: Stack, people: People, connection: asyncpg.Connection
) -> None:
    """More such rooms than filters are set at a time: others are set at once, and nobody's allowance is used up."""
    gateway = await stack.start_gateway(MAX_NUMUSERS="[9]")
    readers = [await people.join(gateway.port, f"reader {number}", room) for number, room in enumerate((0, 1, 2))]
    for reader in readers:
        await apply(reader, "sport = 3")
    other = await people.join(gateway.port, "other", 3)
    async with connection.transaction():
        for room in (0, 1, 2):
            await connection.execute(f"select count(*) from room_filter.room_{room}_sport_event")
        for reader in readers:
            await reader.set_filter("sport = 4")
        answers = [asyncio.create_task(reader.status("REJECTED_BADFILTER")) for reader in readers]
        await apply(other, "sport = 5")
        assert not any(answer.done() for answer in answers)
        assert all("has been reading the room's view" in answer.reason for answer in await asyncio.gather(*answers))
    for reader in readers:
        await apply(reader, "sport = 4")


async def apply(user: User, sport: str) -> None:
    """Set a filter, and see it in force."""
    await user.set_filter(sport)
    await user.status("FILTERAPPLIED", sport_filter=sport)
