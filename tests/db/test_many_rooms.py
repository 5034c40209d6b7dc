"""Thousands of rooms are opened in steps, which a server with Postgres's own settings has enough locks for."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing

import asyncpg
import psycopg2
import pytest

from gateway.postgres.database import Database
from harness.servers import PostgresServer, running_postgres
from runtime.remedy import describe

ROOMS = 1200
"""With a view for each feed that is more than the locks of the server here are enough for in one transaction."""
STEP = 100
"""Rooms that one call makes."""
CONFIGURE_ROOMS = "select chat.configure_rooms($1)"
OPEN_ROOMS = "select coalesce(array_agg(r.room_id order by r.room_id), '{}') from chat.room as r where r.is_open"
SIZES = "select array_agg(r.max_users order by r.room_id) from chat.room as r where r.is_open"
# Open ones that lack a filter or its view.
UNREADY = """
select count(*)
from chat.room as r
cross join chat.feed as f
where r.is_open
  and (
    to_regclass(format('room_filter.room_%s_%s', r.room_id, f.name)) is null
    or not exists (
      select from chat.room_filter as p
      where p.room_id = r.room_id and p.feed_id = f.feed_id and p.state = 'in force'
    )
  )
"""
COUNTED_ROOMS = """
select
  b.rooms[chat.index_in_block(g.group_id)], (select count(*) from chat.room as r where r.group_id = g.group_id)
from chat.room_group as g
join chat.group_block as b on b.block_id = chat.block_of(g.group_id)
"""
JOIN_ROOMS = "select count(j.seq) from chat.join_rooms($1, $2, $3) as j"
MANY_LOCKS = "select pg_advisory_xact_lock(i) from generate_series(1, 100000) as i"


@pytest.fixture(scope="module")
def small_server() -> Iterator[PostgresServer]:
    """A server whose lock table is smaller than that of any server with Postgres's own settings."""
    with running_postgres(18, {"max_locks_per_transaction": "10", "max_connections": "20"}) as server:
        yield server


@pytest.fixture
def small_database(small_server: PostgresServer) -> Iterator[str]:
    """A migrated database on that server."""
    url = small_server.create_migrated()
    yield url
    small_server.drop(url)


@pytest.fixture
async def pool(small_database: str) -> AsyncIterator[asyncpg.Pool]:
    """Connections as a gateway has them."""
    async with asyncpg.create_pool(small_database, min_size=0, max_size=4, command_timeout=15.0) as pool:
        yield pool
        pool.terminate()


def gateway_calls(pool: asyncpg.Pool) -> Database:
    """What a gateway asks of Postgres, which is there."""
    is_up = asyncio.Event()
    is_up.set()
    return Database(pool, [], is_up)


async def look(pool: asyncpg.Pool) -> int:
    """How many rooms are open now, none of which may lack a filter, or have one before it that is not open."""
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
        rooms = list(await connection.fetchval(OPEN_ROOMS))
        assert rooms == list(range(len(rooms)))
        assert await connection.fetchval("select chat.count_open_rooms()") == len(rooms)
        assert await connection.fetchval(UNREADY) == 0
        return len(rooms)


async def test_any_number_of_rooms_is_opened(pool: asyncpg.Pool) -> None:
    """With the locks of a server that nobody has given more."""
    await gateway_calls(pool).configure_rooms([4] * ROOMS)
    assert await look(pool) == ROOMS
    assert {tuple(row) for row in await pool.fetch(COUNTED_ROOMS)} == {(ROOMS, ROOMS)}


async def test_a_start_that_was_cut_off_is_gone_on_with(pool: asyncpg.Pool) -> None:
    """What was made stays, and no room is open before all are ready; where all are there, one call is enough."""
    sizes = [4] * (2 * STEP + 1)
    assert await pool.fetchval(CONFIGURE_ROOMS, sizes) == STEP + 1
    assert await look(pool) == 0
    assert await pool.fetchval(CONFIGURE_ROOMS, sizes) == 1
    assert await pool.fetchval(CONFIGURE_ROOMS, sizes) == 0
    assert await look(pool) == len(sizes)
    assert await pool.fetchval(CONFIGURE_ROOMS, [5] * len(sizes)) == 0
    assert set(await pool.fetchval(SIZES)) == {5}


