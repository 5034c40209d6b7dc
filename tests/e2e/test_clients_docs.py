"""What docs/clients.md shows works as it stands there; only the port is the test's."""

import asyncio
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.async_api import async_playwright
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from harness.parts import ROOT, Stack
from harness.waiting import until

DOCUMENT = (ROOT / "docs" / "clients.md").read_text()
ADDRESS = "ws://127.0.0.1:4242"
SECONDS = 60.0
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def blocks(language: str) -> list[str]:
    """What the document shows in a language."""
    return re.findall(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL)


def at(code: str, port: int) -> str:
    """A program that connects to the test's gateway."""
    assert code.count(ADDRESS) == 1
    return code.replace(ADDRESS, f"ws://127.0.0.1:{port}")


def is_as_shown(shown: str, line: str) -> bool:
    """Whether a line is as the document shows it, in which … stands for anything."""
    return bool(re.fullmatch(".+?".join(map(re.escape, shown.split("…"))), line))


async def replay(connection: ClientConnection, lines: list[str]) -> None:
    """Send what is typed and compare what comes, line by line."""
    for shown in lines:
        if shown.startswith("> "):
            await connection.send(shown.removeprefix("> "))
        elif shown.startswith("closed with "):
            with pytest.raises(ConnectionClosed):
                await connection.recv()
            assert f"closed with {connection.close_code}: {connection.close_reason}" == shown
        else:
            line = await connection.recv()
            assert isinstance(line, str)
            assert json.loads(line)
            assert is_as_shown(shown, line), f"{line} came, not {shown}"


async def test_the_session_by_hand(stack: Stack) -> None:
    """Line by line, as a program that sends lines over a WebSocket would show it."""
    gateway = await stack.start_gateway()
    [option] = re.findall(r"`websocat --protocol (\S+) ws://127\.0\.0\.1:4242`", DOCUMENT)
    session, refused, _ = blocks("text")
    async with asyncio.timeout(SECONDS):
        for text in (session, refused):
            async with connect(
                f"ws://127.0.0.1:{gateway.port}", subprotocols=[Subprotocol(option)], proxy=None
            ) as connection:
                if text is refused:
                    await connection.recv()
                await replay(connection, text.splitlines())


async def test_the_python_client(stack: Stack) -> None:
    """It joins, says hello and prints what is shown."""
    gateway = await stack.start_gateway()
    [code] = blocks("python")
    client = stack.run("-c", at(code, gateway.port))
    shown = blocks("text")[2].replace("undefined", "None")

    def is_printed() -> bool:
        client.require_alive()
        return client.output.count("\n") >= shown.count("\n")

    await until(is_printed, "what the client prints", SECONDS)
    assert client.output == shown


def browser() -> str:
    """The path of a browser; without one its test is reported as not run."""
    found = [path for path in map(shutil.which, BROWSERS) if path]
    if not found:
        # As tests/browser: not on a bare machine.
        pytest.skip(f"no browser here: none of {', '.join(BROWSERS)}")
    return found[0]


async def test_the_javascript_client_in_a_browser(stack: Stack, tmp_path: Path) -> None:
    """The same, in a page's console; the connection's end, too."""
    path = browser()
    gateway = await stack.start_gateway(ALLOWED_ORIGINS="null")
    [code] = blocks("js")
    shown = blocks("text")[2].splitlines()
    printed: list[str] = []
    (tmp_path / "page.html").write_text(f"<!doctype html><script>{at(code, gateway.port)}</script>")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=path, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        try:
            page = await chromium.new_page()
            page.on("console", lambda message: printed.append(message.text))
            await page.goto((tmp_path / "page.html").as_uri())
            await until(has_printed(printed, len(shown)), "what the page prints", SECONDS)
            assert printed == shown
            gateway.part.stop()
            await until(has_printed(printed, len(shown) + 1), "the end of the connection", SECONDS)
            assert printed[-1].startswith("closed 1001")
        finally:
            await chromium.close()


def has_printed(printed: list[str], count: int) -> Callable[[], bool]:
    """Whether there are so many lines."""
    return lambda: len(printed) >= count
