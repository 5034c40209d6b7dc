"""What a gateway does for one server all the time: listens, delivers, and has Postgres do what nobody waits for."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress

from gateway.client.lobby import Lobby
from gateway.client.rollcall import RollCall
from gateway.client.server import Server
from gateway.errors import GatewayError
from gateway.feedwatch import FeedWatch
from gateway.postgres.figures import Figures
from gateway.readiness import Readiness
from gateway.tending import repeat
from runtime.interface import InterfaceError
from runtime.logs import event
from runtime.outage import Outage
from runtime.primary import primary_of

SWEEP_INTERVAL = 1.0
"""Seconds between two looks for dead gateways."""
BOUND_INTERVAL = 5.0
"""Seconds between two looks whether tables are to be kept bounded."""
BOUND_PAUSE = 0.2
"""Seconds between two steps of that: each has others wait for a moment."""
IDLE_INTERVAL = 15.0
"""Seconds between two looks for rooms that nobody here is in; one found twice is not listened to any more."""
ROLL_CALL_INTERVAL = 5.0
"""Seconds between two comparisons of the members here with those in Postgres."""

logger = logging.getLogger("gateway")


class Upkeep:
    """That of one server: `open`, then `run` until it is cancelled, then `close`."""

    def __init__(self, server: Server, lobby: Lobby) -> None:
        self._server = server
        self._lobby = lobby
        self._feed_watch = FeedWatch(server.database, server.listener, server.hub)
        self._roll_call = RollCall(server, lobby)
        self.figures = Figures(server.database)
        # Rooms that nobody here was in when last looked for.
        self._idle_rooms: set[int] = set()
        self._chores = Outage("the database to take the look for dead gateways", logger)
        self._bounds = Outage("the database to keep its tables bounded", logger)
        self._tunings = Outage("the database to find the cheapest way to evaluate filters", logger)
        self._queue = Outage("the database's notifications", logger)
        self._interface = Outage("a gateway of the database's version", logger)
        self.readiness = Readiness(server.listener, self.figures, self._interface)

    async def open(self, room_sizes: Sequence[int]) -> None:
        """Open the rooms and listen; raises what asyncpg raises, PoolerError and what Database raises."""
        await self._server.database.configure_rooms(room_sizes)
        await self._server.listener.open()
        await self._feed_watch.open()

    async def run(self) -> None:
        """Look after the server until cancelled."""
        server = self._server
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(primary_of(server.database_url).watch())
            tasks.create_task(server.listener.run())
            tasks.create_task(server.hub.run())
            tasks.create_task(self._feed_watch.run())
            tasks.create_task(self.figures.run())
            tasks.create_task(repeat(self._run_chores, SWEEP_INTERVAL, self._chores))
            tasks.create_task(repeat(self._keep_bounded, BOUND_INTERVAL, self._bounds))
            tasks.create_task(repeat(server.database.tune_matching, SWEEP_INTERVAL, self._tunings))
            tasks.create_task(self._forget_idle_rooms())
            tasks.create_task(self._call_rolls())

    async def close(self) -> None:
        """Let go of the gateway's members, and of the server."""
        await self._server.listener.close()

    async def _run_chores(self) -> None:
        complaint = await self._server.database.complain_of_queue()
        if complaint is None:
            self._queue.end()
        else:
            self._queue.note(complaint)
        await self._server.database.run_chores()

    async def _keep_bounded(self) -> None:
        """Have Postgres drop what is too old. Apart from the chores, as it may take long."""
        while (done := await self._server.database.keep_bounded()) is not None:
            logger.info("%s", done, extra=event("kept_bounded"))
            await asyncio.sleep(BOUND_PAUSE)

    async def _call_rolls(self) -> None:
        while True:
            await asyncio.sleep(ROLL_CALL_INTERVAL)
            # The chores tell what is wrong if it cannot be asked.
            with suppress(GatewayError):
                await self._look_at_interface()
                await self._roll_call.take()

    async def _look_at_interface(self) -> None:
        """The database may be brought up to date while this gateway runs: it goes on as well as it can, and says so."""
        try:
            await self._server.database.require_same_interface()
        except InterfaceError as error:
            self._interface.note(str(error))
        else:
            self._interface.end()

    async def _forget_idle_rooms(self) -> None:
        """Stop listening to rooms that nobody here has been in for a while; others may be, with much to say."""
        while True:
            await asyncio.sleep(IDLE_INTERVAL)
            idle = {room_id for room_id, room in self._server.hub.rooms.items() if room.is_idle()}
            for room_id in self._idle_rooms & idle:
                await self._server.forget_room(room_id)
            self._idle_rooms = idle