async def test_rooms_that_were_closed_are_opened_with_those_that_are_made(pool: asyncpg.Pool) -> None:
    """There is no hole meanwhile."""
    await gateway_calls(pool).configure_rooms([4] * 20)
    await gateway_calls(pool).configure_rooms([4] * 5)
    assert await pool.fetchval(CONFIGURE_ROOMS, [6] * (20 + STEP + 1)) == 1
    assert await look(pool) == 5
    assert await pool.fetchval(CONFIGURE_ROOMS, [6] * (20 + STEP + 1)) == 0
    assert await look(pool) == 20 + STEP + 1


@pytest.mark.parametrize("others", [ROOMS, ROOMS - STEP, 3])
async def test_gateways_that_start_at_once_all_start(pool: asyncpg.Pool, others: int) -> None:
    """One of them has decided for all rooms; nobody ever sees a room that is not ready."""
    calls = gateway_calls(pool)
    starts = [
        asyncio.create_task(calls.configure_rooms([4] * ROOMS)),
        asyncio.create_task(calls.configure_rooms([9] * others)),
    ]
    while not all(start.done() for start in starts):
        await look(pool)
    await asyncio.gather(*starts)
    assert await look(pool) in {ROOMS, others}
    assert await pool.fetchval(SIZES) in ([4] * ROOMS, [9] * others)


async def test_feeds_that_came_since_are_given_in_steps_too(pool: asyncpg.Pool) -> None:
    """As after an upgrade that brings a feed which everybody gets."""
    count = STEP + 50
    await gateway_calls(pool).configure_rooms([4] * count)
    feed_id = await pool.fetchval("select chat.add_feed('orders', subject => 'orders', columns => '{symbol:text=s}')")
    await pool.execute("update chat.feed set default_clause = 'NONE' where feed_id = $1", feed_id)
    assert await pool.fetchval(CONFIGURE_ROOMS, [4]) == count - STEP
    assert await pool.fetchval("select count(*) from chat.room_filter where feed_id = $1", feed_id) == STEP
    await gateway_calls(pool).configure_rooms([4] * count)
    assert await look(pool) == count


async def test_a_full_lock_table_is_told_as_such(pool: asyncpg.Pool, small_database: str) -> None:
    """With what is to be raised, which is not the server's memory: by gateways, and by the command line."""
    with pytest.raises(asyncpg.OutOfMemoryError) as told_gateway:
        await pool.execute(MANY_LOCKS)
    with (
        closing(psycopg2.connect(small_database)) as connection,
        connection.cursor() as cursor,
        pytest.raises(psycopg2.errors.OutOfMemory) as told_command,
    ):
        cursor.execute(MANY_LOCKS)
    expected = (
        "it has no place for so many locks at once: raise max_locks_per_transaction in its settings (to 512), and "
        "restart it (out of shared memory)"
    )
    assert describe(told_gateway.value) == describe(told_command.value) == expected
    assert "lower its shared_buffers" in describe(asyncpg.OutOfMemoryError("out of memory"))


async def test_a_greeting_grows_with_the_rooms_and_not_with_their_square(pool: asyncpg.Pool) -> None:
    """It names every room with its members: five times as many take five times as long at most, not twenty-five."""
    gateway_id = await pool.fetchval("select chat.open_gateway()")

    async def fill(first: int, last: int) -> float:
        await gateway_calls(pool).configure_rooms([4] * last)
        names, room_ids = [f"user{i}" for i in range(first, last)], [*range(first, last)]
        assert await pool.fetchval(JOIN_ROOMS, gateway_id, names, room_ids) == last - first
        took = []
        for _ in range(5):
            started = time.perf_counter()
            await pool.fetchval("select chat.record_greeting(1)")
            took.append(time.perf_counter() - started)
        return min(took)

    few = await fill(0, 300)
    many = await fill(300, 1500)
    assert many < 7 * few
