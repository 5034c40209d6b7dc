"""Each service's process is killed: it is started again, and everything goes on without anybody's help."""

import asyncio

import asyncpg
import pytest

from harness.containers import LASTING, Containers
from harness.resumer import Resumer, Transcript

NEWEST = "select (select max(sport_event_id) from sport_event), (select max(execution_id) from execution)"
FLOW_SECONDS = 60.0
EACH_TIME = ("postgreshost", "chathost")
"""Of the others each is started again in the same way; tests/faults kills them without containers."""


async def newest(containers: Containers) -> list[int]:
    """The newest row of each feed."""
    connection = await asyncpg.connect(containers.database_url)
    try:
        row = await connection.fetchrow(NEWEST)
        assert row is not None
        return list(row)
    finally:
        await connection.close()


async def wait_for_feeds(containers: Containers) -> None:
    """Wait until new rows of both feeds are stored."""
    before = await newest(containers)
    async with asyncio.timeout(FLOW_SECONDS):
        while not all(new > old for old, new in zip(before, await newest(containers), strict=True)):
            await asyncio.sleep(0.2)


@pytest.mark.parametrize("service", [s if s in EACH_TIME else pytest.param(s, marks=pytest.mark.slow) for s in LASTING])
async def test_what_is_killed_costs_no_message(containers: Containers, service: str) -> None:
    """The service is healthy again, both feeds flow, and a member who resumes has missed and doubled nothing."""
    (container,) = await containers.containers(service)
    adam = Resumer("adam", 5, [containers.port], Transcript())
    try:
        await adam.start()
        await adam.reach(adam.last + 20)
        await containers.crash(container)
        await containers.wait_restarted(container)
        await containers.wait_healthy()
        await wait_for_feeds(containers)
        await adam.reach(adam.last + 40)
    finally:
        await adam.stop()
    assert not adam.is_flawed, (adam.gaps, adam.doubles, adam.truncated)
