"""Bridge and gateway, each logged in as its own role, with the rights that db/grants.sql gives."""

import inspect
import re
import signal
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
from nats.aio.client import Client

import bridge.queries
import gateway.postgres.queries
from harness.parts import Stack
from harness.people import People
from harness.rooms import make_event, make_execution
from harness.servers import PostgresServer
from harness.shards import one_server
from proto.chatmessage_pb2 import COMMENT
from runtime.primary import primary_of
from runtime.role import connect_as

FEEDS = ("execution", "sport_event")
CALLABLE = """
select p.proname
from pg_proc as p
where p.pronamespace = 'chat'::regnamespace and has_function_privilege(p.oid, 'execute')
order by p.proname
"""
LOGINS = """
select distinct usename::text
from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()
order by usename
"""
LISTENERS = (
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'edgechat gateway listener'"
)


@dataclass(frozen=True, slots=True)
class Roles:
    """URLs of one database, by role."""

    bridge: str
    gateway: str


@pytest.fixture
def roles(postgres: PostgresServer, database: str) -> Roles:
    """The logins of the parts' own roles."""
    name = urlsplit(database).path.lstrip("/")
    return Roles(*(postgres.server.part_url(part, name) for part in ("bridge", "gateway")))


@one_server
async def test_everything_works_with_the_small_roles(
    roles: Roles, database: str, feed_stack: Stack, people: People, nats_client: Client
) -> None:
    """Joins, comments, filters, feeds, rejects, history, a lost listener and exits, all with the small roles."""
    one, other = [await feed_stack.start_gateway(DATABASE_URL=roles.gateway) for _ in range(2)]
    await feed_stack.start_bridge(DATABASE_URL=roles.bridge)
    standby = feed_stack.launch("bridge", DATABASE_URL=roles.bridge)
    # What only somebody who may know it is told.
    await standby.until_said("(edgechat bridge, of chatserviceusr_bridge, from ")
    adam = await people.join(one.port, "adam")
    eve = await people.join(other.port, "eve")
    await adam.set_filter("sport = 3", "price >")
    assert "execution filter" in (await adam.status("REJECTED_BADFILTER")).reason
    await adam.set_filter("sport = 3", "price > 10")
    await eve.status("FILTERAPPLIED")

    await nats_client.publish("sport_event", b"not an event")
    await nats_client.publish("sport_event", make_event(sport=3).SerializeToString())
    await nats_client.publish("execution", make_execution(price=50).SerializeToString())
    assert len(await eve.feed(2)) == 2
    connection = await asyncpg.connect(database)
    assert await connection.fetchval("select count(*) from chat.feed_reject") == 1
    used = {row["usename"] for row in await connection.fetch(LOGINS)}
    assert used == {"chatserviceusr_bridge", "chatserviceusr_gateway"}
    assert len(await connection.fetch(LISTENERS)) == 2
    await connection.close()

    await adam.comment("still here")
    await eve.through("still here")
    late = await people.join(other.port, "late", resume_after=0)
    await late.comment("end")
    said = [message.comment for message in await late.through("end") if message.mtype == COMMENT]
    assert said == ["still here", "end"]
    one.part.kill()
    await eve.status("USEREXITED", user="adam")


async def test_a_lost_gateway_comes_back(roles: Roles, stack: Stack) -> None:
    """A gateway may end its session that a dead connection still holds: the owner is a member of its role."""
    gateway = await stack.start_gateway(DATABASE_URL=roles.gateway)
    # Frozen, so that it does not take its lock back at once.
    gateway.part.child.send_signal(signal.SIGSTOP)
    connection = await asyncpg.connect(roles.gateway)
    try:
        assert await connection.fetchval("select chat.reclaim_gateway(1)")
    finally:
        await connection.close()
        gateway.part.child.send_signal(signal.SIGCONT)


@pytest.mark.parametrize(
    ("part", "queries"),
    [("bridge", inspect.getsource(bridge.queries)), ("gateway", inspect.getsource(gateway.postgres.queries))],
)
async def test_the_list_is_exact(roles: Roles, part: str, queries: str) -> None:
    """A role may call the functions that its part's queries name, all of them and no others."""
    named = {name for feed in FEEDS for name in re.findall(r"chat\.(\w+)\(", queries.replace("{name}", feed))}
    connection = await asyncpg.connect(getattr(roles, part))
    try:
        assert {row["proname"] for row in await connection.fetch(CALLABLE)} == named
    finally:
        await connection.close()


async def test_a_part_that_logs_in_as_the_owner_gives_up_its_rights(database: str) -> None:
    """The sessions of a gateway have its own rights only, before and after they were given back to the pool."""
    pool = asyncpg.create_pool(database, min_size=0, max_size=1, connect=_connect_as_gateway)
    await pool
    try:
        for _ in range(2):
            assert await pool.fetchval("select current_user") == "chatserviceusr_gateway"
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await pool.fetch("select * from chat.member")
    finally:
        pool.terminate()


async def _connect_as_gateway(dsn: str | None = None, **options: Any) -> asyncpg.Connection:
    assert dsn is not None
    return await connect_as("gateway", primary_of(dsn), **options)
