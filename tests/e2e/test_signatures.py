"""Filters of members that differ in constants only are evaluated together once a gateway noticed how many they are."""

import asyncpg

from harness.parts import Stack
from harness.people import People, User
from harness.rooms import Rooms, make_execution
from harness.shards import one_server
from harness.waiting import until
from proto.chatmessage_pb2 import COMMENT, EXECUTION, chatmessage

ROOMS = 40
FORM = "select form from chat.filter_signatures where feed = 'execution' and signature = '(price > $1:numeric)'"


@one_server
async def test_members_get_what_their_filters_pass_whatever_evaluates_them(
    stack: Stack, people: People, rooms: Rooms, connection: asyncpg.Connection
) -> None:
    """One by one at first, then together; a filter that is set then holds at once, and so does its end."""
    gateway = await stack.start_gateway(NUM_CHATROOMS=str(ROOMS))
    users = [await people.join(gateway.port, f"user{room}", room) for room in range(ROOMS)]
    for room, user in enumerate(users):
        await _set(user, f"price > {room}")
    await rooms.store_executions([make_execution(price=price) for price in range(ROOMS)])
    for room, user in enumerate(users):
        assert await _prices(user, ROOMS - 1 - room) == list(range(room + 1, ROOMS))

    async def is_indexed() -> bool:
        return str(await connection.fetchval(FORM)) == "bitmaps"

    await until(is_indexed, "the filters evaluated together")
    await _set(users[0], "price > 37.5")
    await _set(users[1], "ALL")
    await rooms.store_executions([make_execution(price=price) for price in range(ROOMS)])
    for room, user in enumerate(users[2:], 2):
        assert await _prices(user, ROOMS - 1 - room) == list(range(room + 1, ROOMS))
    assert await _prices(users[0], 2) == [38, 39]
    await users[1].send(chatmessage(mtype=COMMENT, comment="nothing came"))
    assert all(message.mtype != EXECUTION for message in await users[1].through("nothing came"))


async def _set(user: User, clause: str) -> None:
    await user.set_filter(sport="ALL", execution=clause)
    await user.status("FILTERAPPLIED")


async def _prices(user: User, count: int) -> list[float]:
    messages: list[chatmessage] = await user.feed(count)
    return [message.execmsg.price for message in messages]
