"""Keys that are given, passed over and loaded while partitions, which are ranges of them, come and go."""

from datetime import timedelta

import pytest

from gateway.postgres import queries
from harness.retention import Keeper
from harness.rooms import Rooms, make_event

DAY = timedelta(days=1)
KEEP = "select chat.keep_feed($1, $2, $3)"
NEWEST_ID = "select max(sport_event_id) from feed.sport_event"
GONE = (
    "select gone_until, gone_why, waits_since from chat.bounded_table where table_name = 'feed.sport_event'::regclass"
)
LOAD_OLD = (
    "insert into public.sport_event (sport_event_id, sport, match_title, data_event) values ($1, 3, 'old', 'row')"
)

WRITE_OWN = "insert into feed.sport_event (sport_event_id, sport, match_title, data_event) values ($1, 3, 'own', 'key')"
WAITS_WHY = "select waits_why from chat.kept where what = 'feed.sport_event'::regclass"
HELD = "select state, until_seq from chat.room_filter where room_id = 0 and feed_id = 1 order by room_filter_id"


@pytest.fixture
def keeper(rooms: Rooms) -> Keeper:
    """Time as the test says."""
    return Keeper(rooms.connection)


async def test_old_rows_that_are_loaded_are_young(rooms: Rooms, keeper: Keeper) -> None:
    """Rows with keys that went find a partition, and are kept as long as if they came now."""
    await rooms.open(4)
    await rooms.join("adam")
    await rooms.connection.execute(KEEP, "sport_event", "10 days", "any")
    for _ in range(20):
        await rooms.store_events([make_event()])
        await keeper.run(DAY)
    assert await rooms.connection.fetchval(GONE) > 2
    await rooms.connection.execute(LOAD_OLD, 1)
    await keeper.run()
    await keeper.run(8 * DAY)
    assert await rooms.connection.fetchval("select count(*) from public.sport_event where sport_event_id = 1") == 1
    await keeper.run(3 * DAY)
    assert await rooms.connection.fetchval("select count(*) from public.sport_event where sport_event_id = 1") == 0
    await rooms.connection.execute("delete from feed.sport_event")
    await rooms.connection.execute("select setval('public.sport_event_sport_event_id_seq', 1, false)")
    await rooms.connection.execute("select chat.open_position('a', 'b')")
    await rooms.store_events([make_event()])
    gone = await rooms.connection.fetchrow(GONE)
    assert gone is not None
    assert await rooms.connection.fetchval(NEWEST_ID) >= gone["gone_until"]


async def test_filters_go_with_the_logs_that_they_chose(rooms: Rooms, keeper: Keeper) -> None:
    """Those that were replaced before the log begins; what the room has, and had since, stays."""
    await rooms.open(4, 4)
    await rooms.join("adam")
    await rooms.connection.execute("update chat.setting set log_keep_for = '10 days'")
    for day in range(30):
        await rooms.set_filters("adam", sport=f"sport = {day % 7 + 1}")
        await keeper.run(DAY)
    begins = await rooms.connection.fetchval("select min(seq) from chat.room_log where room_id = 0")
    assert begins > 10
    held = await rooms.connection.fetch(HELD)
    assert min(row["until_seq"] for row in held if row["until_seq"] is not None) == begins
    assert [row["state"] for row in held].count("in force") == 1
    assert [row["until_seq"] for row in held] == [*range(begins, 32), None]
    assert await rooms.connection.fetchval("select count(*) from chat.room_filters") == 4


async def test_rows_far_ahead_stop_nothing(rooms: Rooms, keeper: Keeper) -> None:
    """Somebody may write rows under keys of their own, which the sequence does not know."""
    await rooms.open(4)
    await rooms.join("adam")
    await keeper.run()
    await rooms.connection.execute(KEEP, "sport_event", "10 days", "any")
    await rooms.connection.execute(WRITE_OWN, 50_000_000)
    for _ in range(40):
        await rooms.store_events([make_event()] * 2)
        await keeper.run(DAY)
    assert await rooms.connection.fetchval(GONE) > 2
    assert await rooms.connection.fetchval("select count(*) from feed.sport_event") < 40


async def test_a_table_that_cannot_be_kept_bounded_stops_no_other(rooms: Rooms, keeper: Keeper) -> None:
    """What is wrong with it is said, until it is mended: here somebody's tables with the names of partitions."""
    await rooms.open(4)
    await rooms.join("adam")
    await keeper.run()
    number = await rooms.connection.fetchval("select last_value from chat.partition_partition_id_seq")
    in_the_way = [f"part.sport_event_{number + more}" for more in range(1, 100)]
    await rooms.connection.execute(";".join(f"create table {table} ()" for table in in_the_way))
    await rooms.connection.execute("select setval('public.sport_event_sport_event_id_seq', 90000)")
    await rooms.connection.execute("select setval('public.execution_execution_id_seq', 90000)")
    steps = [step for _ in range(20) for step in await keeper.run(is_patient=False)]
    assert any("part.execution" in step for step in steps), steps
    why = await rooms.connection.fetchval(WAITS_WHY)
    assert "already exists" in why, why
    await rooms.connection.execute("drop table " + ", ".join(in_the_way))
    steps = [step for _ in range(20) for step in await keeper.run(is_patient=False)]
    assert any("part.sport_event" in step for step in steps), steps
    assert await rooms.connection.fetchval(WAITS_WHY) is None


async def test_keys_that_are_passed_over_are_no_rows(rooms: Rooms, keeper: Keeper) -> None:
    """RATES counts what was stored: neither a partition that ends early nor one that is dropped moves it."""

    async def counted() -> int:
        return next(
            int(row["rows"]) for row in await rooms.connection.fetch(queries.ANSWER_RATES) if row["feed"] == feed
        )

    feed = "sport_event"
    await rooms.open(4)
    await rooms.join("adam")
    await rooms.connection.execute(KEEP, feed, "10 days", "any")
    assert await counted() == 0
    for day in range(1, 20):
        await rooms.store_events([make_event()] * 3)
        await keeper.run(DAY)
        assert await counted() == 3 * day
    assert await rooms.connection.fetchval(NEWEST_ID) > 3 * 19
    await keeper.run(30 * DAY)
    await keeper.run(30 * DAY)
    assert await rooms.connection.fetchval("select count(*) from feed.sport_event") == 0
    assert await counted() == 3 * 19
    assert await rooms.connection.fetchval("select chat.newest_row_id(1)") >= 3 * 19
