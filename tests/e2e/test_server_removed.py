"""A server that is taken out of the map, and one that gets another address, while a gateway runs."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from nats.aio.client import Client
from websockets.exceptions import ConnectionClosed

from harness.parts import Gateway
from harness.people import People
from harness.servers import PostgresServer
from harness.several import Servers, parts_on, several
from harness.waiting import until
from servers.nats import EmbeddedNats

SESSIONS = """
select count(*) from pg_stat_activity where datname = current_database() and application_name ^@ 'edgechat gateway'
"""


@pytest.fixture
async def gateway(servers: Servers) -> AsyncIterator[Gateway]:
    """One that knows the map."""
    with parts_on(servers) as stack:
        yield await stack.start_gateway(NUM_CHATROOMS="6", MAX_NUMUSERS="[4]")


def refusal(servers: Servers, name: str) -> str:
    """What is said when a server must not be removed."""
    refused = servers.run("server", "remove", name)
    assert refused.returncode == 1, refused.stdout
    return refused.stderr


def sessions(servers: Servers, name: str) -> int:
    """How many connections a gateway has to a server."""
    [(count,)] = servers.execute(name, SESSIONS)
    return int(count)


async def test_a_drained_server_is_removed(servers: Servers, gateway: Gateway, people: People) -> None:
    """The gateway lets go of it, and all rooms are at the others."""
    member = await people.join(gateway.port, "ann", 0)
    assert "db2 has 341 slots: run `edgechat server drain db2` first" in await asyncio.to_thread(
        refusal, servers, "db2"
    )
    await asyncio.to_thread(servers.do, "server", "drain", "db2")
    assert "db2 is no server any more" in await asyncio.to_thread(servers.do, "server", "remove", "db2")
    listed = await asyncio.to_thread(servers.listed)
    assert [(server["name"], server["slots"]) for server in listed["servers"]] == [("db1", 512), ("db3", 512)]

    async def is_let_go() -> bool:
        return sessions(servers, "db2") == 0

    await until(is_let_go, "the gateway to let go of db2")
    for room in range(6):
        other = await people.join(gateway.port, f"bob{room}", room)
        await other.comment("hello")
        await other.through("hello")
    await member.comment("still here")
    await member.through("still here")


def test_a_lost_server_that_was_drained_is_removed(servers: Servers, postgres: PostgresServer) -> None:
    """Whether it has anything the others know."""
    servers.do("server", "drain", "db1")
    postgres.drop(servers.urls.pop("db1"))
    told = servers.do("server", "remove", "db1", DATABASE_URL=servers.urls["db2"])
    assert "db1 does not answer: this goes by what the others have" in told
    assert [server["name"] for server in servers.listed()["servers"]] == ["db2", "db3"]


def test_what_must_not_be_removed(servers: Servers, postgres: PostgresServer) -> None:
    """Whatever has slots by the map or by what the others hold, what is no server, and the last one."""
    assert "there is no server 'db9'; there are db1, db2, db3" in refusal(servers, "db9")
    servers.do("server", "drain", "db3")
    servers.execute("db2", "delete from chat.slot where slot = (select max(slot) from chat.slot)")
    said = refusal(servers, "db3")
    assert "held by no other server" in said
    assert "edgechat server move --undo" in said
    postgres.drop(servers.urls.pop("db2"))
    assert "server db2" in refusal(servers, "db3")


def test_the_only_server_stays(postgres: PostgresServer, nats_server: EmbeddedNats, nats_client: Client) -> None:
    """There is always one."""
    with several(postgres, nats_server.url, 1) as servers:
        servers.add("db1")
        assert "db1 is the only server" in refusal(servers, "db1")


async def test_a_gateway_follows_a_server_to_another_address(
    servers: Servers, gateway: Gateway, people: People
) -> None:
    """Its members are sent to resume, and find their places; what is the same database counts as elsewhere, too."""
    rooms = {name: min(room for room in range(6) if room in servers.held(name)) for name in servers.urls}
    moved = await people.join(gateway.port, "ann", rooms["db2"])
    stays = await people.join(gateway.port, "bob", rooms["db3"])
    servers.urls["db2"] = servers.urls["db2"].replace("127.0.0.1", "localhost")
    await asyncio.to_thread(servers.do, "server", "add", "db2", servers.address("db2"))
    with pytest.raises(ConnectionClosed):
        await moved.through("never said")
    assert moved.closing == (1012, "the room's server has another address now: resume")
    again = await people.connect(gateway.port)
    answer = await again.enter("ann", rooms["db2"], resume_token=moved.joined.resume_token)
    assert not answer.HasField("seq"), "the place was taken back, so the room was not told"
    for member in (again, stays):
        await member.comment("still here")
        await member.through("still here")
