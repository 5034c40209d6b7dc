"""axe-core finds nothing serious, in light and dark, wide and narrow."""

import asyncpg
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from harness.browser import SIZE, Windows
from harness.parts import Stack

PHONE = (390, 800)
STORE = (
    "insert into feed.sport_event (sport, match_title, data_event) select 7, 'A vs B', 'x' from generate_series(1, 9)"
)
WIDER = """[...document.querySelectorAll('body *')]
  .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
  .filter((e) => e.checkVisibility() && !e.closest('.table, .unseen'))
  .map((e) => e.outerHTML.slice(0, 100))"""
"""What stands out beyond the window's right edge."""


async def findings(page: Page) -> list[str]:
    """What axe-core counts as serious or worse, each with the elements that it is about."""
    results = await Axe().run(page)
    return [
        f"{found['id']}: {[node['html'][:200] for node in found['nodes']]}"
        for found in results.response["violations"]
        if found["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(
    ("dark", "size"),
    [
        pytest.param(True, SIZE, id="dark-wide"),
        pytest.param(False, PHONE, id="light-phone"),
        pytest.param(False, SIZE, id="light-wide", marks=pytest.mark.slow),
        pytest.param(True, PHONE, id="dark-phone", marks=pytest.mark.slow),
    ],
)
async def test_nothing_serious_is_found(
    stack: Stack, windows: Windows, connection: asyncpg.Connection, dark: bool, size: tuple[int, int]
) -> None:
    """In the lobby; in a room with rows, an open list and a refused filter; in an explanation."""
    gateway = await stack.start_gateway()
    adam = await windows.open(gateway.port, dark=dark, size=size)
    await adam.open()
    assert await findings(adam.page) == []
    await adam.join("adam")
    await adam.say("hello")
    await expect(adam.line("hello")).to_have_count(1)
    assert await findings(adam.page) == []
    if size == PHONE:
        await adam.page.get_by_role("button", name="Feeds").click()
    await connection.execute(STORE)
    feed = adam.feed()
    await expect(feed.rows).to_have_count(9)
    await feed.apply("sport_nme = 1")
    await expect(feed.result).to_contain_text("no column")
    await feed.field.fill("sport")
    await expect(adam.page.get_by_role("option").first).to_be_visible()
    assert await findings(adam.page) == []
    await feed.field.press("Escape")
    await feed.rows.first.get_by_role("button", name="why").click()
    await expect(adam.page.get_by_role("dialog")).to_contain_text("delivered")
    assert await findings(adam.page) == []
    wide = await adam.page.evaluate(WIDER)
    assert not wide
