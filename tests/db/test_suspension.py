"""A filter that fails at run time hurts its own rooms only, and they are told."""

import re

import asyncpg
import pytest

from harness.rooms import Rooms, make_execution
from proto.chatmessage_pb2 import chatmessage
from proto.execution_pb2 import execution

pytestmark = pytest.mark.parametrize("postgres_version", [18, 16])

ROOMS = 100
ROWS = 2000
BATCH = 50
CULPRIT = 42
# Passes the trial: no probe row and no stored row has so large an epoch.
OVERFLOWING = "executionEpoch * 1000 > 0"
STATES = """
select f.room_id, f.reason from chat.room_filter as f where f.feed_id = 2 and f.state = 'suspended' order by f.room_id
"""
SUSPENSIONS = """
select message from chat.chat_event where userstatus = 'FILTERSUSPENDED' and roomid = $1
"""
SET_TIMEOUT = "set statement_timeout = '300ms'"
SLOW = """
create or replace function chat.slow_tests(p_number integer) returns boolean language plpgsql as
$$ begin perform pg_sleep(0.05); return true; end $$
"""


def overflowing(count: int) -> list[execution]:
    """Rows on every one of which the filter raises."""
    rows = [make_execution(price=float(number)) for number in range(count)]
    for row in rows:
        row.executionEpoch = 10**17
    return rows


async def test_one_room_of_a_hundred(rooms: Rooms) -> None:
    """Every row is stored, 99 rooms get all of them, and one is told why it does not."""
    await rooms.open(*([1] * ROOMS))
    for room in range(ROOMS):
        await rooms.join(f"user{room}", room)
    for room in range(0, ROOMS, 2):
        await rooms.set_filters(f"user{room}", execution=f"price > {room} - 1000")
    await rooms.set_filters(f"user{CULPRIT}", execution=OVERFLOWING)
    rows = overflowing(ROWS)
    for start in range(0, ROWS, BATCH):
        await rooms.store_executions(rows[start : start + BATCH])

    assert await rooms.connection.fetchval("select count(*) from feed.execution") == ROWS
    counts = {room: len(await rooms.feed_keys(room, 2)) for room in range(ROOMS)}
    assert counts.pop(CULPRIT) == 0
    assert set(counts.values()) == {ROWS}
    ((room, reason),) = await rooms.connection.fetch(STATES)
    assert (room, reason) == (CULPRIT, "bigint out of range")


async def test_the_room_is_told(rooms: Rooms) -> None:
    """FILTERSUSPENDED has a sequence of the room, the reason in words, and ALL as the filter now in force."""
    await rooms.open(4)
    await rooms.join("adam")
    await rooms.set_filters("adam", execution=OVERFLOWING)
    await rooms.store_executions(overflowing(3))
    (told,) = [chatmessage.FromString(row["message"]) for row in await rooms.connection.fetch(SUSPENSIONS, 0)]
    assert (told.seq, told.execution_filter, told.sport_filter) == (3, "ALL", "NONE")
    assert OVERFLOWING in told.reason
    assert "bigint out of range" in told.reason


async def test_a_new_filter_lifts_it(rooms: Rooms) -> None:
    """The room gets rows again from the new filter on, and SAME does not bring the old one back."""
    await rooms.open(4)
    await rooms.join("adam")
    await rooms.set_filters("adam", execution=OVERFLOWING)
    await rooms.store_executions(overflowing(1))
    await rooms.set_filters("adam", sport="ALL")
    await rooms.store_executions([make_execution()])
    assert await rooms.feed_keys(0, 2) == []
    await rooms.set_filters("adam", execution="price > 0")
    await rooms.store_executions([make_execution()])
    assert await rooms.feed_keys(0, 2) == [3]


async def test_filters_that_take_the_time_of_a_batch_are_suspended(rooms: Rooms) -> None:
    """A batch that runs into the time limit is stored all the same, and the slowest filter is suspended."""
    connection: asyncpg.Connection = rooms.connection
    await rooms.open(4, 4)
    await rooms.join("adam", 0)
    await rooms.join("bobby", 1)
    await rooms.set_filters("adam", execution="price > 1")
    await rooms.set_filters("bobby", execution="price > 2")
    # No clause that is accepted is this slow; so one is made slow behind the gates.
    await connection.execute(SLOW)
    await connection.execute(
        "update chat.filter set canonical = 'chat.slow_tests(1)' where canonical like '(price > (2)%'"
    )
    await connection.execute("select chat.lock_log(), chat.refresh_router(2::smallint)")
    await connection.execute(SET_TIMEOUT)
    await rooms.store_executions([make_execution(price=50.0)] * 10)
    assert await rooms.feed_keys(0, 2) == list(range(1, 11))
    assert await rooms.feed_keys(1, 2) == []
    ((room, reason),) = await connection.fetch(STATES)
    assert room == 1
    assert re.fullmatch(r"it took \d+ ms for \d+ rows", reason)


