"""Feeds that are added while a bridge runs, and how to know that it has taken them up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from harness.chain import Chain

TAKEN = "chat_feeds_taken"
TAKEN_SECONDS = 30.0
ADD = "select chat.add_feed($1, subject => $2, format => $3, columns => $4::text::text[])"


@asynccontextmanager
async def taking(chain: Chain, name: str) -> AsyncIterator[None]:
    """At the end of the block the bridge has announced that it keeps the feed's messages."""
    words: asyncio.Queue[str] = asyncio.Queue()
    connection = await asyncpg.connect(chain.database_url, timeout=10)
    try:
        await connection.add_listener(TAKEN, lambda *heard: words.put_nowait(str(heard[3])))
        yield
        async with asyncio.timeout(TAKEN_SECONDS):
            while (word := await words.get()) != name:
                assert not word.startswith(f"{name}:"), word
    finally:
        connection.terminate()


async def add_feed(chain: Chain, name: str, subject: str, form: str, columns: str) -> None:
    """Add a feed, and wait for the bridge to take it up."""
    async with taking(chain, name):
        await chain.fetch(ADD, name, subject, form, columns)
