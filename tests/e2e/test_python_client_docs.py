"""What docs/python-client.md shows works as it stands there, with nothing but what it says is needed."""

import asyncio
import re
import shutil
from pathlib import Path

from harness.parts import ROOT, Stack

PAGE = (ROOT / "docs" / "python-client.md").read_text()
DEFAULT_ADDRESS = "ws://127.0.0.1:4242"
SECONDS = 20.0


async def test_the_example_prints_what_is_shown(stack: Stack, tmp_path: Path) -> None:
    """From the folders that the page names. Only the port is the test's."""
    gateway = await stack.start_gateway()
    for folder in ("edgechat/client", "proto"):
        assert f"`{folder}/`" in PAGE
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "edgechat" / "__init__.py", tmp_path / "edgechat")
    [code] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    [shown] = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert code.count(DEFAULT_ADDRESS) == 1
    code = code.replace(DEFAULT_ADDRESS, f"ws://127.0.0.1:{gateway.port}")
    # Without -P Python would look into the present folder first, which is the project's.
    client = stack.run("-P", "-c", code, PYTHONPATH=str(tmp_path))
    async with asyncio.timeout(SECONDS):
        while shown not in client.output:
            client.require_alive()
            await asyncio.sleep(0.05)
    assert client.output == shown
