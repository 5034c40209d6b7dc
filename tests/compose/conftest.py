"""The real stack, once for all tests here, on ports of its own. Without a Docker engine none of them runs, and says so.

pytest-docker's fixtures keep their meaning, but `running` starts and removes the stack, so that what a start that
failed left behind is removed too.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import nats
import pytest
from nats.aio.client import Client
from pytest_docker.plugin import Services

from harness.containers import GATEWAYS, ROOT, Containers, find_compose, why_not
from harness.servers import free_port

SIZES = "[4,3,5,4,2,20]"
"""Not the default, so that it is seen to arrive; the last room is for many."""


@pytest.fixture(scope="session")
def docker_compose_command() -> str:
    """Either version of Compose. Skips the test where no containers can be run."""
    if reason := why_not():
        pytest.skip(f"not run: {reason}")
    return " ".join(find_compose() or ())


@pytest.fixture(scope="session")
def docker_compose_file() -> str:
    """The project's own file."""
    return str(ROOT / "docker-compose.yml")


@pytest.fixture(scope="session")
def docker_compose_project_name(testrun_uid: str) -> str:
    """A project a run, whichever of its processes asks."""
    return f"edgechat-test-{testrun_uid[:8]}"


@pytest.fixture(scope="session")
def docker_setup() -> list[str]:
    """Nothing: `running` starts the stack."""
    return []


@pytest.fixture(scope="session")
def docker_cleanup() -> list[str]:
    """Nothing: `running` removes it."""
    return []


@pytest.fixture(scope="session")
def running(
    docker_compose_command: str, docker_compose_project_name: str, docker_services: Services
) -> Iterator[Containers]:
    """The stack, up once; every test leaves it up. Fails if another process of this run has it up already."""
    settings = {
        "GATEWAY_PUBLISH_PORT": str(free_port()),
        "POSTGRES_PUBLISH_PORT": str(free_port()),
        "NATS_PUBLISH_PORT": str(free_port()),
        "CONTAINER_PREFIX": f"{docker_compose_project_name}-",
        "EDGECHAT_IMAGE": f"{docker_compose_project_name}:ours",
        "EDGECHAT_PROXY_IMAGE": f"{docker_compose_project_name}:proxy",
        "NUM_CHATROOMS": "6",
        "MAX_NUMUSERS": SIZES,
        "EVENT_RATE": "20",
        "EXECUTION_RATE": "5",
    }
    containers = Containers(docker_compose_command.split(), docker_compose_project_name, settings)
    assert not asyncio.run(containers.containers()), "two processes share the tests in containers: harness/dealing.py"
    try:
        asyncio.run(containers.up("--build"))
        yield containers
    finally:
        asyncio.run(containers.remove())


@pytest.fixture
async def containers(running: Containers) -> Containers:
    """The stack, healthy, with one gateway, whatever the test before did."""
    if len(await running.containers(*GATEWAYS)) != 1:
        await running.scale(1)
    await running.wait_healthy()
    return running


@pytest.fixture
async def outside(running: Containers) -> AsyncIterator[asyncpg.Connection]:
    """A connection to the database through its published port."""
    connection = await asyncpg.connect(running.database_url)
    yield connection
    await connection.close()


@pytest.fixture
async def publisher(running: Containers) -> AsyncIterator[Client]:
    """A connection to NATS through its published port."""
    client = await nats.connect(running.nats_url)
    yield client
    await client.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those who stop and kill come last, and then those who need more gateways: fewer again is slow.

    All go to one process, since there is one stack (harness/dealing.py).
    """
    here = Path(__file__).parent
    rough = {
        "test_servers.py": 1,
        "test_names.py": 1,
        "test_data.py": 1,
        "test_faults.py": 2,
        "test_stop.py": 3,
        "test_gateways.py": 4,
    }
    mine = [item for item in items if item.path.parent == here]
    others = [item for item in items if item.path.parent != here]
    items[:] = others + sorted(mine, key=lambda item: rough.get(item.path.name, 0))
