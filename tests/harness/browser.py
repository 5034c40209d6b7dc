"""Windows of a real Chromium on the page that a gateway serves."""

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, async_playwright, expect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WAIT_SECONDS = 30.0
SIZE = (1280, 800)
LOST = re.compile(r"WebSocket connection to .* failed")
"""What Chromium itself writes to the console when the gateway is away, which no page can keep it from."""

expect.set_options(timeout=WAIT_SECONDS * 1000)


class Window:
    """One person's window: with a storage of its own, and everything that went wrong in it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.problems: list[str] = []
        self._url = url
        page.set_default_timeout(WAIT_SECONDS * 1000)
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self.problems.append(f"uncaught: {error}"))

    async def open(self, room: int = 0) -> None:
        """The lobby, with its list of rooms."""
        await self.page.goto(f"{self._url}?room={room}")
        await expect(self.page.locator(f"#room-{room}")).to_be_checked()

    async def ask_to_join(self, name: str) -> None:
        """Press the button."""
        await self.page.get_by_label("Your name").fill(name)
        await self.page.get_by_role("button", name="Join").click()

    async def join(self, name: str, room: int = 0) -> None:
        """Be in a room."""
        await self.open(room)
        await self.ask_to_join(name)
        await expect(self.page.locator("#link")).to_have_text("live")

    async def say(self, text: str) -> None:
        """A comment."""
        await self.page.get_by_label("Comment").fill(text)
        await self.page.get_by_role("button", name="Say", exact=True).click()

    def line(self, text: str) -> Locator:
        """The lines of the talk that have a text."""
        return self.page.locator("#lines .line").filter(has_text=text)

    def feed(self, name: str = "sport_event") -> "Panel":
        """A feed's panel."""
        return Panel(self.page.get_by_role("article", name=name, exact=True))

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not LOST.search(text):
            self.problems.append(f"{kind}: {text}")


class Panel:
    """A feed in a room: its filter and its rows."""

    def __init__(self, panel: Locator) -> None:
        self.panel = panel
        self.field = panel.get_by_role("combobox")
        self.state = panel.locator(".state")
        self.result = panel.locator(".result")
        self.rows = panel.locator("tbody tr")
        self.total = panel.locator(".total b")

    def button(self, name: str) -> Locator:
        """One of its buttons."""
        return self.panel.get_by_role("button", name=name, exact=True)

    async def apply(self, clause: str) -> None:
        """Write a filter and apply it; what comes of it is to be looked at."""
        await self.field.fill(clause)
        await self.button("Apply").click()


class Windows:
    """Opens windows of one browser."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._windows: list[Window] = []

    async def open(
        self, port: int, *, dark: bool = False, size: tuple[int, int] = SIZE, scheme: str = "http", path: str = "/"
    ) -> Window:
        """A person's window, with nothing in it yet. Certificates that nobody vouches for are taken."""
        context = await self._browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            locale="en-GB",
            ignore_https_errors=True,
        )
        window = Window(await context.new_page(), f"{scheme}://127.0.0.1:{port}{path}")
        self._windows.append(window)
        return window

    @property
    def problems(self) -> list[str]:
        """Errors, warnings and violations of the Content-Security-Policy, of all windows."""
        return [problem for window in self._windows for problem in window.problems]


@asynccontextmanager
async def running_browser() -> AsyncIterator[Windows]:
    """Chromium, until the end of the block."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield Windows(browser)
        finally:
            await browser.close()


def write_picture(folder: Path, name: str, data: bytes) -> None:
    """A screenshot among the documents' images."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.png").write_bytes(data)
