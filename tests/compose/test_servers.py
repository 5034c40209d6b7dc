"""The profile `servers`: rooms are dealt over three databases, and each shows the filters of all."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from harness.containers import LASTING, Containers
from harness.people import People
from harness.servers import free_port

PARTS = ("proxy", "chathost", "executions", "bridge-2", "bridge-3")
"""What is started, with all that these need."""
DATABASES = {"db1": "postgreshost", "db2": "postgres-2", "db3": "postgres-3"}
ROOMS = "select distinct server, room from all_room_filters order by room"
DEALT = "db1|0\ndb2|1\ndb3|2\ndb1|3\ndb2|4\ndb3|5\n"
CLAUSES = "select server, clause from all_room_filters where room = 2 and feed = 'execution'"
COSTS = "select server from all_filter_cost where canonical ~ '20'"
AS_INSPECTOR = 'PGPASSWORD="$INSPECTOR_DBPASSWORD" psql -h 127.0.0.1 -U "$DBUSER"_inspector -d "$DATABASE" -Atc "$0"'
ADMINISTRATOR = ("psql", "-U", "postgres", "-d", "chatservicedb", "-Atc")


@pytest.fixture
async def servers(running: Containers) -> AsyncIterator[Containers]:
    """A project of its own, of the images that there are, while the other one is paused: health checks cost most."""
    project = f"{running.project}-servers"
    settings = running.settings | {
        "COMPOSE_PROFILES": "servers",
        "SERVER_MAP": "edgechat-servers",
        "CONTAINER_PREFIX": f"{project}-",
        **{f"{part}_PUBLISH_PORT": str(free_port()) for part in ("GATEWAY", "POSTGRES", "NATS")},
    }
    servers = Containers(running.command, project, settings)
    await running.compose("pause", *LASTING)
    try:
        await servers.compose("up", "-d", *PARTS)
        await servers.wait_healthy(*PARTS)
        yield servers
    finally:
        await servers.compose("down", "--volumes", "--timeout=5")
        await running.compose("unpause", *LASTING)


async def ask(servers: Containers, name: str, statement: str) -> str:
    """What the inspector is told at a server."""
    return await servers.compose("exec", "-T", DATABASES[name], "sh", "-c", AS_INSPECTOR, statement)


async def test_rooms_of_three_servers(servers: Containers, people: People) -> None:
    """Each gets its feeds; the views of all servers are the same at each, and tell which one is away."""
    listed = json.loads(await servers.compose("run", "--rm", "-T", "--no-deps", "migrate", "server", "list", "--json"))
    assert [(server["name"], server["rooms"]) for server in listed["servers"]] == [("db1", 2), ("db2", 2), ("db3", 2)]
    assert listed["faults"] == []

    users = [await people.join(servers.port, name, room) for room, name in enumerate(("adam", "bobby", "carol"))]
    for user in users:
        await user.feed(3)
    await users[2].set_filter("NONE", "price > 20")
    await users[2].status("FILTERAPPLIED")
    for name in DATABASES:
        told = await ask(servers, name, f"{ROOMS}; {CLAUSES}; {COSTS}")
        assert told == f"{DEALT}db3|price > 20\ndb3\n"
    secrets = await servers.compose("exec", "-T", "postgreshost", *ADMINISTRATOR, "select * from pg_user_mappings")
    assert "user=chatserviceusr_inspector" in secrets
    assert "chatservicepwd" not in secrets
    assert "inspectorpwd" not in await servers.compose("logs")

    await servers.compose("stop", "--timeout=5", "postgres-3")
    async with asyncio.timeout(20):
        with pytest.raises(AssertionError, match='could not connect to server "db3"'):
            await ask(servers, "db1", ROOMS)
