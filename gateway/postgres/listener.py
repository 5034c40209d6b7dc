"""The one connection that LISTENs, and is the gateway in Postgres's eyes: it holds the gateway's lock.

A lost connection loses its listeners and every notification meanwhile, and a peer that vanished without a word is not
noticed by the driver. So the connection is proved every few seconds by a notification to itself, replaced when that
does not come back, and after every replacement the logs are read for what was missed: LISTEN first, then read.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import asyncpg

from gateway.closing import moderated
from gateway.errors import CONNECTION_ERRORS, DATABASE_ERRORS, DatabaseAwayError, PoolerError, translated
from gateway.postgres import queries
from gateway.postgres.database import WAIT_SECONDS
from gateway.postgres.owner import Owner
from gateway.postgres.payloads import DROP, END, ENDING, PROBE
from gateway.tally import TALLY
from gateway.titles import of_server
from runtime.logs import event
from runtime.outage import Outage
from runtime.primary import primary_of
from runtime.remedy import describe
from runtime.role import connect_as
from runtime.session import SESSION_SETTINGS

PROBE_INTERVAL = 2.0
"""Seconds between two probes."""
PROBE_TIMEOUT = 5.0
"""Seconds after which a probe that did not come back means that the connection is dead."""
MAX_REFUSALS = 3
"""Probes in a row that Postgres may refuse before the connection is replaced."""
MAX_PAUSE = 2.0
"""Longest pause, in seconds, between two tries to connect: well within the grace that a gateway's members have."""

logger = logging.getLogger("gateway")
Callback = Callable[[str], None]
POOLER = (
    f"a notification did not come back within {PROBE_TIMEOUT:.0f} s over a connection that works otherwise: what is at "
    "this address seems to be a pooler such as pgbouncer in transaction mode; name Postgres's own address and port, or "
    "a pool in session mode"
)


