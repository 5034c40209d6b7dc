"""All servers of a gateway as they come: each is connected to, looked after, and waited for while it is away.

NATS's library would be a tenth of a gateway's start, and only where there are several servers it is needed.
"""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import partial
from types import TracebackType
from typing import Self

from gateway import closing
from gateway.access.gate import Gate
from gateway.client.lobby import Lobby
from gateway.client.server import Server
from gateway.client.servers import Servers
from gateway.postgres.pool import opened_pool
from gateway.readiness import Readiness
from gateway.spawning import Spawner
from gateway.upkeep import Upkeep
from runtime.logs import event
from runtime.server_map import ServerMap, with_account
from runtime.settings import Settings

logger = logging.getLogger("gateway")


class Fleet:
    """Entered as a context it has the servers of the map; then `open` once, and `run` until it is cancelled."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # The map as it was read first; None where there is one server.
        self._deal: ServerMap | None = None
        self._spawner = Spawner()
        # What lets go of a server's connections, and what looks after it by now.
        self._pools: dict[Upkeep, AsyncExitStack] = {}
        self._running: dict[Upkeep, asyncio.Task[None]] = {}
        self.servers = Servers()
        self.lobby = Lobby(self.servers, settings.num_rooms, Gate(settings.access), self._spawner)
        self.upkeeps: list[Upkeep] = []

    async def __aenter__(self) -> Self:
        if self._settings.server_map is None:
            await self._add({None: self._settings.database_url})
        else:
            from runtime.map_store import read_map

            self._deal = await read_map(self._settings)
            await self._add(self._deal.urls, self._deal)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pool in self._pools.values():
            await pool.aclose()

    @property
    def readiness(self) -> list[Readiness]:
        """What each server can be used for."""
        return [upkeep.readiness for upkeep in self.upkeeps]

    @property
    def away(self) -> set[str | None]:
        """The names of the servers that cannot be used, so that their rooms are away."""
        return {upkeep.name for upkeep in self.upkeeps if upkeep.readiness.complaints()}

    async def open(self) -> None:
        """Open the rooms of all servers. With one server, raises what Upkeep.open raises."""
        if self._deal is None:
            return await self.upkeeps[0].open()
        await asyncio.gather(*(upkeep.try_to_open() for upkeep in self.upkeeps))

    async def run(self) -> None:
        """Look after all servers, and after those that come; until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for upkeep in self.upkeeps:
                self._running[upkeep] = tasks.create_task(upkeep.run())
            if self._deal is not None:
                from runtime.map_store import follow_map

                take = partial(self._take, tasks)
                tasks.create_task(follow_map(self._settings, self._deal, take, self.servers.is_stale))

    async def close(self) -> None:
        """Let go of the members on all servers."""
        await asyncio.gather(*(upkeep.close() for upkeep in self.upkeeps))

    async def _take(self, tasks: asyncio.TaskGroup, deal: ServerMap) -> None:
        before = self._deal.urls if self._deal else {}
        self._deal = deal
        gone = [upkeep for upkeep in self.upkeeps if deal.urls.get(str(upkeep.name)) != before.get(str(upkeep.name))]
        came = await self._add({name: url for name, url in deal.urls.items() if before.get(name) != url}, deal)
        for upkeep in gone:
            await self._drop(upkeep)
        for upkeep in came:
            await upkeep.try_to_open()
            self._running[upkeep] = tasks.create_task(upkeep.run())
        # Rooms may be here now that were not when the others were opened.
        for upkeep in self.upkeeps:
            upkeep.reconfigure()
        named = event("map_changed", version=deal.version)
        logger.info("the map of servers has version %d: %s", deal.version, ", ".join(deal.urls), extra=named)

    async def _drop(self, upkeep: Upkeep) -> None:
        """Let go of a server that is none any more, or is elsewhere by now: nothing goes to it from here on."""
        self.upkeeps.remove(upkeep)
        self.servers.remove(upkeep.server)
        upkeep.server.end_members(closing.SERVER_MOVED)
        task = self._running.pop(upkeep)
        task.cancel()
        await asyncio.wait((task,))
        await upkeep.close()
        await self._pools.pop(upkeep).aclose()

    async def _add(self, urls: Mapping[str, str] | Mapping[None, str], deal: ServerMap | None = None) -> list[Upkeep]:
        came = []
        for name, url in urls.items():
            database_url = url if name is None else with_account(url, self._settings.database_url)
            exits = AsyncExitStack()
            pool, connections = await exits.enter_async_context(opened_pool(database_url))
            server = Server(name, database_url, pool, connections, self._spawner)
            self.servers.add(server)
            came.append(Upkeep(server, self.lobby, self._settings.room_sizes()))
            self._pools[came[-1]] = exits
        self.upkeeps += came
        if deal is not None:
            self.servers.deal = deal
        return came
