"""A pooler in transaction mode carries no notifications: whoever starts a part through one is told so, at once."""

from urllib.parse import urlsplit

import pytest

from harness.parts import Stack
from harness.pooler import Pooler
from harness.servers import free_port
from harness.shards import one_server


@one_server
@pytest.mark.parametrize(
    ("in_turn", "words"),
    [(False, "a notification did not come back"), (True, "seems to be a pooler")],
)
async def test_a_gateway_does_not_start_behind_a_pooler(stack: Stack, in_turn: bool, words: str) -> None:
    """It takes no connections, and one line says what is wrong and what to do."""
    url = urlsplit(stack.database_url)
    async with Pooler(url.port or 0, in_turn).running() as pooler:
        stack.database_url = url._replace(netloc=url.netloc.replace(str(url.port), str(pooler.port))).geturl()
        code, output = await stack.ask("gateway", CONTAINER_HOST="127.0.0.1", CONTAINER_PORT=str(free_port()))
    assert code == 1
    assert words in output
    assert "session mode" in output
    assert len(output.strip().splitlines()) == 1
