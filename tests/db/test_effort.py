"""How much work a burst costs, in counts: the guard against doing for each message what can be done for many."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial

import asyncpg
import pytest

from gateway.closing import Closing
from gateway.delivery.hub import Hub
from gateway.postgres import queries
from gateway.postgres.database import Database
from gateway.postgres.listener import Listener
from gateway.postgres.log import LogReader
from gateway.postgres.payloads import room_channel
from gateway.postgres.records import FeedListing
from harness.background import background
from harness.receiver import NotedReceiver, listed_feeds
from harness.rooms import Rooms, make_event
from harness.waiting import until

ROOMS, SIZE, EVENTS, COMMENTS = 5, 4, 1000, 10
MEMBERS = "select member_id from chat.member order by member_id"
TRANSACTIONS = """
select count(distinct xmin::text) from chat.chat_event where msgtype = chat.msgtype('COMMENT')
"""


class Delivery:
    """What is between Postgres and the sessions of members: each of these only notes what it is to write."""

    def __init__(self, pool: asyncpg.Pool, database_url: str, feeds: list[asyncpg.Record]) -> None:
        listings = [FeedListing(*row) for row in feeds]
        self.hub = Hub(LogReader(pool), listed_feeds(listings))
        self.listener = Listener(database_url, partial(pool.execute, queries.PROBE), self)
        # Members by room.
        self.members: dict[int, list[NotedReceiver]] = {}
        self.notifications = 0

    def interrupted(self) -> None:
        """Notifications may have been missed."""
        self.hub.lose_groups()

    def resync(self) -> None:
        """Read what was missed."""
        self.hub.resync()

    def fell_silent(self) -> None:
        """Nothing else is under way."""

    def registered(self, gateway_id: int) -> None:
        """The members are another gateway's."""

    def drop_member(self, member_id: int) -> None:
        """They are another gateway's."""

    def end_member(self, member_id: int, why: Closing) -> None:
        """Have no members."""

    async def open(self, rooms: Rooms) -> None:
        """Listen to everything, with the rooms' members here from their newest messages on."""
        await self.listener.open()
        for feed in self.hub.feeds.all():
            await self._listen(feed.listing.channel, partial(self.hub.take, feed))
        for room_id in range(ROOMS):
            room = self.hub.room(room_id)
            await self._listen(room_channel(room_id), partial(self.hub.take, room))
            self.members[room_id] = [NotedReceiver() for _ in range(SIZE)]
            for number, member in enumerate(self.members[room_id]):
                room.reattach(f"user {number}", member, await rooms.last_seq(room_id))
        self.hub.resync()

    async def until_delivered(self, count: int) -> None:
        """Wait until every member has got so many messages, which are the room's next ones in their order."""
        for room in self.members.values():
            for member in room:
                await until(partial(self._has, member, count), f"{count} messages")
                assert member.reattached_at is not None
                first_seq = member.reattached_at + 1
                assert member.seqs == [*range(first_seq, first_seq + count)]

    @property
    def most_writes(self) -> int:
        """To one member."""
        return max(len(member.writes) for room in self.members.values() for member in room)

    def _has(self, member: NotedReceiver, count: int) -> bool:
        return len(member.seqs) >= count

    async def _listen(self, channel: str, take: Callable[[str], None]) -> None:
        def count(payload: str) -> None:
            self.notifications += 1
            take(payload)

        await self.listener.listen(channel, count)


@pytest.fixture
async def pool(database: str) -> AsyncIterator[asyncpg.Pool]:
    """As a gateway has one."""
    async with asyncpg.create_pool(database, min_size=1, max_size=4) as pool:
        yield pool
        pool.terminate()


@pytest.fixture
async def delivery(database: str, pool: asyncpg.Pool, rooms: Rooms) -> AsyncIterator[Delivery]:
    """Full rooms, all of whose members have got everything so far."""
    await rooms.open(*[SIZE] * ROOMS)
    for place in range(ROOMS * SIZE):
        await rooms.join(f"user {place}", place % ROOMS)
    made = Delivery(pool, database, await pool.fetch(queries.LIST_FEEDS))
    await made.open(rooms)
    try:
        async with background(made.hub.run()):
            await made.hub.idle.wait()
            yield made
    finally:
        await made.listener.close()


async def test_rows_that_are_stored_together_reach_each_member_in_a_few_writes(
    delivery: Delivery, rooms: Rooms
) -> None:
    """A thousand of them, over few notifications."""
    await rooms.store_events([make_event(text=f"{number}") for number in range(EVENTS)])
    await delivery.until_delivered(EVENTS)
    # About 50 bytes per row, 4,000 per payload; then a line for each room. Postgres may send them in a few parts.
    assert delivery.notifications < EVENTS / 40 + ROOMS
    assert delivery.most_writes <= 10


async def test_comments_that_come_while_a_call_runs_are_posted_and_written_together(
    delivery: Delivery, pool: asyncpg.Pool, rooms: Rooms
) -> None:
    """All users of all rooms at once, each several."""
    is_up = asyncio.Event()
    is_up.set()
    database = Database(pool, set(), is_up)
    database.gateway_id = rooms.gateway_id
    members = [row["member_id"] for row in await pool.fetch(MEMBERS)]
    posting = (database.post(member, f"{number}") for number in range(COMMENTS) for member in members)
    await asyncio.gather(*posting)
    await delivery.until_delivered(COMMENTS * SIZE)
    assert await pool.fetchval(TRANSACTIONS) <= len(members) * COMMENTS / 4
    assert delivery.most_writes <= delivery.notifications
