"""How much work a burst costs, in counts: the guard against doing for each message what can be done for many."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from gateway import main
from gateway.client.outlet import Outlet
from gateway.delivery.hub import Hub
from gateway.postgres.database import Database
from gateway.postgres.listener import Listener
from harness.people import People, User
from harness.rooms import Rooms, make_event
from harness.servers import free_port
from runtime import settings
from runtime.port import answers

ROOMS, SIZE, EVENTS = 5, 4, 1000
COUNTED = ((Outlet, "send"), (Hub, "_write"), (Listener, "_dispatch"), (Database, "_post"))


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each of COUNTED was called in this process."""
    found: Counter[str] = Counter()
    for owner, name in COUNTED:
        monkeypatch.setattr(owner, name, counted(getattr(owner, name), name, found))
    return found


def counted(method: Any, name: str, found: Counter[str]) -> Any:
    """The same method, which counts its calls too."""

    def call(*arguments: Any) -> Any:
        found[name] += 1
        return method(*arguments)

    return call


@asynccontextmanager
async def running_gateway(database: str) -> AsyncIterator[int]:
    """A gateway in this very process, and its port."""
    port = free_port()
    environ = {
        "DATABASE_URL": database,
        "CONTAINER_PORT": f"{port}",
        "NUM_CHATROOMS": f"{ROOMS}",
        "MAX_NUMUSERS": f"[{SIZE}]",
    }
    task = asyncio.create_task(main.run(settings.load(environ)))
    try:
        yield port
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def fill(people: People, port: int) -> list[User]:
    """Connect everybody, as soon as the gateway takes connections."""
    async with asyncio.timeout(30):
        while not answers("127.0.0.1", port):
            await asyncio.sleep(0.02)
    return [await people.join(port, f"user {place}", place % ROOMS) for place in range(ROOMS * SIZE)]


async def test_feed(database: str, people: People, rooms: Rooms, counts: Counter[str]) -> None:
    """A thousand rows stored together reach each member in a few writes, over few notifications and wake-ups."""
    async with running_gateway(database) as port:
        users = await fill(people, port)
        await users[-1].comment("start")
        await users[-1].through("start")
        counts.clear()
        await rooms.store_events([make_event(text=f"{number}") for number in range(EVENTS)])
        for user in users:
            heard = await user.feed(EVENTS)
            assert [m.eventmsg.data_event for m in heard] == [f"{number}" for number in range(EVENTS)]
        # About 50 bytes per row, 4,000 per payload; then a line for each room. Postgres may send them in a few parts.
        assert counts["_dispatch"] < EVENTS / 40 + ROOMS, counts
        assert counts["_write"] <= 10, counts
        assert counts["send"] <= counts["_write"] * ROOMS * SIZE, counts
        await people.leave()


async def test_comments(database: str, people: People, counts: Counter[str]) -> None:
    """Comments that come while a call runs are posted together by the next, and written together."""
    async with running_gateway(database) as port:
        users = await fill(people, port)
        counts.clear()
        await asyncio.gather(*(user.comment(f"{number}") for number in range(10) for user in users))
        for user in users:
            await user.comments(10 * SIZE)
        assert counts["_post"] <= 10 * ROOMS * SIZE / 4, counts
        assert counts["send"] <= counts["_dispatch"] * SIZE, counts
        await people.leave()
