"""A gateway in the tests' own process, some of whose members are moderators: by the way by which claims will say so."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import gateway.main
from gateway.client.rights import NO_RIGHTS, Rights
from harness.background import background
from harness.servers import free_port
from harness.waiting import until
from runtime import settings
from runtime.port import answers

ALL = -1
START_SECONDS = 30.0


class Moderator:
    """A moderator of some rooms, or of all."""

    def __init__(self, rooms: tuple[int, ...]) -> None:
        self._rooms = rooms

    def moderates(self, room_id: int | None) -> bool:
        """Whether of this one; None asks for all."""
        return ALL in self._rooms or room_id in self._rooms


@asynccontextmanager
async def moderated_gateway(database_url: str, rooms_of: Mapping[str, tuple[int, ...]]) -> AsyncIterator[int]:
    """The port of a gateway; `rooms_of` has the moderators' rooms by their names."""

    def rights_of(username: str) -> Rights:
        return Moderator(rooms_of[username]) if username in rooms_of else NO_RIGHTS

    port = free_port()
    environ = {"DATABASE_URL": database_url, "CONTAINER_HOST": "127.0.0.1", "CONTAINER_PORT": str(port)}
    async with background(gateway.main.run(settings.load(environ), rights_of=rights_of)):

        async def takes_connections() -> bool:
            return await asyncio.to_thread(answers, "127.0.0.1", port)

        await until(takes_connections, "the gateway", START_SECONDS)
        yield port
