"""Where a token is needed, the page asks for one, and `edgechat.js` shows fresh ones."""

import time
from typing import Any

from playwright.async_api import Page, expect

from harness.browser import Window, Windows
from harness.parts import Stack
from harness.people import People
from harness.tokens import LEEWAY, SECRET, ask, token
from harness.waiting import until

START = """async () => {
  const { EdgeChat } = await import("/edgechat.js");
  window.chat = new EdgeChat(location.href.replace("http", "ws"));
  window.states = [];
  window.asked = 0;
  chat.addEventListener("status", ({ detail }) => states.push(detail.state));
  return (await chat.connect()).authRequired;
}"""
RENEWALS = """([first, later]) => {
  window.statuses = [];
  chat.addEventListener("message", ({ detail }) => statuses.push(detail.userstatus));
  return chat.join({ room: 1, token: async () => (asked++ ? later : first) }).then(({ user }) => user);
}"""


async def show(window: Window, text: str) -> None:
    """Give the page a token and press the button."""
    await window.page.get_by_label("Your token").fill(text)
    await window.page.get_by_role("button", name="Join").click()


def short(seconds: int, name: str = "zoe") -> str:
    """A token whose leeway ends before long."""
    return token(name, exp=int(time.time()) - LEEWAY + seconds)


async def test_the_page_joins_with_a_token(stack: Stack, windows: Windows) -> None:
    """It asks for no name, says what is wrong, and keeps the token for the tab and no longer."""
    gateway = await stack.start_gateway(AUTH_SECRET=SECRET)
    window = await windows.open(gateway.port)
    await window.open(3)
    await expect(window.page.get_by_label("Your name")).to_be_hidden()
    await show(window, token(rooms=[1]))
    await expect(window.page.locator("#join-problem")).to_contain_text("the token does not allow room 3")
    await show(window, token("zoe"))
    await expect(window.page.locator("#here")).to_have_text("Here: zoe")
    await window.say("hello")
    await expect(window.line("hello")).to_contain_text("zoe")
    assert await window.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 1]
    assert "token" not in window.page.url
    await window.open(3)
    await window.page.get_by_role("button", name="Join").click()
    await expect(window.page.locator("#here")).to_have_text("Here: zoe")


async def test_a_token_that_expires_ends_in_the_lobby(stack: Stack, windows: Windows) -> None:
    """With the reason, and a place for another."""
    gateway = await stack.start_gateway(AUTH_SECRET=SECRET)
    window = await windows.open(gateway.port)
    await window.open(1)
    await show(window, short(12))
    await expect(window.page.locator("#link")).to_have_text("live")
    await expect(window.page.locator("#join-problem")).to_contain_text("the token has expired; get a new one")
    await show(window, token("zoe"))
    await expect(window.page.locator("#link")).to_have_text("live")


async def test_a_function_gives_fresh_ones_in_time(stack: Stack, windows: Windows, people: People) -> None:
    """Before the first expires another is shown on the same connection: the room sees nobody leave."""
    gateway = await stack.start_gateway(AUTH_SECRET=SECRET)
    page = await _page(windows, gateway.port)
    adam = await people.connect(gateway.port)
    await ask(adam, token("adam"), 1)
    assert await page.evaluate(RENEWALS, [short(10), token("zoe")]) == "zoe"

    async def is_renewed() -> Any:
        return await page.evaluate("statuses.includes('TOKENRENEWED')")

    await until(is_renewed, "the token to be renewed")
    await page.wait_for_timeout(11_000)
    assert (await page.evaluate("chat.comment('still here')"))["user"] == "zoe"
    heard = await adam.through("still here")
    assert [message.userstatus for message in heard if message.userstatus] == ["USERJOINED"]
    assert await page.evaluate("states") == ["connecting", "lobby", "joining", "joined"]


async def test_it_comes_back_with_a_fresh_one(stack: Stack, windows: Windows) -> None:
    """After 4001, and once more when a renewal was refused."""
    gateway = await stack.start_gateway(AUTH_SECRET=SECRET)
    page = await _page(windows, gateway.port)
    # The second one is refused, so that the first one ends.
    functions = "async () => [wish.first, 'nonsense', wish.later][Math.min(asked++, 2)]"
    join = f"(wish) => chat.join({{ room: 1, token: {functions} }}).then(() => true)"
    assert await page.evaluate(join, {"first": short(10), "later": token("zoe")})

    async def is_back() -> Any:
        return await page.evaluate("states.filter((state) => state === 'joined').length === 2")

    await until(is_back, "the client to come back")
    assert (await page.evaluate("chat.comment('back')"))["user"] == "zoe"


async def _page(windows: Windows, port: int) -> Page:
    page = (await windows.open(port)).page
    await page.goto(f"http://127.0.0.1:{port}/")
    assert await page.evaluate(START) is True
    return page
