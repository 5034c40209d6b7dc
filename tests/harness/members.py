"""Programs that use `edgechat.client`: their clients, and what they take with a limit."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from edgechat.client import Client
from edgechat.client.connection import websocket_url
from proto.chatmessage_pb2 import chatmessage

WAIT_SECONDS = 60.0


def client_at(port: int, **options: Any) -> Client:
    """A client of the gateway at a port of this machine, not connected yet."""
    return Client(websocket_url("127.0.0.1", port), **options)


@asynccontextmanager
async def member(port: int, name: str, room: int = 0, **wishes: Any) -> AsyncIterator[Client]:
    """A client that has joined a room."""
    async with client_at(port) as client:
        async with asyncio.timeout(WAIT_SECONDS):
            await client.join(name, room, **wishes)
        yield client


async def take_through(client: Client, text: str) -> list[chatmessage]:
    """All messages up to a comment with this text, that one included."""
    messages: list[chatmessage] = []
    async with asyncio.timeout(WAIT_SECONDS):
        async for message in client:
            messages.append(message)
            if message.comment == text:
                return messages
    raise AssertionError(f"the end, before {text!r} came")
