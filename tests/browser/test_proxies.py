"""The page behind a proxy that terminates TLS, and under a path: it finds all by its own address."""

import asyncio
import ssl
from pathlib import Path

import asyncpg
from playwright.async_api import expect

from harness.browser import Windows
from harness.parts import Stack
from harness.relay import Relay

CERTIFICATE = Path(__file__).with_name("localhost.pem")
"""With its key; nobody trusts it."""
STORE = "insert into feed.sport_event (sport, match_title, data_event) values (7, 'A vs B', 'x')"


async def test_behind_tls_and_under_a_path(stack: Stack, windows: Windows, connection: asyncpg.Connection) -> None:
    """Talk, rows, and coming back after the proxy cut all connections."""
    gateway = await stack.start_gateway()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    async with Relay("127.0.0.1", gateway.port, tls=context) as relay:
        adam = await windows.open(relay.port, scheme="https", path="/rooms/chat/")
        await adam.join("adam")
        assert await adam.page.evaluate("location.protocol") == "https:"
        await adam.say("over TLS")
        await expect(adam.line("over TLS")).to_have_count(1)
        await connection.execute(STORE)
        await expect(adam.feed().rows).to_have_count(1)
        before = relay.connections
        relay.cut()
        async with asyncio.timeout(30):
            while relay.connections == before:
                await asyncio.sleep(0.05)
        await expect(adam.page.locator("#link")).to_have_text("live")
        await adam.say("and back")
        await expect(adam.line("and back")).to_have_count(1)
        await expect(adam.line("over TLS")).to_have_count(1)
