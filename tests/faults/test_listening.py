"""The LISTEN connection: used by one command at a time, and not kept listening for nothing."""

import asyncio
from functools import partial
from random import Random

import asyncpg
import pytest

from gateway import main, upkeep
from gateway.closing import Closing
from gateway.postgres import queries
from gateway.postgres.listener import Listener
from harness.parts import Stack
from harness.people import People
from harness.servers import free_port
from harness.waiting import until
from runtime import settings
from runtime.port import answers

IS_UNLISTENED = """
select exists (
  select from pg_stat_activity
  where datname = current_database() and application_name = 'edgechat gateway listener'
    and query like 'UNLISTEN "chat_room_3"%'
)
"""


def mark(event: asyncio.Event, payload: str) -> None:
    """Note that something was heard."""
    event.set()


class Owner:
    """A gateway that has nothing but a listener."""

    def interrupted(self) -> None:
        """Know of no groups of rooms."""

    def resync(self) -> None:
        """Read nothing."""

    def fell_silent(self) -> None:
        """Have nothing under way."""

    def registered(self, gateway_id: int) -> None:
        """Keep nothing."""

    def drop_member(self, member_id: int) -> None:
        """Have no members."""

    def end_member(self, member_id: int, why: Closing) -> None:
        """Have no members."""


async def test_joins_of_many_rooms_at_once_do_not_cost_the_connection(stack: Stack, people: People) -> None:
    """Users who join many rooms at the same moment do not cost the gateway its connection."""
    gateway = await stack.start_gateway(NUM_CHATROOMS="40")
    users = [await people.connect(gateway.port) for _ in range(40)]
    await asyncio.gather(*(user.enter(f"user {room}", room) for room, user in enumerate(users)))
    for room, user in enumerate(users):
        await user.comment(f"in room {room}")
    await asyncio.gather(*(user.through(f"in room {room}") for room, user in enumerate(users)))
    assert "waiting for the listening connection" not in gateway.part.output


async def test_what_is_listened_to_is_heard_however_others_come_and_go(
    database: str, connection: asyncpg.Connection
) -> None:
    """What is listened to is heard from the moment that listen() returns, however others listen and stop meanwhile."""
    listener = Listener(database, partial(connection.execute, queries.PROBE), Owner())
    await listener.open()
    random = Random(7)

    async def come_and_go(channel: str, number: int) -> None:
        for turn in range(20):
            heard = asyncio.Event()
            await listener.listen(channel, partial(mark, heard))
            await connections[number].execute("select pg_notify($1, $2)", channel, str(turn))
            async with asyncio.timeout(30):
                await heard.wait()
            if random.random() < 0.8:
                await listener.unlisten(channel)

    connections = [await asyncpg.connect(database) for _ in range(8)]
    running = asyncio.create_task(listener.run())
    try:
        await asyncio.gather(*(come_and_go(f"channel {number}", number) for number in range(8)))
        assert not running.done()
        assert listener.is_up.is_set()
    finally:
        running.cancel()
        await listener.close()
        for other in connections:
            await other.close()


async def test_a_room_that_everybody_left_is_not_listened_to_until_somebody_comes_back(
    database: str, connection: asyncpg.Connection, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A room that everybody here has left is not listened to any more, and is again for who comes back."""
    monkeypatch.setattr(upkeep, "IDLE_INTERVAL", 0.2)
    port = free_port()
    environ = {"DATABASE_URL": database, "CONTAINER_HOST": "127.0.0.1", "CONTAINER_PORT": str(port)}
    running = asyncio.create_task(main.run(settings.load(environ)))
    try:
        await until(lambda: answers("127.0.0.1", port), "the gateway")
        for turn in range(3):
            adam = await people.join(port, f"adam {turn}", 3)
            await adam.close()
            await until(lambda: connection.fetchval(IS_UNLISTENED), "UNLISTEN")
            eve = await people.join(port, f"eve {turn}", 3)
            await eve.comment("here")
            await eve.through("here")
            await eve.close()
    finally:
        running.cancel()
        await asyncio.wait([running])
