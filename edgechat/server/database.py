"""One of the servers: what it is, which slots it holds, and how that is changed."""

from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import asyncpg

from edgechat.look.stream import POSITION
from runtime.errors import StackError
from runtime.primary import primary_of
from runtime.remedy import describe
from runtime.server_map import with_account
from runtime.session import SESSION_SETTINGS

CONNECT_SECONDS = 5.0
CALL_SECONDS = 60.0
"""For a statement, which may wait for a batch that is being stored, or for a migration."""
LOOK = """
select s.name, exists (select from chat.room) as has_rooms, chat.interface_version() as interface
from chat.server as s
"""
LIST_SLOTS = "select slot, rooms, members from chat.list_slots()"
LIST_USED = """
select s.slot from chat.slot as s where s.slot in (select chat.slot_of(r.room_id) from chat.room as r)
"""
NAME = "select chat.name_server($1, $2)"
HOLD = "select chat.hold_slots($1)"
EXPORT_CLAIMS = "select chat.export_claims($1)"
RECEIVE_CLAIMS = "select chat.receive_claims($1::jsonb)"
LIST_DEPARTED = "select slot, server from chat.list_departures()"
DESCRIBE_BRIDGE = "select holder, complaint from chat.describe_bridge_lock()"
FIND_ROOM = """
select r.max_users, (select count(*) from chat.member as m where m.room_id = r.room_id) as members
from chat.room as r
where r.room_id = $1 and r.is_open
"""
GIVE_UP = "select chat.give_up_slots($1)"
# Of a session, so it goes with the process that took it. The key is none of chat.lock_class, which have two numbers.
TRY_TURN = "select pg_try_advisory_lock(hashtextextended('edgechat server', 0))"
_NOT_MIGRATED = (asyncpg.UndefinedFunctionError, asyncpg.InvalidSchemaNameError, asyncpg.UndefinedTableError)
_ERRORS = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


class ServerError(StackError):
    """A server is away, or would not do it; the message has its name, its address and why."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a database is: its name among the servers, whether it ever had rooms, its interface; 0 if it has none."""

    name: str | None = None
    has_rooms: bool = False
    interface: int = 0


@dataclass(frozen=True, slots=True)
class Load:
    """What is in a slot."""

    rooms: int
    members: int


@dataclass(frozen=True, slots=True)
class Feeds:
    """Up to which message of the stream the feeds were carried to a server, and whether a bridge of its own works."""

    position: int
    has_bridge: bool


@dataclass(frozen=True, slots=True)
class Room:
    """A room that is open."""

    members: int
    max_users: int


class Server:
    """A server that is connected to; made by `open_server`. All methods raise ServerError."""

    def __init__(self, name: str, address: str, url: str, connection: asyncpg.Connection) -> None:
        self.name = name
        self.address = address
        # With the account.
        self.url = url
        self.connection = connection

    async def look(self) -> Look:
        """What it is."""
        with self.named():
            try:
                row = await self.connection.fetchrow(LOOK, timeout=CALL_SECONDS)
            except _NOT_MIGRATED:
                return Look()
        assert row is not None
        return Look(row["name"], row["has_rooms"], row["interface"])

    async def slots(self) -> dict[int, Load]:
        """The slots that it holds, with the rooms that are open in them."""
        with self.named():
            rows = await self.connection.fetch(LIST_SLOTS, timeout=CALL_SECONDS)
        return {row["slot"]: Load(row["rooms"], row["members"]) for row in rows}

    async def used_slots(self) -> set[int]:
        """Those in which there ever was a room."""
        with self.named():
            return {row["slot"] for row in await self.connection.fetch(LIST_USED, timeout=CALL_SECONDS)}

    async def take_name(self, slots: Collection[int]) -> None:
        """Make it one of the servers."""
        with self.named():
            await self.connection.execute(NAME, self.name, list(slots), timeout=CALL_SECONDS)

    async def hold(self, slots: Collection[int]) -> None:
        """Give it slots."""
        with self.named():
            await self.connection.execute(HOLD, list(slots), timeout=CALL_SECONDS)

    async def give_up(self, slots: Collection[int]) -> set[int]:
        """Take slots from it; those that it does not hold now: it keeps those in which there ever was a room."""
        with self.named():
            return set(await self.connection.fetchval(GIVE_UP, list(slots), timeout=CALL_SECONDS))

    async def export_claims(self, slots: Collection[int]) -> str | None:
        """The names in use that these slots are the home of."""
        with self.named():
            claims: str | None = await self.connection.fetchval(EXPORT_CLAIMS, list(slots), timeout=CALL_SECONDS)
        return claims

    async def receive_claims(self, claims: str) -> None:
        """Keep what another server exported."""
        with self.named():
            await self.connection.execute(RECEIVE_CLAIMS, claims, timeout=CALL_SECONDS)

    async def list_departed(self) -> dict[int, str]:
        """The slots that have left it and are not done, each with the server that they left for."""
        with self.named():
            rows = await self.connection.fetch(LIST_DEPARTED, timeout=CALL_SECONDS)
        return {row["slot"]: row["server"] for row in rows}

    async def feeds(self, stream: str) -> Feeds:
        """Up to where the feeds were carried to it, and whether somebody is at that."""
        with self.named():
            position = await self.connection.fetchval(POSITION, stream, timeout=CALL_SECONDS)
            row = await self.connection.fetchrow(DESCRIBE_BRIDGE, timeout=CALL_SECONDS)
        assert row is not None
        return Feeds(position or 0, row["holder"] is not None and row["complaint"] is None)

    async def find_room(self, room_id: int) -> Room | None:
        """A room, if it is open."""
        with self.named():
            row = await self.connection.fetchrow(FIND_ROOM, room_id, timeout=CALL_SECONDS)
        return None if row is None else Room(row["members"], row["max_users"])

    async def take_turn(self) -> None:
        """Be the only one who deals slots, until the connection ends."""
        with self.named():
            has_turn = await self.connection.fetchval(TRY_TURN, timeout=CALL_SECONDS)
        if not has_turn:
            raise ServerError("another `edgechat server add` is at work: try again when it has ended")

    @contextmanager
    def named(self) -> Iterator[None]:
        """Have errors say of which server they are."""
        try:
            yield
        except _ERRORS as error:
            words = describe(error)
            hint = getattr(error, "hint", None)
            raise ServerError(f"server {self.name} ({self.address}): {words}{f'; {hint}' if hint else ''}") from error


@asynccontextmanager
async def open_server(name: str, address: str, account_url: str) -> AsyncIterator[Server]:
    """The server at an address, with the login of another URL; raises ServerError."""
    url = with_account(address, account_url)
    settings = {**SESSION_SETTINGS, "application_name": "edgechat server"}
    try:
        connection = await primary_of(url).connect(timeout=CONNECT_SECONDS, server_settings=settings)
    except _ERRORS as error:
        raise ServerError(f"server {name} ({address}) cannot be reached: {describe(error)}") from error
    try:
        yield Server(name, address, url, connection)
    finally:
        connection.terminate()


async def is_starting(url: str) -> bool:
    """Whether nobody takes connections there, as while a server starts; not if it refuses for another reason."""
    try:
        connection = await primary_of(url).connect(timeout=CONNECT_SECONDS)
    except (OSError, TimeoutError, asyncpg.CannotConnectNowError):
        return True
    except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        return False
    connection.terminate()
    return False
