"""Rooms without a gateway: the calls that a gateway and a bridge make, made over one connection."""

from collections.abc import Sequence

import asyncpg

from proto.event_pb2 import event
from proto.execution_pb2 import execution

CONFIGURE_ROOMS = "select chat.configure_rooms($1)"
OPEN_GATEWAY = "select chat.open_gateway()"
JOIN_ROOMS = "select seq, denial from chat.join_rooms($1, $2, $3) order by number"
LEAVE_ROOMS = "select chat.leave_rooms($1, $2)"
POST_COMMENTS = """
select chat.post_comments($1, array_agg(m.member_id order by c.number), array_agg(c.comment order by c.number))
from unnest($2::text[], $3::text[]) with ordinality as c(username, comment, number)
left join chat.member as m on m.username = c.username
"""
SET_ROOM_FILTERS = """
select seq, refusal, guards
from chat.set_room_filters($1, array[$2::text], array_fill(1, array[cardinality($3::integer[])]), $3, $4, $5)
"""
STORE_SPORT_EVENT = "select feed.store_sport_event($1, $2, $3, $4, $5)"
STORE_EXECUTION = "select feed.store_execution($1, $2, $3, $4, $5, $6, $7, $8)"
LAST_SEQ = "select chat.newest_seq($1)"
ROOM_LOG = "select seq, feed_id, row_id from chat.list_logged_rows($1, 0, 9000000000000000000, 1000000000) order by seq"


class Rooms:
    """Rooms of a database, with a gateway's id to be members by."""

    def __init__(self, connection: asyncpg.Connection, others: Sequence[asyncpg.Connection] = ()) -> None:
        """`others` go to other servers, which get the feeds' rows, too, as each has a bridge."""
        self.connection = connection
        self._others = others
        self.gateway_id = 0

    async def open(self, *sizes: int) -> None:
        """Open rooms of these sizes and register as a gateway."""
        while await self.connection.fetchval(CONFIGURE_ROOMS, sizes) > 0:
            pass
        self.gateway_id = await self.connection.fetchval(OPEN_GATEWAY)

    async def join(self, name: str, room: int = 0) -> int:
        """Make somebody a member; the sequence of their USERJOINED."""
        row = await self.connection.fetchrow(JOIN_ROOMS, self.gateway_id, [name], [room])
        assert row is not None
        assert row["seq"] is not None, row["denial"]
        return int(row["seq"])

    async def leave(self, *names: str) -> None:
        """Have members leave."""
        await self.connection.execute(LEAVE_ROOMS, self.gateway_id, names)

    async def comment(self, name: str, *texts: str) -> None:
        """Comments of one member in one call."""
        assert all(await self.post(*((name, text) for text in texts)))

    async def post(self, *comments: tuple[str, str]) -> list[bool]:
        """Comments, each with the name of its author, in one call; which of them were posted."""
        names, texts = zip(*comments, strict=True)
        return list(await self.connection.fetchval(POST_COMMENTS, self.gateway_id, names, texts))

    async def set_filters(self, name: str, sport: str = "SAME", execution: str = "SAME") -> int:
        """Set the filters of a member's room; the sequence of the FILTERAPPLIED."""
        seq, refusal = await self.try_filters(name, {1: sport, 2: execution})
        assert refusal is None, refusal
        return seq

    async def try_filters(self, name: str, clauses: dict[int, str]) -> tuple[int, bytes | None]:
        """Set filters by feed: the sequence of the FILTERAPPLIED, or the refusal. Guards are taken as prepared."""
        prepared: list[str | None] = []
        while True:
            row = await self.connection.fetchrow(
                SET_ROOM_FILTERS, self.gateway_id, name, list(clauses), list(clauses.values()), prepared
            )
            assert row is not None
            if row["guards"] is None:
                return row["seq"], row["refusal"]
            prepared = row["guards"]

    async def last_seq(self, room: int = 0) -> int:
        """How many messages a room has had."""
        return int(await self.connection.fetchval(LAST_SEQ, room))

    async def log(self, room: int = 0) -> list[tuple[int, int | None, int]]:
        """What a room got: sequence, feed (None for the room's own) and key of the row."""
        return [(row["seq"], row["feed_id"], row["row_id"]) for row in await self.connection.fetch(ROOM_LOG, room)]

    async def feed_keys(self, room: int = 0, feed_id: int = 1) -> list[int]:
        """The keys of a feed's rows that a room got, in order."""
        return [row_id for _, feed, row_id in await self.log(room) if feed == feed_id]

    async def store_events(self, rows: Sequence[event]) -> None:
        """Store rows of the sport feed in one statement, as the bridge does."""
        await self._store(
            STORE_SPORT_EVENT,
            [None] * len(rows),
            [row.SerializeToString() for row in rows],
            [row.sport for row in rows],
            [row.match_title for row in rows],
            [row.data_event for row in rows],
        )

    async def store_executions(self, rows: Sequence[execution]) -> None:
        """Store rows of the trade feed in one statement, as the bridge does."""
        await self._store(
            STORE_EXECUTION,
            [None] * len(rows),
            [row.SerializeToString() for row in rows],
            [row.symbol for row in rows],
            [row.market for row in rows],
            [row.price for row in rows],
            [row.quantity for row in rows],
            [row.executionEpoch for row in rows],
            [row.stateSymbol for row in rows],
        )

    async def _store(self, statement: str, *columns: list[object]) -> None:
        for connection in (*self._others, self.connection):
            await connection.execute(statement, *columns)


def make_event(sport: int = 3, title: str = "EAGLES vs COWBOYS", text: str = "Q1 10:00") -> event:
    """A row of the sport feed."""
    return event(sport=sport, match_title=title, data_event=text)


def make_execution(
    symbol: str = "DAYTONA:winner--Kyle Busch", market: str = "NASCAR", price: float = 50.5, epoch: int = 1_600_000_000
) -> execution:
    """A row of the trade feed."""
    return execution(symbol=symbol, market=market, price=price, quantity=100.25, executionEpoch=epoch, stateSymbol="PA")
