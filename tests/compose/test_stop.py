"""`docker-compose stop`: everything of ours ends by itself, in time, and members hear why."""

import asyncio
import time

import asyncpg

from harness.containers import LASTING, Containers, service_of
from harness.people import People

OURS = ("bridge", "chathost", "executions", "sports", "proxy")
KILLED = 128 + 9
NAMES = ("anna", "emil")
EXITS = """
select count(*) filter (where username = 'anna'), count(*) filter (where username = 'emil')
from chat_event
where userstatus = 'USEREXITED'
"""
EXIT_SECONDS = 30.0


async def test_stop_keeps_what_start_needs(containers: Containers, people: People) -> None:
    """Clients are closed with 1001, nothing has to be killed; after the start each exit is announced, once."""
    users = [await people.join(containers.port, name, 0) for name in NAMES]
    started = time.monotonic()
    await containers.compose("stop")
    took = time.monotonic() - started

    codes = {service_of(found): found["State"]["ExitCode"] for found in await containers.containers(*LASTING)}
    assert {service: codes[service] for service in OURS} == dict.fromkeys(OURS, 0)
    assert KILLED not in codes.values()
    # Several rounds of containers, each of which may take 10 s before it is killed.
    assert took < 40
    for user in users:
        assert [message async for message in user.messages()]
        assert user.closing[0] == 1001

    await containers.up()
    connection = await asyncpg.connect(containers.database_url)
    try:
        async with asyncio.timeout(EXIT_SECONDS):
            while 0 in await exits(connection):
                await asyncio.sleep(0.2)
        await asyncio.sleep(3)
        assert await exits(connection) == [1, 1]
    finally:
        await connection.close()


async def exits(connection: asyncpg.Connection) -> list[int]:
    """How often each member was announced to have left."""
    row = await connection.fetchrow(EXITS)
    assert row is not None
    return list(row)
