"""With several hosts in `DATABASE_URL` everything goes to the primary, and never to one that another has outlived."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest

from faults.conftest import PATIENCE
from harness.parts import Stack
from harness.servers import frozen
from harness.standby import Pair, databases_of, running_pair
from harness.waiting import until
from runtime.primary import ASK_SECONDS, NoPrimaryError, Primary

PORT = "select inet_server_port()"


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A primary and its standby, which tests may kill."""
    with running_pair() as pair:
        yield pair


@pytest.fixture
def url(pair: Pair) -> str:
    """A migrated database, by both hosts."""
    return pair.url(databases_of(pair).create_migrated().rpartition("/")[2])


@pytest.mark.slow
async def test_an_outlived_primary_is_left_and_never_taken_again(pair: Pair, url: str) -> None:
    """When both take writes, the connections to the former one end by themselves; nor is it taken when it is alone."""
    primary = Primary(url)
    first = await primary.connect()
    assert await first.fetchval(PORT) == pair.ports[0]
    watch = asyncio.create_task(primary.watch())
    # Nobody stopped the former primary: it takes writes like the new one.
    pair.promote()
    await until(first.is_closed, "the connection to the former primary to be ended")
    assert await port_of(primary) == pair.ports[1]
    pair.primary.kill()
    with pytest.raises(NoPrimaryError, match="an outlived primary, of timeline 1 where 2 is the newest"):
        await primary.connect()
    watch.cancel()


async def port_of(primary: Primary) -> int:
    """Where one gets."""
    connection = await primary.connect()
    try:
        return int(await connection.fetchval(PORT))
    finally:
        connection.terminate()


@pytest.mark.parametrize("index", [0, 1])
async def test_a_frozen_host_costs_a_moment(pair: Pair, url: str, index: int) -> None:
    """Wherever it stands in the URL; and less from the second time on."""
    server = (pair.primary, pair.standby)[index]
    primary = Primary(url)
    with frozen(server):
        for seconds in (ASK_SECONDS, 0.5):
            started = time.monotonic()
            if server is pair.standby:
                assert await port_of(primary) == pair.primary.port
            else:
                with pytest.raises(NoPrimaryError, match="no answer"):
                    await primary.connect()
            limit = seconds if server is pair.standby else ASK_SECONDS
            assert time.monotonic() - started < limit + PATIENCE / 10


async def test_commands_find_the_primary_wherever_it_stands(pair: Pair, url: str, tmp_path: Path) -> None:
    """`migrate` and `psql` after a promotion; `status` names every host and what it is."""
    stack = Stack(url, None, tmp_path)
    first, second = (f"127.0.0.1:{port}" for port in pair.ports)
    try:
        _, text = await stack.ask("status")
        assert has_line(text, "up", first, "primary, timeline 1")
        assert has_line(text, "up", second, "standby, ")
        pair.primary.kill()
        code, text = await stack.ask("migrate")
        assert code == 1
        assert "promote a standby, or start the primary" in text
        code, text = await stack.ask("status")
        assert has_line(text, "DOWN", first, "away: ")
        assert "none of these is a primary" in text
        await asyncio.to_thread(pair.promote)
        code, text = await stack.ask("migrate")
        assert code == 0, text
        assert await stack.ask("psql", "-Atc", PORT) == (0, f"{pair.ports[1]}\n")
        await asyncio.to_thread(pair.revive_outlived)
        _, text = await stack.ask("status")
        assert has_line(text, "FAULT", first, "an outlived primary, of timeline 1 where 2 is the newest")
        assert has_line(text, "up", second, "primary, timeline 2")
        assert await stack.ask("psql", "-Atc", PORT) == (0, f"{pair.ports[1]}\n")
    finally:
        stack.stop()


def has_line(text: str, *words: str) -> bool:
    """Whether a line has all these words."""
    return any(all(word in line for word in words) for line in text.splitlines())


async def test_a_standby_that_receives_nothing_is_told(pair: Pair, url: str, tmp_path: Path) -> None:
    """It would lack what was written since, were it promoted."""
    stack = Stack(url, None, tmp_path)
    try:
        with suppress(asyncpg.PostgresError):
            pair.tell(pair.standby, "alter system set primary_conninfo = ''", "select pg_reload_conf()")

        async def is_told() -> bool:
            return has_line((await stack.ask("status"))[1], "FAULT", str(pair.ports[1]), "receives nothing")

        await until(is_told, "status to tell it")
    finally:
        stack.stop()
