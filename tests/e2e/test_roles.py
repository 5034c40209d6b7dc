"""Bridge and gateway with no more rights than db/roles.sql and db/grants.sql give them."""

import inspect
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import asyncpg
import psycopg2
import pytest
from nats.aio.client import Client

import bridge.queries
import gateway.postgres.queries
from harness.parts import ROOT, Stack
from harness.people import People
from harness.rooms import make_event, make_execution
from harness.servers import PostgresServer
from proto.chatmessage_pb2 import COMMENT

PASSWORD = "a secret"
FEEDS = ("execution", "sport_event")
SET_PASSWORDS = """
alter role edgechat_bridge password 'a secret';
alter role edgechat_gateway password 'a secret'
"""
DROP_ROLES = "drop owned by edgechat_bridge, edgechat_gateway; drop role edgechat_bridge, edgechat_gateway"
CALLABLE = """
select p.proname
from pg_proc as p
where p.pronamespace = 'chat'::regnamespace and has_function_privilege(p.oid, 'execute')
order by p.proname
"""
LISTENERS = (
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'edgechat gateway listener'"
)
FORBIDDEN = {
    "edgechat_bridge": (
        "select chat.configure_rooms('{1}')",
        "select message from chat.chat_event",
        "delete from chat.feed_position",
        "create table chat.mine ()",
        "create table public.mine ()",
    ),
    "edgechat_gateway": (
        "select chat.open_position('CHATFEED', 'now')",
        "select symbol from feed.execution",
        "delete from chat.room_log",
        "create view room_filter.mine as select 1",
        "create table public.mine ()",
    ),
}


@dataclass(frozen=True, slots=True)
class Roles:
    """URLs of one database, by role."""

    bridge: str
    gateway: str


@pytest.fixture
def roles(postgres: PostgresServer, database: str) -> Iterator[Roles]:
    """The database with both files run on it as docs/deploy.md says: by the administrator, and by the owner."""
    administrator = database_as(database, urlsplit(postgres.server.superuser_url).netloc.partition("@")[0])
    run(administrator, (ROOT / "db" / "roles.sql").read_text() + SET_PASSWORDS)
    try:
        run(database, (ROOT / "db" / "grants.sql").read_text())
        yield Roles(*(database_as(database, f"{name}:{PASSWORD.replace(' ', '%20')}") for name in FORBIDDEN))
    finally:
        run(administrator, DROP_ROLES)


def database_as(url: str, account: str) -> str:
    """The URL of the same database for another account."""
    return f"postgresql://{account}@{url.partition('@')[2]}"


def run(url: str, text: str) -> None:
    """Run statements as psql would."""
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(text)
    finally:
        connection.close()


async def test_everything_works_with_the_small_roles(
    roles: Roles, database: str, feed_stack: Stack, people: People, nats_client: Client
) -> None:
    """Joins, comments, filters, feeds, rejects, history, a lost listener and exits, all with the small roles."""
    one, other = [await feed_stack.start_gateway(DATABASE_URL=roles.gateway) for _ in range(2)]
    await feed_stack.start_bridge(DATABASE_URL=roles.bridge)
    standby = feed_stack.launch("bridge", DATABASE_URL=roles.bridge)
    # What only somebody who may know it is told.
    await standby.until_said("(edgechat bridge, of edgechat_bridge, from ")
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


@pytest.mark.parametrize("role", FORBIDDEN)
async def test_the_small_roles_can_do_nothing_else(roles: Roles, role: str) -> None:
    """Neither reads or changes tables that are not its own, calls the other's functions, or makes anything."""
    connection = await asyncpg.connect(getattr(roles, role.removeprefix("edgechat_")))
    try:
        for statement in FORBIDDEN[role]:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        await connection.close()


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
