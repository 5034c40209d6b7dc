"""A running gateway: its parts put together, and the tasks behind them."""

import asyncio
import logging
import socket
from contextlib import AbstractAsyncContextManager
from functools import partial

from websockets.asyncio.server import Server as WebSocketServer
from websockets.asyncio.server import ServerConnection, serve

from gateway.client.limits import MAX_FRAME_BYTES, MAX_KERNEL_BYTES
from gateway.client.session import Session
from gateway.door.acceptors import more_acceptors
from gateway.door.door import Door
from gateway.door.paced import PacedConnection
from gateway.door.tls import Certificate
from gateway.encoding.choice import choose
from gateway.farewell import say_goodbye
from gateway.fleet import Fleet
from gateway.metrics import GatewayMetrics
from gateway.page.site import Site
from gateway.readiness import complaints_of
from gateway.whereabouts import Whereabouts
from runtime.families import make_registry
from runtime.logs import event
from runtime.monitor import Monitor
from runtime.settings import Settings

SWEEP_INTERVAL = 1.0
"""Seconds between two looks for clients that do not read."""
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
        fleet: Fleet,
        worker: int | None,
    ) -> None:
        self._settings = settings
        self._worker = worker
        self._fleet = fleet
        self._lobby = fleet.lobby
        certificate = settings.limits.certificate
        self._certificate = None if certificate is None else Certificate(certificate)
        self._sessions: set[asyncio.Task[None]] = set()
        complaints = partial(complaints_of, fleet.readiness)
        self._door = Door(settings.limits, Site(complaints, Whereabouts(fleet)))
        self._monitor = Monitor(make_registry(GatewayMetrics(fleet, complaints)), complaints, logger)

    async def run(self) -> None:
        """Serve clients until cancelled."""
        await self._lobby.gate.open()
        monitor = self._settings.monitor
        async with self._monitor.opened(monitor.host, monitor.worker_port(self._worker or 1)):
            await self._serve()

    async def _serve(self) -> None:
        await self._fleet.open()
        try:
            async with self._open_server() as server:
                for listening in server.sockets:
                    # Connections inherit it.
                    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, MAX_KERNEL_BYTES)
                self._tell(server)
                try:
                    async with more_acceptors(server):
                        await self._run_tasks()
                finally:
                    say_goodbye(server.connections, self._lobby.spawn)
        finally:
            await self._fleet.close()

    def _tell(self, server: WebSocketServer) -> None:
        host, port = server.sockets[0].getsockname()[:2]
        url = f"{'wss' if self._certificate else 'ws'}://{host}:{port}"
        gateway_id = self._lobby.servers.any().database.gateway_id
        named = event("serving", gateway_id=gateway_id, host=host, port=port)
        logger.info("gateway %d serves %s", gateway_id, url, extra=named)

    def _open_server(self) -> AbstractAsyncContextManager[WebSocketServer]:
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
                tasks.create_task(self._fleet.run())
                tasks.create_task(self._sweep())
                tasks.create_task(self._lobby.gate.run())
                if self._certificate is not None:
                    tasks.create_task(self._certificate.watch())
        finally:
            self._lobby.is_stopping = True
            # Those that wait for Postgres might do so for long.
            asyncio.get_running_loop().call_later(CLOSE_TIMEOUT, self._abandon_sessions)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_INTERVAL)
            await self._lobby.sweep()

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
