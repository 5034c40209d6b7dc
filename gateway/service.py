"""A running gateway: its parts put together, and the tasks behind them."""

import asyncio
import logging
import socket
from collections.abc import Collection
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial

import asyncpg
from websockets.asyncio.server import Server, ServerConnection, serve

from gateway import closing
from gateway.access.gate import Gate
from gateway.client.filters import CALLS_AT_ONCE, FilterSetter
from gateway.client.limits import MAX_FRAME_BYTES, MAX_KERNEL_BYTES
from gateway.client.lobby import Lobby
from gateway.client.past import Past
from gateway.client.previews import Previewer
from gateway.client.questions import Desk
from gateway.client.rollcall import RollCall
from gateway.client.session import Session
from gateway.closing import Closing
from gateway.delivery.feeds import Feeds
from gateway.delivery.hub import Hub
from gateway.delivery.room import Room
from gateway.door.acceptors import more_acceptors
from gateway.door.door import Door
from gateway.door.paced import PacedConnection
from gateway.door.tls import Certificate
from gateway.encoding.choice import choose
from gateway.errors import GatewayError
from gateway.farewell import say_goodbye
from gateway.feedwatch import FeedWatch
from gateway.metrics import GatewayMetrics
from gateway.page.site import Site
from gateway.postgres import queries
from gateway.postgres.database import Database
from gateway.postgres.figures import Figures
from gateway.postgres.listener import Listener
from gateway.postgres.log import LogReader
from gateway.postgres.payloads import room_channel
from gateway.postgres.questions import Questions
from gateway.readiness import Readiness
from gateway.tending import repeat
from runtime.families import make_registry
from runtime.interface import InterfaceError
from runtime.logs import event
from runtime.monitor import Monitor
from runtime.outage import Outage
from runtime.primary import primary_of
from runtime.settings import Settings

SWEEP_INTERVAL = 1.0
"""Seconds between two looks for dead gateways and for clients that do not read."""
BOUND_INTERVAL = 5.0
"""Seconds between two looks whether tables are to be kept bounded."""
BOUND_PAUSE = 0.2
"""Seconds between two steps of that: each has others wait for a moment."""
IDLE_INTERVAL = 15.0
"""Seconds between two looks for rooms that nobody here is in; one found twice is not listened to any more."""
ROLL_CALL_INTERVAL = 5.0
"""Seconds between two comparisons of the members here with those in Postgres."""
BACKLOG = 1024
"""Connections that may wait to be taken; when a gateway has died, all of its clients come at once."""
CLOSE_TIMEOUT = 2.0
"""Seconds that a client gets to answer a close; a gateway that stops waits no longer for anybody."""

logger = logging.getLogger("gateway")