class Listener:
    """Keeps channels listened to over reconnects."""

    def __init__(
        self,
        database_url: str,
        notify: Callable[[str, str], Awaitable[object]],
        owner: Owner,
        name: str | None = None,
    ) -> None:
        """`notify` sends a payload on a channel over another connection; `name` is the server's, of several."""
        # Set while a connection listens to all channels and was not seen to be lost.
        self.is_up = asyncio.Event()
        # When a notification last came back, by the monotonic clock; at first, when that was begun to be waited for.
        self.proved_at = time.monotonic()
        self._primary = primary_of(database_url)
        self._notify = notify
        self._owner = owner
        # The row of chat.gateway that this process is, and the channel on which Postgres speaks to it alone.
        self._gateway_id = 0
        self._own_channel = ""
        self._connection: asyncpg.Connection | None = None
        # What is listened to, and who is called with each payload.
        self._channels: dict[str, Callback] = {}
        # Those of the channels that the present connection has been told of.
        self._heard: set[str] = set()
        # A connection takes one command at a time: rooms are joined at the same moment, and probed meanwhile.
        self._turn = asyncio.Lock()
        # Set when the connection was seen to be lost, until it is replaced.
        self._broken = asyncio.Event()
        self._probe_returned = asyncio.Event()
        # Probes in a row that Postgres refused.
        self._refusals = 0
        self._outage = Outage(of_server("the listening connection to the database", name), logger, MAX_PAUSE)

    async def open(self) -> None:
        """Connect and register the gateway.

        Raises what asyncpg raises if the database cannot be reached, and PoolerError if it cannot be listened to.
        """
        connection = await self._connect()
        try:
            await self._register(connection)
            await self._start(connection)
        except BaseException:
            connection.terminate()
            raise

    async def listen(self, channel: str, callback: Callback) -> None:
        """Have the callback called with every payload on a channel, in order, from when this returns.

        Raises DatabaseAwayError if Postgres stays away for longer than WAIT_SECONDS or cannot listen for now, and
        DatabaseFaultError if it refuses to.
        """
        while True:
            # Each time: others who wanted it too may have been refused meanwhile.
            self._channels[channel] = callback
            if channel in self._heard:
                return
            await self._until_up()
            async with self._turn:
                if self.is_up.is_set():
                    await self._tell(channel)

    async def unlisten(self, channel: str) -> None:
        """Stop listening to a channel, unless somebody asks for it again before its turn comes."""
        self._channels.pop(channel, None)
        self._heard.discard(channel)
        async with self._turn:
            if self._connection is not None and self.is_up.is_set() and channel not in self._channels:
                self._heard.discard(channel)
                # At worst what comes on it is passed over.
                with suppress(*DATABASE_ERRORS):
                    await self._connection.remove_listener(channel, self._dispatch)

    async def run(self) -> None:
        """Prove the connection for ever and replace it when it is lost."""
        while True:
            await self._prove()
            if self._broken.is_set():
                await self._reconnect()
                self._outage.end()
                self._owner.resync()

    async def close(self) -> None:
        """Let go of the gateway's members, if the database can be reached, and disconnect."""
        # Not ours any more: that it ends is no news.
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*DATABASE_ERRORS):
                await connection.fetchval(queries.RELEASE_GATEWAY, self._gateway_id, timeout=2)
            connection.terminate()

    async def _until_up(self) -> None:
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self.is_up.wait()
        except TimeoutError:
            raise DatabaseAwayError("not listening to the database") from None

    async def _tell(self, channel: str) -> None:
        connection = self._connection
        assert connection is not None
        try:
            await connection.add_listener(channel, self._dispatch)
        except CONNECTION_ERRORS:
            # The connection is gone; the next one listens to all channels before it counts as up.
            self._terminated(connection)
        except DATABASE_ERRORS as error:
            # Or no connection could replace this one.
            self._channels.pop(channel, None)
            raise translated(error) from error
        else:
            if channel in self._channels:
                self._heard.add(channel)

    def _dispatch(self, connection: Any, pid: int, channel: str, payload: object) -> None:
        callback = self._channels.get(channel)
        if callback is not None and connection is self._connection:
            callback(str(payload))

    def _take_own(self, payload: str) -> None:
        kind, _, rest = payload.partition(" ")
        if kind == PROBE:
            self.proved_at = time.monotonic()
            self._probe_returned.set()
        elif kind == DROP and rest.isdigit():
            self._owner.drop_member(int(rest))
        elif kind == END and (found := ENDING.fullmatch(rest)):
            self._owner.end_member(int(found[1]), moderated(int(found[2]), found[3]))

    async def _connect(self) -> asyncpg.Connection:
        return await connect_as(
            "gateway",
            self._primary,
            timeout=PROBE_TIMEOUT,
            server_settings={**SESSION_SETTINGS, "application_name": "edgechat gateway listener"},
        )

    async def _register(self, connection: asyncpg.Connection) -> None:
        self._channels.pop(self._own_channel, None)
        self._gateway_id = await connection.fetchval(queries.OPEN_GATEWAY, timeout=PROBE_TIMEOUT)
        self._own_channel = await connection.fetchval(queries.GATEWAY_CHANNEL, self._gateway_id, timeout=PROBE_TIMEOUT)
        self._channels[self._own_channel] = self._take_own
        self._owner.registered(self._gateway_id)

    async def _start(self, connection: asyncpg.Connection) -> None:
        # Set first: what comes on the first channels must not be taken for the old connection's.
        self._connection = connection
        self._owner.interrupted()
        self._broken.clear()
        connection.add_termination_listener(self._terminated)
        async with asyncio.timeout(PROBE_TIMEOUT + len(self._channels) / 100), self._turn:
            self._heard.clear()
            for channel in tuple(self._channels):
                await connection.add_listener(channel, self._dispatch)
                self._heard.add(channel)
        await self._prove_at_start()
        if not self._broken.is_set():
            self.is_up.set()

    async def _prove_at_start(self) -> None:
        """Nothing is promised to clients before a notification has come from another session.

        A pooler in transaction mode may bring back what is sent on the same connection, and nothing else.
        """
        self._probe_returned.clear()
        await self._notify(self._own_channel, PROBE)
        try:
            async with asyncio.timeout(PROBE_TIMEOUT):
                await self._probe_returned.wait()
        except TimeoutError:
            raise PoolerError(POOLER) from None

    async def _send_probe(self, connection: asyncpg.Connection) -> None:
        self._probe_returned.clear()
        async with self._turn, asyncio.timeout(PROBE_TIMEOUT):
            await connection.fetchval(queries.PROBE, self._own_channel, PROBE)

    def _terminated(self, connection: Any) -> None:
        if connection is self._connection:
            self._outage.note("the connection was lost")
            self._break()

    def _break(self) -> None:
        self.is_up.clear()
        self._heard.clear()
        self._broken.set()

    async def _prove(self) -> None:
        """Wait for the next probe to be due and make it, or return at once when the connection is known to be lost."""
        with suppress(TimeoutError):
            # Python 3.11's wait_for would forget a cancellation that comes together with the event.
            async with asyncio.timeout(PROBE_INTERVAL):
                await self._broken.wait()
            return
        assert self._connection is not None
        began = time.monotonic()
        try:
            async with asyncio.timeout(PROBE_TIMEOUT):
                await self._send_probe(self._connection)
                await self._probe_returned.wait()
                TALLY.notify_round_trip.observe(time.monotonic() - began)
        except TimeoutError:
            self._outage.note(f"no answer within {PROBE_TIMEOUT:.0f} s")
            self._break()
            self._owner.fell_silent()
        except DATABASE_ERRORS as error:
            self._outage.note(describe(error))
            # Where Postgres only says that it cannot, the connection is as good as ever; but what is stuck in the queue
            # of notifications may be what this session has not read, and will not read before it listens anew.
            self._refusals += 1
            if isinstance(error, CONNECTION_ERRORS) or self._connection.is_closed() or self._refusals >= MAX_REFUSALS:
                self._break()
        else:
            self._refusals = 0
            self._outage.end()

    async def _reconnect(self) -> None:
        if self._connection is not None:
            lost, self._connection = self._connection, None
            lost.terminate()
        while True:
            connection = None
            try:
                connection = await self._connect()
                await connection.execute(queries.NOTICE_PROMOTION, timeout=PROBE_TIMEOUT)
                if not await connection.fetchval(queries.RECLAIM_GATEWAY, self._gateway_id, timeout=PROBE_TIMEOUT):
                    named = event("taken_for_dead", gateway_id=self._gateway_id)
                    logger.warning(
                        "gateway %d was taken for dead: its members have left", self._gateway_id, extra=named
                    )
                    await self._register(connection)
                await self._start(connection)
                TALLY.relistens += 1
                return
            except (*DATABASE_ERRORS, PoolerError) as error:
                if connection is not None:
                    # It may hold the gateway's lock.
                    connection.terminate()
                await self._outage.wait(describe(error))
