"""Postgres that can be read and not written, as in the first seconds of a failover: nobody is lost, and all resumes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from websockets.exceptions import ConnectionClosed

from harness.parts import Stack
from harness.people import People
from harness.servers import PostgresServer
from harness.waiting import until

IS_READ_ONLY = "select current_setting('default_transaction_read_only')::boolean"
MEMBERS = "select array_agg(m.username order by m.username) from chat.member as m"
TRY_LATER = 1013


@pytest.fixture
async def superuser(postgres: PostgresServer) -> AsyncIterator[asyncpg.Connection]:
    """A connection that may change the server's settings; they are as before at the end."""
    connection = await asyncpg.connect(postgres.server.superuser_url)
    yield connection
    await set_read_only(connection, False)
    await connection.close()


async def set_read_only(superuser: asyncpg.Connection, is_read_only: bool) -> None:
    """For all sessions that there are, without ending any."""
    await superuser.execute("set transaction_read_only = off")
    await superuser.execute(f"alter system set default_transaction_read_only = {'on' if is_read_only else 'off'}")
    await superuser.execute("select pg_reload_conf()")

    async def is_seen() -> bool:
        return bool(await superuser.fetchval(IS_READ_ONLY)) == is_read_only

    await until(is_seen, "the setting to be in force")


@asynccontextmanager
async def read_only(superuser: asyncpg.Connection) -> AsyncIterator[None]:
    """For the time of the block."""
    await set_read_only(superuser, True)
    try:
        yield
    finally:
        await set_read_only(superuser, False)


async def test_nobody_is_lost_while_nothing_can_be_written(
    stack: Stack, people: People, connection: asyncpg.Connection, superuser: asyncpg.Connection
) -> None:
    """Requests are refused with a reason, who comes is told to try later, and who goes meanwhile has gone after it."""
    gateways = [await stack.start_gateway(), await stack.start_gateway()]
    adam, eve = [await people.join(gateway.port, name) for gateway, name in zip(gateways, ("adam", "eve"), strict=True)]
    goer = await people.join(gateways[0].port, "goer")
    async with read_only(superuser):
        await adam.comment("refused")
        assert "the database is away" in (await adam.status("REJECTED_COMMENT")).reason
        await eve.set_filter("sport = 3")
        assert "the database is away" in (await eve.status("REJECTED_BADFILTER")).reason
        with pytest.raises(ConnectionClosed, match=str(TRY_LATER)):
            await people.join(gateways[1].port, "late")
        await goer.close()
        # Several looks for dead gateways, which write too.
        await asyncio.sleep(3)
    await adam.comment("posted")
    assert [(await user.comments())[0].comment for user in (adam, eve)] == ["posted", "posted"]

    async def has_goer_left() -> bool:
        return bool(await connection.fetchval(MEMBERS) == ["adam", "eve"])

    await until(has_goer_left, "the leave that is owed")
    await people.join(gateways[0].port, "goer")
    for gateway in gateways:
        gateway.part.require_alive()
        assert "Traceback" not in gateway.part.output
