"""Where there are several servers the page shows on which one a room lives, and which are away."""

import pytest
from playwright.async_api import expect

from browser.test_accessible import PHONE, WIDER, findings
from harness.browser import SIZE, Windows
from harness.parts import Stack
from harness.servers import PostgresServer
from harness.shards import one_server


@pytest.mark.parametrize("server_count", [3])
@pytest.mark.parametrize("size", [SIZE, pytest.param(PHONE, marks=pytest.mark.slow)], ids=["wide", "phone"])
async def test_rooms_of_a_server_that_is_away(
    stack: Stack, windows: Windows, postgres: PostgresServer, other_databases: list[str], size: tuple[int, int]
) -> None:
    """Are shown as away in the lobby and to who is in them, and are back by themselves; nothing stands out."""
    gateway = await stack.start_gateway()
    adam, eve = await windows.open(gateway.port, size=size), await windows.open(gateway.port, size=size)
    await adam.join("adam", 1)
    await expect(adam.page.locator("#home")).to_have_text("on s2")
    sam = await windows.open(gateway.port, size=size)
    await sam.open(1)
    await eve.open(0)
    rooms = eve.page.locator(".choice")
    for room, server in enumerate(("s1", "s2", "s3", "s1", "s2")):
        await expect(rooms.nth(room)).to_contain_text(f"on {server}")
        await expect(rooms.nth(room)).to_contain_text(" of ")
    with postgres.closed(other_databases[0]):
        await expect(adam.page.locator("#home")).to_have_text("on s2, which is away")
        await expect(eve.page.locator("#rooms-away")).to_contain_text("s2 is away, and so are the rooms there")
        for room, is_away in enumerate((False, True, False, False, True)):
            await expect(rooms.nth(room)).to_contain_text("away" if is_away else " of ")
        for window in (adam, eve):
            assert await findings(window.page) == []
            assert await window.page.evaluate(WIDER) == []
        # Rooms of others are as ever, for names that do not belong to the one that is away.
        await eve.ask_to_join("joe")
        await expect(eve.page.locator("#home")).to_have_text("on s1")
        # And who wants to join one of its rooms is told why not, when the gateway has waited for it.
        await sam.ask_to_join("sam")
        problem = sam.page.locator("#join-problem")
        await expect(problem).to_contain_text("before the answer came: the database is away", timeout=60_000)
        await expect(rooms.nth(0)).to_contain_text(" of ")
        await expect(problem).to_contain_text("the database is away")
    await expect(adam.page.locator("#home")).to_have_text("on s2")
    await sam.ask_to_join("sam")
    await expect(sam.page.locator("#home")).to_have_text("on s2")


@one_server
async def test_one_server_is_no_word_on_the_page(stack: Stack, windows: Windows) -> None:
    """Neither in the lobby nor in a room."""
    gateway = await stack.start_gateway()
    adam = await windows.open(gateway.port)
    await adam.open(1)
    await expect(adam.page.locator(".choice").first).to_contain_text("0 of")
    assert await adam.page.locator(".choice .home").count() == 0
    await expect(adam.page.locator("#rooms-away")).to_be_empty()
    await adam.join("adam", 1)
    await expect(adam.page.locator("#home")).to_be_hidden()
