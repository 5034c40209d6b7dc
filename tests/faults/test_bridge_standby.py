"""Two bridges: one writes, the other stands by and takes over."""

import asyncio
import time

from harness.chain import Chain

COUNT = 4_000


async def test_takeover(chain: Chain) -> None:
    """When the active bridge is killed under load the other goes on within seconds, with nothing lost or doubled."""
    active = await chain.start_bridge()
    standby = chain.launch_bridge()
    async with asyncio.timeout(30):
        while "standing by" not in standby.output:
            await asyncio.sleep(0.05)
    publishing = asyncio.create_task(chain.publish_paced(1, COUNT))
    await chain.until(lambda position: position >= COUNT // 4)
    active.kill()
    killed, before = time.monotonic(), await chain.position()
    assert not publishing.done()
    await chain.until(lambda position: position > before)
    assert time.monotonic() - killed < 20
    await publishing
    await chain.until_taken()
    assert await chain.stored() == (COUNT, COUNT)
    assert "took over" in standby.output
    assert standby.output.count("standing by") == 1
