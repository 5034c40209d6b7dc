"""What a gateway does for one server all the time: listens, delivers, and has Postgres do what nobody waits for."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress

from gateway.client.claimroll import ClaimRoll
from gateway.client.lobby import Lobby
from gateway.client.rollcall import RollCall
from gateway.client.server import Server
from gateway.errors import DATABASE_ERRORS, GatewayError
from gateway.feedwatch import FeedWatch
from gateway.postgres.figures import Figures
from gateway.readiness import Readiness
from gateway.tending import repeat
from gateway.titles import of_server
from runtime.interface import InterfaceError
from runtime.logs import event
from runtime.outage import Outage
from runtime.primary import primary_of
from runtime.remedy import describe

OPEN_SECONDS = 10.0
"""How long one of several servers may take to be opened before it counts as away."""
OPENING_ERRORS = (*DATABASE_ERRORS, GatewayError, InterfaceError)
"""What one of several servers is waited for."""
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
    """That of one server: `open` or `try_to_open`, then `run` until it is cancelled, then `close`."""

    def __init__(self, server: Server, lobby: Lobby, room_sizes: Sequence[int]) -> None:
        self.name = server.name
        self.server = server
        self._lobby = lobby
        self._room_sizes = room_sizes
        self._feed_watch = FeedWatch(server.database, server.listener, server.hub, server.name)
        self._roll_call = RollCall(server, lobby)
        self._claim_roll = ClaimRoll(server, lobby)
        self.figures = Figures(server.database)
        # Set once the server was opened, and is to be opened anew.
        self._is_open = False
        self._is_stale = asyncio.Event()
        self._opening = self._outage("a server")
        # Rooms that nobody here was in when last looked for.
        self._idle_rooms: set[int] = set()
        self._chores = self._outage("the database to take the look for dead gateways")
        self._bounds = self._outage("the database to keep its tables bounded")
        self._tunings = self._outage("the database to find the cheapest way to evaluate filters")
        self._queue = self._outage("the database's notifications")
        self._interface = self._outage("a gateway of the database's version")
        self.readiness = Readiness(server.listener, self.figures, self._interface)

    async def open(self) -> None:
        """Open the rooms and listen; raises what asyncpg raises, InterfaceError, PoolerError and GatewayError."""
        database, listener = self.server.database, self.server.listener
        await database.open()
        await database.configure_rooms(self._room_sizes)
        try:
            await listener.open()
            await self._feed_watch.open()
        except BaseException:
            await listener.close()
            raise
        self._is_open = True

    async def try_to_open(self) -> None:
        """The same for one of several; if it cannot be, that is told, and `run` goes on trying."""
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await self.open()
        except OPENING_ERRORS as error:
            self._opening.note(describe(error))

    async def _until_open(self) -> None:
        while not self._is_open:
            try:
                await self.open()
            except OPENING_ERRORS as error:
                await self._opening.wait(describe(error))
        self._opening.end()

    def reconfigure(self) -> None:
        """Open rooms that may have come to the server since."""
        self._is_stale.set()

    async def run(self) -> None:
        """Look after the server until cancelled."""
        server = self.server
        await self._until_open()
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
            if self._lobby.servers.are_several:
                tasks.create_task(self._claim_roll.run())
                tasks.create_task(self._open_rooms())

    async def close(self) -> None:
        """Let go of the gateway's members, and of the server."""
        await self.server.listener.close()

    def _outage(self, what: str) -> Outage:
        return Outage(of_server(what, self.server.name), logger)

    async def _run_chores(self) -> None:
        complaint = await self.server.database.complain_of_queue()
        if complaint is None:
            self._queue.end()
        else:
            self._queue.note(complaint)
        await self.server.database.run_chores()

    async def _keep_bounded(self) -> None:
        """Have Postgres drop what is too old. Apart from the chores, as it may take long."""
        while (done := await self.server.database.keep_bounded()) is not None:
            logger.info("%s", done, extra=event("kept_bounded"))
            await asyncio.sleep(BOUND_PAUSE)

    async def _call_rolls(self) -> None:
        while True:
            await asyncio.sleep(ROLL_CALL_INTERVAL)
            # The chores tell what is wrong if it cannot be asked.
            with suppress(GatewayError):
                await self._look_at_interface()
                await self._roll_call.take()

    async def _open_rooms(self) -> None:
        while True:
            await self._is_stale.wait()
            self._is_stale.clear()
            try:
                await self.server.database.configure_rooms(self._room_sizes)
            except DATABASE_ERRORS as error:
                self._is_stale.set()
                await self._opening.wait(describe(error))
            else:
                self._opening.end()

    async def _look_at_interface(self) -> None:
        """The database may be brought up to date while this gateway runs: it goes on as well as it can, and says so."""
        try:
            await self.server.database.require_same_interface()
        except InterfaceError as error:
            self._interface.note(str(error))
        else:
            self._interface.end()

    async def _forget_idle_rooms(self) -> None:
        """Stop listening to rooms that nobody here has been in for a while; others may be, with much to say."""
        while True:
            await asyncio.sleep(IDLE_INTERVAL)
            idle = {room_id for room_id, room in self.server.hub.rooms.items() if room.is_idle()}
            for room_id in self._idle_rooms & idle:
                await self.server.forget_room(room_id)
            self._idle_rooms = idle
