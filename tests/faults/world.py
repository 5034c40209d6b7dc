"""A whole system for a fault to happen to: servers that may be killed, gateways, a bridge, members, and the accounts.

The accounts are closed in `World.audit`: what the stream holds is what the table holds, each message once and in the
stream's order; each room's log holds what its filter selects; each member got exactly the log, byte by byte.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from pathlib import Path
from random import Random
from typing import TypeVar

import asyncpg

from faults.outcome import Outcome
from harness.background import background
from harness.jetstream import connected, delete_streams
from harness.parts import Gateway, Part, Stack
from harness.people import User
from harness.publisher import Publisher
from harness.resumer import Resumer, Transcript
from harness.rooms import ROOM_LOG
from harness.servers import PostgresServer, revive, temporary_directory
from servers.nats import EmbeddedNats

STREAM = "CHATFEED"
FILTERS = ("NONE", "sport = 3", "sport in (1, 2, 7) and data_event > '2'", "NONE", "ALL")
"""The sport filters of the rooms, in turn."""
PLACES = 1_000
SETTLE_SECONDS = 120.0
QUERY_SECONDS = 30.0

ROWS = "select count(*) as rows, count(distinct data_event) as distinct_rows from chat.sport_event"
IN_ORDER = """
select coalesce(bool_and(stream_seq > before), true)
from (
  select stream_seq, lag(stream_seq, 1, 0::bigint) over (order by sport_event_id) as before from chat.sport_event
) as r
where stream_seq is not null
"""
KEYS = "select sport_event_id from chat.sport_event where {clause} order by sport_event_id"
LAST_SEQS = "select room_id, chat.newest_seq(room_id) as last_seq from chat.room order by room_id"
READ_LOG = "select seq, feed_id, message from chat.read_room_log($1, $2, $3, 10000)"
COMMENTS = """
select count(*) - count(distinct commentxt)
from chat.chat_event
where msgtype = chat.msgtype('COMMENT') and seq is not null
"""
POSITION = "select coalesce((select last_seq from chat.feed_position order by opened_at desc limit 1), 0)"

Value = TypeVar("Value")


class World:
    """Everything of one fault. Made by `world`."""

    def __init__(self, postgres: PostgresServer, nats_server: EmbeddedNats, stack: Stack, patience: float) -> None:
        self.patience = patience
        self.postgres = postgres
        self.nats = nats_server
        self.stack = stack
        self.random = Random(4)
        self.gateways: list[Gateway] = []
        self.gateway_settings: dict[str, str] = {}
        self.ports: list[int] = []
        self.bridge: Part | None = None
        self.publisher = Publisher(nats_server.url)
        self.transcripts: dict[int, Transcript] = {}
        self.resumers: list[Resumer] = []
        self._connection: asyncpg.Connection | None = None
        self._numbers = count()

    def outcome(self, fault: str) -> Outcome:
        """What a fault will have led to, judged with this world's patience."""
        return Outcome(fault, self.patience)

    # The parts.

    async def start(self, gateways: int = 2, **settings: str) -> None:
        """Start the bridge and the gateways; `settings` are the gateways' environment."""
        self.gateway_settings = {"MAX_NUMUSERS": f"[{PLACES}]"} | settings
        await self.start_bridge()
        for _ in range(gateways):
            gateway = await self.stack.start_gateway(**self.gateway_settings)
            self.gateways.append(gateway)
            self.ports.append(gateway.port)

    async def start_bridge(self) -> Part:
        """Start a bridge; the newest is `bridge`."""
        self.bridge = await self.stack.start_bridge()
        return self.bridge

    async def replace_gateway(self, index: int) -> None:
        """Start a gateway in the place of one that is gone."""
        gateway = await self.stack.start_gateway(**self.gateway_settings)
        self.gateways[index] = gateway
        self.ports[index] = gateway.port

    async def populate(self, members: int, rooms: int = len(FILTERS)) -> None:
        """Set the rooms' filters and have members join, spread over rooms and gateways, who always come back."""
        for room in range(rooms):
            self.transcripts[room] = Transcript()
            async with asyncio.timeout(QUERY_SECONDS):
                user = await User.connect("127.0.0.1", self.ports[0])
            try:
                await user.enter(f"opener {room}", room)
                await user.set_filter(FILTERS[room], "NONE")
                await user.status("FILTERAPPLIED")
            finally:
                await user.close()
        for number in range(members):
            room = number % rooms
            resumer = Resumer(f"member {number}", room, self.ports, self.transcripts[room], home=number // rooms)
            self.resumers.append(resumer)
        for start in range(0, members, 20):
            await asyncio.gather(*(resumer.start() for resumer in self.resumers[start : start + 20]))

    @asynccontextmanager
    async def chatter(self, rate: float) -> AsyncIterator[None]:
        """Have members comment, `rate` comments a second in all, each text once."""
        async with background(self._chatter(rate)):
            yield

    async def _chatter(self, rate: float) -> None:
        while True:
            await self.random.choice(self.resumers).comment(f"comment {next(self._numbers)}")
            await asyncio.sleep(1 / rate)

    # The servers.

    async def crash_postgres(self, away: float = 0.3) -> float:
        """Kill all of Postgres, leave it away for a while, start it; the moment of its return."""
        self.postgres.server.kill()
        await asyncio.sleep(away)
        await asyncio.to_thread(self.postgres.server.start)
        return time.monotonic()

    async def crash_nats(self, away: float = 0.3) -> float:
        """Kill nats-server, leave it away for a while, start it; the moment of its return."""
        self.nats.kill()
        await asyncio.sleep(away)
        await asyncio.to_thread(self.nats.start)
        return time.monotonic()

    # What there is.

    async def query(self, ask: Callable[[asyncpg.Connection], Awaitable[Value]]) -> Value:
        """Ask Postgres something; over a new connection if the one there was lost."""
        async with asyncio.timeout(QUERY_SECONDS):
            while True:
                try:
                    if self._connection is None or self._connection.is_closed():
                        self._connection = await asyncpg.connect(self.stack.database_url)
                    return await ask(self._connection)
                except (
                    OSError,
                    asyncpg.InterfaceError,
                    asyncpg.PostgresConnectionError,
                    asyncpg.CannotConnectNowError,
                ):
                    self._connection = None
                    await asyncio.sleep(0.05)

    async def value(self, query: str, *arguments: object) -> int:
        """One number."""
        return int(await self.query(lambda connection: connection.fetchval(query, *arguments)))

    async def rows(self) -> int:
        """How many sport events are stored."""
        return await self.value("select count(*) from chat.sport_event")

    async def stream_messages(self) -> int:
        """How many messages the stream holds."""
        async with connected(self.nats.url) as client:
            return int((await client.jetstream().stream_info(STREAM)).state.messages)

    async def until_delivered(self, sequence: int) -> None:
        """Wait until the bridge has got a message of the stream, if it has not stored it yet."""

        async def is_delivered() -> bool:
            async with connected(self.nats.url) as client:
                consumers = await client.jsm().consumers_info(STREAM)
            return max((info.delivered.stream_seq for info in consumers if info.delivered), default=0) >= sequence

        await self.until(is_delivered, SETTLE_SECONDS, f"message {sequence} to be delivered")
        # It is on its way from the server to the bridge, over one connection.
        await asyncio.sleep(0.2)

    async def until(self, is_so: Callable[[], Awaitable[bool]], seconds: float, what: str) -> float:
        """Wait for something; how long it took. Raises AssertionError when it does not come."""
        started = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                while not await is_so():
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"waited {seconds:.0f} s in vain for {what}") from None
        return time.monotonic() - started

    async def until_stored(self, expected: int) -> None:
        """Wait until so many rows are stored."""

        async def are_stored() -> bool:
            return await self.rows() >= expected

        try:
            await self.until(are_stored, SETTLE_SECONDS, f"{expected} rows")
        except AssertionError:
            raise AssertionError(f"{await self.rows()} of {expected} rows were stored") from None

    async def until_logged(self, gateway: Gateway, text: str, times: int = 1, seconds: float = 30.0) -> float:
        """Wait until a gateway has said something so often; how long it took."""

        async def is_said() -> bool:
            return gateway.part.output.count(text) >= times

        return await self.until(is_said, seconds, f"{times} × {text!r} in a gateway's log")

    # The accounts.

    async def audit(self, outcome: Outcome, expected: int) -> None:
        """Wait until `expected` messages went all the way, then compare stream, table, logs and members."""
        await self.until_stored(expected)
        await self._audit_table(outcome, expected)
        last_seqs: dict[int, int] = {
            row["room_id"]: row["last_seq"] for row in await self.query(lambda c: c.fetch(LAST_SEQS))
        }
        await self._audit_logs(outcome)
        await self._audit_members(outcome, last_seqs)
        await self._audit_transcripts(outcome, last_seqs)

    async def _audit_table(self, outcome: Outcome, expected: int) -> None:
        row = await self.query(lambda c: c.fetchrow(ROWS))
        assert row is not None
        outcome.count(messages=expected, rows=row["rows"], distinct=row["distinct_rows"])
        outcome.require(row["rows"] == row["distinct_rows"] == expected, "rows = distinct = messages")
        outcome.require(await self.query(lambda c: c.fetchval(IN_ORDER)), "rows are in the stream's order")
        doubled = await self.value(COMMENTS)
        outcome.require(doubled == 0, f"no comment is posted twice, {doubled} were")

    async def _audit_logs(self, outcome: Outcome) -> None:
        for room in self.transcripts:
            log = await self.query(lambda c, room=room: c.fetch(ROOM_LOG, room))  # type: ignore[misc]
            seqs = [row["seq"] for row in log]
            outcome.require(seqs == list(range(1, len(seqs) + 1)), f"the log of room {room} is gapless")
            clause = {"NONE": "true", "ALL": "false"}.get(FILTERS[room], FILTERS[room])
            wanted = await self.query(lambda c, clause=clause: c.fetch(KEYS.format(clause=clause)))  # type: ignore[misc]
            got = [row["row_id"] for row in log if row["feed_id"] == 1]
            outcome.require(got == [row[0] for row in wanted], f"room {room} got exactly what its filter selects")

    async def _audit_members(self, outcome: Outcome, last_seqs: dict[int, int]) -> None:
        results = await asyncio.gather(
            *(resumer.reach(last_seqs[resumer.room]) for resumer in self.resumers), return_exceptions=True
        )
        stuck = [str(result) for result in results if isinstance(result, BaseException)]
        outcome.require(not stuck, f"everybody got everything: {stuck[:3]}")
        gaps, doubles = sum(r.gaps for r in self.resumers), sum(r.doubles for r in self.resumers)
        truncated = sum(r.truncated for r in self.resumers)
        outcome.count(
            members=len(self.resumers),
            deliveries=sum(r.received for r in self.resumers),
            gaps=gaps,
            doubles=doubles,
        )
        outcome.require(gaps == doubles == truncated == 0, f"no gaps, doubles, truncated resumes ({truncated})")

    async def _audit_transcripts(self, outcome: Outcome, last_seqs: dict[int, int]) -> None:
        """What members got is what the log says, and the same for all; the own USERJOINED alone is different."""
        differing = sum(transcript.differing for transcript in self.transcripts.values())
        outcome.require(differing == 0, f"all members got the same bytes, {differing} messages differed")
        for room, transcript in self.transcripts.items():
            outcome.require(await self._agrees(room, transcript, last_seqs[room]), f"room {room} got what its log says")

    async def _agrees(self, room: int, transcript: Transcript, last_seq: int) -> bool:
        after = 0
        while after < last_seq:
            page = await self.query(lambda c, after=after: c.fetch(READ_LOG, room, after, last_seq))  # type: ignore[misc]
            for seq, feed_id, message in page:
                # A feed's message is wrapped by the gateway, which unit tests compare.
                if feed_id is None and transcript.hashes.get(seq, hash(message)) != hash(message):
                    return False
            if not page:
                return False
            after = page[-1][0]
        return True

    def resumes(self) -> list[float]:
        """Seconds that each resume took, from the loss to the USERJOINED, ascending."""
        return sorted(seconds for resumer in self.resumers for seconds in resumer.resume_seconds)

    def exits(self) -> int:
        """How many times a member was announced as exited in a room where somebody was."""
        return sum(len(transcript.exits) for transcript in self.transcripts.values())

    async def close(self) -> None:
        """Send everybody home."""
        await asyncio.gather(*(resumer.stop() for resumer in self.resumers), return_exceptions=True)
        if self._connection is not None:
            self._connection.terminate()


@asynccontextmanager
async def world(postgres: PostgresServer, nats_server: EmbeddedNats, patience: float = 1.0) -> AsyncIterator[World]:
    """A world on servers of its own or of a run's; the database and the streams are gone at the end."""
    url = postgres.create_migrated()
    try:
        with temporary_directory() as directory, _stack(url, nats_server.url, directory) as stack:
            made = World(postgres, nats_server, stack, patience)
            try:
                yield made
            finally:
                await made.close()
    finally:
        revive(nats_server)
        await delete_streams(nats_server.url)
        revive(postgres.server)
        postgres.drop(url)


def percentile(ascending: Sequence[float], part: float) -> float:
    """A percentile of figures in ascending order; 0 of none."""
    return ascending[min(len(ascending) - 1, int(len(ascending) * part))] if ascending else 0.0


@contextmanager
def _stack(url: str, nats_url: str, directory: Path) -> Iterator[Stack]:
    stack = Stack(url, nats_url, directory)
    try:
        yield stack
    finally:
        stack.stop()
