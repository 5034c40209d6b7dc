"""The simulator's walk through its filters, over feeds as they are simulated; it checks every row that it gets."""

import re
from pathlib import Path

from harness.parts import Stack

WALK_SECONDS = 60.0
PACE = "0.3"


async def test_the_walk_finds_nothing_wrong(feed_stack: Stack, tmp_path: Path) -> None:
    """Valid filters are applied and others refused, and each row passes by the simulator's own predicates."""
    gateway = await feed_stack.start_gateway()
    await feed_stack.start_bridge()
    for feed in ("sports", "executions"):
        feed_stack.run(
            *("-m", "edgechat", f"--home={tmp_path}", "simulate", feed), EVENT_RATE="100", EXECUTION_RATE="200"
        )
    walk = feed_stack.run(
        *("-m", "clientsim.chatsimulator", "adam", "--roomid", "3", "--port", str(gateway.port)),
        *("--pace", PACE, "--comment-pace", "1", "--filter", "True"),
    )
    assert await walk.wait(WALK_SECONDS) == 0, walk.output[-3000:]
    figures = re.search(r"36 asked for, 32 valid ones applied, 4 invalid ones refused, (\d+) rows checked", walk.output)
    assert figures, walk.output[-3000:]
    assert int(figures[1]) > 100
    assert "all as it should be" in walk.output