async def test_a_zero_that_the_trial_did_not_see(rooms: Rooms) -> None:
    """A filter that raises is found, though its other parts alone would tell that the row does not pass."""
    await rooms.open(4, 4)
    await rooms.join("adam", 0)
    await rooms.join("bobby", 1)
    await rooms.set_filters("adam", execution="quantity / (price - 50) > 1 and price <> 50")
    await rooms.set_filters("bobby", execution="price > 1")
    await rooms.store_executions([make_execution(price=50.0), make_execution(price=51.0)])
    ((room, reason),) = await rooms.connection.fetch(STATES)
    assert (room, reason) == (0, "division by zero")
    assert await rooms.feed_keys(1, 2) == [1, 2]


async def make_slow(rooms: Rooms, name: str, room: int, number: int) -> None:
    """Give a room a filter that takes 50 ms per row: none such is accepted, so it is made slow behind the gates."""
    await rooms.join(name, room)
    await rooms.set_filters(name, execution=f"price > {number}")
    await rooms.connection.execute(SLOW)
    await rooms.connection.execute(
        "update chat.filter set canonical = format('chat.slow_tests(%s)', $1::integer), canonical_hash = $2"
        " where canonical like format('(price > (%s)%%', $1::integer)",
        number,
        f"hash {number}",
    )
    await rooms.connection.execute("select chat.lock_log(), chat.refresh_router(2)")


async def test_slow_without_a_time_limit(rooms: Rooms) -> None:
    """A filter that holds a batch up for over a second is suspended long before the bridge's time limit."""
    await rooms.open(4, 4)
    await rooms.join("adam", 0)
    await rooms.set_filters("adam", execution="price > 1")
    await make_slow(rooms, "bobby", 1, 2)
    await rooms.store_executions([make_execution(price=50.0)] * 30)
    assert await rooms.feed_keys(0, 2) == list(range(1, 31))
    assert await rooms.feed_keys(1, 2) == []
    ((room, reason),) = await rooms.connection.fetch(STATES)
    assert room == 1
    assert re.fullmatch(r"it took \d+ ms for \d+ rows", reason)


async def test_a_time_limit_while_a_culprit_is_looked_for(rooms: Rooms) -> None:
    """One filter raises, others need some time; the limit comes while one of those is tried: it is not suspended."""
    await rooms.open(*([4] * 5))
    await rooms.join("culprit", 0)
    await rooms.set_filters("culprit", execution=OVERFLOWING)
    for number in range(1, 5):
        await make_slow(rooms, f"slow {number}", number, number)
    await rooms.connection.execute(SET_TIMEOUT)
    await rooms.store_executions(overflowing(3))
    ((room, reason),) = await rooms.connection.fetch(STATES)
    assert (room, reason) == (0, "bigint out of range")
    assert await rooms.feed_keys(4, 2) == [1, 2, 3]


async def test_what_raises_in_no_router_raises_nowhere(rooms: Rooms) -> None:
    """A part that does not hold guards the one behind it, in the router, the room's view, preview and explanation."""
    clause = "lower(upper(market)) = 'x' and executionEpoch * 1000 > 0"
    await rooms.open(4)
    await rooms.join("adam")
    await rooms.set_filters("adam", execution=clause)
    await rooms.store_executions(overflowing(3))
    assert await rooms.connection.fetch(STATES) == []
    assert await rooms.connection.fetch("select * from room_filter.room_0_execution") == []
    previewed = await rooms.connection.fetch("select value from chat.preview_filter('execution', $1)", clause)
    assert "0 of the newest 3 rows" in [row["value"] for row in previewed]
    told = await rooms.connection.fetch("select value from chat.explain_delivery(0, 'execution', 1)")
    assert "the filter does not pass it" in [row["value"] for row in told]
