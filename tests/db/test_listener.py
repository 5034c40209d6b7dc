"""The listening connection: what cannot be listened to is told to whoever asked, and costs nobody else anything."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import asyncpg
import pytest

from gateway.closing import Closing
from gateway.errors import DatabaseFaultError
from gateway.postgres import queries
from gateway.postgres.listener import Listener
from harness.background import background

END_LISTENERS = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and application_name = 'edgechat gateway listener'
"""


class Owner:
    """It notes that a connection has replaced another."""

    def __init__(self) -> None:
        self.resynced = asyncio.Event()

    def interrupted(self) -> None:
        """Notifications may have been missed."""

    def resync(self) -> None:
        """There is another connection."""
        self.resynced.set()

    def fell_silent(self) -> None:
        """Postgres does not answer."""

    def registered(self, gateway_id: int) -> None:
        """The gateway has this id."""

    def drop_member(self, member_id: int) -> None:
        """A membership was taken back."""

    def end_member(self, member_id: int, why: Closing) -> None:
        """Have no members."""


@pytest.fixture
def owner() -> Owner:
    """Of the listener."""
    return Owner()


@pytest.fixture
async def listener(database: str, connection: asyncpg.Connection, owner: Owner) -> AsyncIterator[Listener]:
    """One that runs."""
    made = Listener(database, partial(connection.execute, queries.PROBE), owner)
    await made.open()
    try:
        async with background(made.run()):
            yield made
    finally:
        await made.close()


async def test_a_channel_that_postgres_refuses(
    listener: Listener, owner: Owner, connection: asyncpg.Connection
) -> None:
    """An empty name is no name. Other channels are heard as before, also over the next connection."""
    heard: asyncio.Queue[str] = asyncio.Queue()
    await listener.listen("here", heard.put_nowait)
    with pytest.raises(DatabaseFaultError, match="zero-length"):
        await listener.listen("", heard.put_nowait)
    for text in ("still", "again"):
        await connection.execute("select pg_notify('here', $1)", text)
        assert await asyncio.wait_for(heard.get(), 30) == text
        owner.resynced.clear()
        await connection.execute(END_LISTENERS)
        await asyncio.wait_for(owner.resynced.wait(), 30)
