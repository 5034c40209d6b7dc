"""The browser of these tests, which machines without Chromium skip."""

from collections.abc import AsyncIterator

import pytest

from harness.browser import CHROMIUM, Windows, running_browser


@pytest.fixture
async def windows() -> AsyncIterator[Windows]:
    """Opens windows; none of them may have had an error by the end."""
    if CHROMIUM is None:
        # A bare machine has none, and `make test` is to pass there; CI has one and runs them.
        pytest.skip("no chromium on this machine (Debian: apt install chromium)")
    async with running_browser() as windows:
        yield windows
        assert windows.problems == []
