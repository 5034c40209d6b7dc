"""The client in README.md works as it stands there."""

import asyncio
import re

from harness.parts import ROOT, Stack

README = (ROOT / "README.md").read_text()
DEFAULT_ADDRESS = "ws://127.0.0.1:4242"
SECONDS = 20.0


async def test_the_client_in_the_readme_prints_what_is_shown(stack: Stack) -> None:
    """It joins, says hello and prints what the room gets: the comment as shown there. Only the port is the test's."""
    gateway = await stack.start_gateway()
    [code] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert code.count(DEFAULT_ADDRESS) == 1
    [comment] = re.findall(r"^mtype: COMMENT\n(?:.+\n)+", README, re.MULTILINE)
    client = stack.run("-c", code.replace(DEFAULT_ADDRESS, f"ws://127.0.0.1:{gateway.port}"))
    async with asyncio.timeout(SECONDS):
        while comment not in client.output:
            client.require_alive()
            await asyncio.sleep(0.05)
    assert client.output.index('"PENDING"') < client.output.index('"USERJOINED"') < client.output.index(comment)
