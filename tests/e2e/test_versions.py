"""Parts and a database of different versions: told in words, refused at the start, and nobody who runs is harmed."""

import asyncpg
import pytest

import db.apply
from harness.parts import Stack
from harness.people import People
from harness.servers import free_port
from harness.shards import one_server
from harness.waiting import until
from runtime.interface import INTERFACE_VERSION

MAKE_VERSION = """
create or replace function chat.interface_version() returns integer language sql as 'select {version}'
"""
IS_BRIDGE_AT_WORK = "select exists (select from chat.feed_position)"


@one_server
@pytest.mark.parametrize(
    ("version", "remedy"),
    [(INTERFACE_VERSION - 1, "run `edgechat migrate`"), (INTERFACE_VERSION + 1, "migrated by a newer version")],
)
async def test_a_gateway_of_another_version_does_not_start(
    stack: Stack, connection: asyncpg.Connection, version: int, remedy: str
) -> None:
    """One line names both versions and says what to do."""
    await connection.execute(MAKE_VERSION.format(version=version))
    code, output = await stack.ask("gateway", CONTAINER_HOST="127.0.0.1", CONTAINER_PORT=str(free_port()))
    assert code == 1
    assert f"the database has interface {version}, and this process knows {INTERFACE_VERSION}" in output
    assert remedy in output
    assert len(output.strip().splitlines()) == 1


@one_server
async def test_a_gateway_does_not_start_on_a_database_without_functions(stack: Stack, empty_database: str) -> None:
    """As on one that was never migrated."""
    stack.database_url = empty_database
    code, output = await stack.ask("gateway", CONTAINER_HOST="127.0.0.1", CONTAINER_PORT=str(free_port()))
    assert code == 1
    assert "run `edgechat migrate`" in output
    assert "Traceback" not in output


async def test_a_bridge_waits_for_its_version(feed_stack: Stack, connection: asyncpg.Connection) -> None:
    """It says so once, and starts when the database is migrated."""
    await connection.execute(MAKE_VERSION.format(version=INTERFACE_VERSION - 1))
    bridge = feed_stack.run("-m", "edgechat", "bridge")
    await bridge.until_said("run `edgechat migrate`")
    assert not await connection.fetchval(IS_BRIDGE_AT_WORK)
    db.apply.migrate(feed_stack.database_url)

    async def is_at_work() -> bool:
        return bool(await connection.fetchval(IS_BRIDGE_AT_WORK))

    await until(is_at_work, "the bridge's position")


async def test_a_gateway_that_runs_tells_that_the_database_was_upgraded(
    stack: Stack, people: People, connection: asyncpg.Connection
) -> None:
    """Its members stay, and status names it until the versions are the same again."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    await connection.execute(MAKE_VERSION.format(version=INTERFACE_VERSION + 1))
    await gateway.part.until_said("migrated by a newer version")

    async def is_told() -> bool:
        code, output = await stack.ask("status", CONTAINER_HOST="127.0.0.1", CONTAINER_PORT=str(gateway.port))
        return code == 1 and "migrated by a newer version" in output

    await until(is_told, "status to tell it")
    await adam.comment("still here")
    await adam.through("still here")
