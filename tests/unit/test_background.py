"""What runs beside a test ends with its block, also if it does not want to."""

import asyncio

import pytest

from harness.background import background


async def test_swallows_a_cancellation() -> None:
    """Work that takes a cancellation for nothing is cancelled again."""
    refused = 0

    async def work() -> None:
        nonlocal refused
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if refused:
                    raise
                refused += 1

    async with asyncio.timeout(30), background(work()):
        await asyncio.sleep(0)
    assert refused == 1


async def test_a_failure_in_the_background_is_raised() -> None:
    """What it raised is raised at the end of the block."""

    async def work() -> None:
        raise ValueError("no good")

    with pytest.raises(ValueError, match="no good"):
        async with background(work()):
            await asyncio.sleep(0)