class Service:
    """Everything that a gateway is made of. `run` ends only by an error or by being cancelled.

    When it is cancelled (SIGTERM), clients are closed with 1001 and their places are kept for the grace, so that they
    can resume on another gateway without anybody seeing them leave.
    """

    def __init__(
        self,
        settings: Settings,
        pool: asyncpg.Pool,
        connections: Collection[asyncpg.Connection],
        worker: int | None,
    ) -> None:
        self._settings = settings
        self._worker = worker
        self._listener = Listener(settings.database_url, partial(pool.execute, queries.PROBE), self)
        self._database = Database(pool, connections, self._listener.is_up)
        log = LogReader(pool)
        self._hub = Hub(log, Feeds(self._database.list_feeds))
        self._feed_watch = FeedWatch(self._database, self._listener, self._hub)
        judging = asyncio.Semaphore(CALLS_AT_ONCE)
        questions = Questions(pool, self._database)
        self._lobby = Lobby(
            self._database,
            FilterSetter(pool, self._database, judging),
            Desk(questions, Previewer(pool, self._database, judging), Past(questions, log, self._hub.feeds)),
            log,
            self._hub,
            self._listen_to_room,
            settings.num_rooms,
            Gate(settings.access),
        )
        certificate = settings.limits.certificate
        self._certificate = None if certificate is None else Certificate(certificate)
        self._sessions: set[asyncio.Task[None]] = set()
        # Rooms that nobody here was in when last looked for.
        self._idle_rooms: set[int] = set()
        self._chores = Outage("the database to take the look for dead gateways", logger)
        self._bounds = Outage("the database to keep its tables bounded", logger)
        self._tunings = Outage("the database to find the cheapest way to evaluate filters", logger)
        self._queue = Outage("the database's notifications", logger)
        self._interface = Outage("a gateway of the database's version", logger)
        self._figures = Figures(self._database)
        readiness = Readiness(self._listener, self._figures, self._interface)
        self._door = Door(settings.limits, Site(readiness.complaints))
        metrics = GatewayMetrics(self._lobby.members, self._hub, self._figures, readiness)
        self._monitor = Monitor(make_registry(metrics), readiness.complaints, logger)

    async def run(self) -> None:
        """Serve clients until cancelled."""
        await self._lobby.gate.open()
        monitor = self._settings.monitor
        async with self._monitor.opened(monitor.host, monitor.worker_port(self._worker or 1)):
            await self._serve()

    async def _serve(self) -> None:
        await self._database.configure_rooms(self._settings.room_sizes())
        await self._listener.open()
        await self._feed_watch.open()
        try:
            async with self._open_server() as server:
                for listening in server.sockets:
                    # Connections inherit it.
                    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, MAX_KERNEL_BYTES)
                host, port = server.sockets[0].getsockname()[:2]
                url = f"{'wss' if self._certificate else 'ws'}://{host}:{port}"
                named = event("serving", gateway_id=self._database.gateway_id, host=host, port=port)
                logger.info("gateway %d serves %s", self._database.gateway_id, url, extra=named)
                try:
                    async with more_acceptors(server):
                        await self._run_tasks()
                finally:
                    say_goodbye(server.connections, self._lobby.spawn)
        finally:
            await self._listener.close()

    # What the listener tells.

    def interrupted(self) -> None:
        """Until the rooms' logs are read, what was missed may have moved them to other groups."""
        self._hub.lose_groups()

    def resync(self) -> None:
        """Listening again: read what was missed."""
        self._hub.feeds.stale.set()
        self._hub.resync()

    def fell_silent(self) -> None:
        """Postgres does not answer: nobody is to wait for what is under way on other connections."""
        self._database.break_off()

    def registered(self, gateway_id: int) -> None:
        """The gateway has a new id: members under an old one have left their rooms, so their connections end."""
        self._database.gateway_id = gateway_id
        for session in tuple(self._lobby.members.values()):
            self._lobby.spawn(session.end(closing.GIVEN_UP))

    def drop_member(self, member_id: int) -> None:
        """A membership was taken back by another connection: the old one ends."""
        session = self._lobby.members.get(member_id)
        if session is not None:
            self._lobby.spawn(session.end(closing.TAKEN_BACK))

    def end_member(self, member_id: int, why: Closing) -> None:
        """Moderators have a membership end: the connection ends, too."""
        session = self._lobby.members.get(member_id)
        if session is not None:
            self._lobby.spawn(session.end(why))

    async def _listen_to_room(self, room: Room) -> None:
        """Have a room's notifications come in, from when this returns."""
        await self._listener.listen(room_channel(room.room_id), partial(self._hub.take, room))

    def _open_server(self) -> AbstractAsyncContextManager[Server]:
        return serve(
            self._session,
            self._settings.gateway_host,
            self._settings.gateway_port,
            reuse_port=self._worker is not None,
            # Messages are small, and bytes are made once per room: docs/performance.md, "Why nothing is compressed".
            compression=None,
            max_size=MAX_FRAME_BYTES,
            max_queue=4,
            backlog=BACKLOG,
            close_timeout=CLOSE_TIMEOUT,
            # Sessions see to that (gateway/client/pulse.py).
            ping_interval=None,
            server_header=None,
            process_request=self._door,
            create_connection=PacedConnection,
            ssl=self._certificate.context if self._certificate else None,
            open_timeout=self._settings.limits.handshake_timeout,
            select_subprotocol=lambda connection, offered: choose(offered),
        )

    async def _run_tasks(self) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(primary_of(self._settings.database_url).watch())
                tasks.create_task(self._listener.run())
                tasks.create_task(self._hub.run())
                tasks.create_task(self._feed_watch.run())
                tasks.create_task(self._figures.run())
                tasks.create_task(self._sweep())
                tasks.create_task(repeat(self._keep_bounded, BOUND_INTERVAL, self._bounds))
                tasks.create_task(repeat(self._database.tune_matching, SWEEP_INTERVAL, self._tunings))
                tasks.create_task(self._lobby.gate.run())
                tasks.create_task(self._forget_idle_rooms())
                tasks.create_task(self._call_rolls())
                if self._certificate is not None:
                    tasks.create_task(self._certificate.watch())
        finally:
            self._lobby.is_stopping = True
            # Those that wait for Postgres might do so for long.
            asyncio.get_running_loop().call_later(CLOSE_TIMEOUT, self._abandon_sessions)

    async def _session(self, connection: ServerConnection) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._sessions.add(task)
        assert isinstance(connection, PacedConnection)
        try:
            await Session(self._lobby, connection).serve()
        finally:
            self._sessions.discard(task)

    def _abandon_sessions(self) -> None:
        for task in self._sessions:
            task.cancel()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_INTERVAL)
            await self._lobby.sweep()
            try:
                await self._look_after_queue()
                await self._database.run_chores()
            except GatewayError as error:
                self._chores.note(str(error))
            else:
                self._chores.end()

    async def _keep_bounded(self) -> None:
        """Have Postgres drop what is too old. Apart from the chores, as it may take long."""
        while (done := await self._database.keep_bounded()) is not None:
            logger.info("%s", done, extra=event("kept_bounded"))
            await asyncio.sleep(BOUND_PAUSE)

    async def _look_after_queue(self) -> None:
        complaint = await self._database.complain_of_queue()
        if complaint is None:
            self._queue.end()
        else:
            self._queue.note(complaint)

    async def _call_rolls(self) -> None:
        roll_call = RollCall(self._lobby)
        while True:
            await asyncio.sleep(ROLL_CALL_INTERVAL)
            # The chores tell what is wrong if it cannot be asked.
            with suppress(GatewayError):
                await self._look_at_interface()
                await roll_call.take()

    async def _look_at_interface(self) -> None:
        """The database may be brought up to date while this gateway runs: it goes on as well as it can, and says so."""
        try:
            await self._database.require_same_interface()
        except InterfaceError as error:
            self._interface.note(str(error))
        else:
            self._interface.end()

    async def _forget_idle_rooms(self) -> None:
        """Stop listening to rooms that nobody here has been in for a while; others may be, with much to say."""
        while True:
            await asyncio.sleep(IDLE_INTERVAL)
            idle = {room_id for room_id, room in self._hub.rooms.items() if room.is_idle()}
            for room_id in self._idle_rooms & idle:
                # Don't yield between the look and the call: whoever joins from here on has it listened to again.
                if self._hub.forget(room_id):
                    await self._listener.unlisten(room_channel(room_id))
            self._idle_rooms = idle
