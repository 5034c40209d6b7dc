"""A room of many people in a window: they are counted and named, and nothing is pushed out of sight."""

import pytest
from playwright.async_api import expect

from harness.browser import Windows
from harness.parts import Stack
from harness.people import People

USERS = 80
LONG = "a name of forty characters, as some have"


@pytest.mark.parametrize("width", [1200, 400])
async def test_many_people_leave_all_in_sight(stack: Stack, windows: Windows, people: People, width: int) -> None:
    """How many they are stands there, whoever comes or goes changes it, and the way out can be clicked."""
    gateway = await stack.start_gateway(NUM_CHATROOMS="1", MAX_NUMUSERS="[100]")
    others = [await people.join(gateway.port, f"{LONG} {number:02}") for number in range(USERS)]
    window = await windows.open(gateway.port, size=(width, 800))
    await window.join("zoe", 0)
    here = window.page.locator("#here")
    await expect(here).to_contain_text(f"{USERS + 1} people")
    await expect(here).to_contain_text("zoe")
    await others[0].close()
    await expect(here).to_contain_text(f"{USERS} people")
    pushed = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await window.page.evaluate(pushed) == 0
    bar = await window.page.locator(".bar").bounding_box()
    leave = await window.page.locator("#leave").bounding_box()
    assert bar is not None
    assert leave is not None
    assert leave["x"] + leave["width"] <= width
    assert bar["height"] < 110
    await window.page.get_by_role("button", name="Leave").click()
    await expect(window.page.get_by_role("button", name="Join")).to_be_visible()
