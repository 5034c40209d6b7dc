"""A running gateway: what its sessions share, and the tasks behind them."""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any

import asyncpg
from websockets.asyncio.server import Server, ServerConnection, serve

from edgechat.settings import Settings
from gateway.database import Database
from gateway.filters import FilterSetter
from gateway.hub import Feed, Hub
from gateway.limits import MAX_FRAME_BYTES
from gateway.listener import Listener
from gateway.log import LogReader
from gateway.room import Room
from gateway.session import Session

SWEEP_INTERVAL = 1.0
"""Seconds between two looks for dead gateways and rooms that nobody here is in."""

logger = logging.getLogger("gateway")


class Service:
    """Everything that a gateway is made of. `run` ends only by an error or by being cancelled."""

    def __init__(self, settings: Settings, pool: asyncpg.Pool, feeds: list[asyncpg.Record]) -> None:
        self._settings = settings
        self.log = LogReader(pool)
        self.database = Database(pool)
        self.filters = FilterSetter(pool, self.database)
        self.hub = Hub(self.log, [Feed(row["feed_id"], row["msgtype"], row["message_field"]) for row in feeds])
        self._channels = {row["feed_id"]: row["channel"] for row in feeds}
        self.listener = Listener(settings.database_url, self.hub.resync)
        self.joining_names: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Serve clients until cancelled."""
        await self.database.configure_rooms(self._settings.room_sizes())
        await self.listener.open()
        self.database.gateway_id = self.listener.gateway_id
        for feed_id, channel in self._channels.items():
            await self.listener.listen(channel, partial(self.hub.take, self.hub.feeds[feed_id]))
        try:
            async with self._open_server() as server, asyncio.TaskGroup() as tasks:
                host, port = server.sockets[0].getsockname()[:2]
                logger.info("gateway %d serves ws://%s:%d", self.listener.gateway_id, host, port)
                tasks.create_task(self.listener.run())
                tasks.create_task(self.hub.run())
                tasks.create_task(self._sweep())
        finally:
            await self.listener.close()

    def has_room(self, room_id: int | None) -> bool:
        """Whether a room may be listened to; Postgres has the last word on joining it."""
        return room_id is not None and 0 <= room_id < self._settings.num_rooms

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside what a session is doing; an error in it is logged."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    async def listen_to_room(self, room: Room) -> None:
        """Have a room's notifications come in, from when this returns."""
        await self.listener.listen(f"chat_room_{room.room_id}", partial(self.hub.take, room))

    async def leave(self, username: str) -> None:
        """Have a member leave, also when the session that asks is being cancelled."""
        await asyncio.shield(self.database.leave(username))

    def _open_server(self) -> AbstractAsyncContextManager[Server]:
        return serve(
            self._session,
            self._settings.gateway_host,
            self._settings.gateway_port,
            # Messages are small and binary: compressing them costs memory and lets a client send a bomb.
            compression=None,
            max_size=MAX_FRAME_BYTES,
            max_queue=4,
            server_header=None,
        )

    async def _session(self, connection: ServerConnection) -> None:
        await Session(self, connection).serve()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_INTERVAL)
            try:
                await self.database.close_dead_gateways()
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
                logger.debug("could not look for dead gateways: %s", error)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error("a session's work failed", exc_info=task.exception())
