"""What is old goes, by the limits of its feed, of chat or of logs, and whoever asks for it is told."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import pytest

from harness.background import background
from harness.retention import Keeper, Witness
from harness.rooms import Rooms, make_event, make_execution
from harness.versions import mostly_newest
from proto import chatmessage_pb2 as pb

both_versions = pytest.mark.parametrize("postgres_version", [18, 16])

DAY = timedelta(days=1)
KEEP = "select chat.keep_feed($1, $2, $3)"
OPEN_HISTORY = "select after_seq, truncated from chat.open_history('adam', 0, chat.newest_seq(0) + 1, $1, $2)"
EXPLAIN = "select item, value from chat.explain_delivery(0, 'sport_event', $1)"
TIMELINE = "select seq, kind, what from chat.room_timeline(0, $1, 3)"
PREVIEW = "select value from chat.preview_filter('sport_event', 'NONE') where item = 'not there'"
SIZE = "select sum(bytes)::bigint from chat.kept"
NEWEST_ID = "select max(sport_event_id) from feed.sport_event"
PARTITIONS = "select what::text, partitions from chat.kept"
GONE = (
    "select gone_until, gone_why, waits_since from chat.bounded_table where table_name = 'feed.sport_event'::regclass"
)
PARTS = "select relname from pg_class where relnamespace = 'part'::regnamespace and relkind = 'r'"
LIMITS = (
    (("7d", None), "for 7 days, at most 10 GB"),
    (("90 min", "20MB"), "for 01:30:00, at most 20 MB"),
    (("1 year", None), "for 1 year, at most 20 MB"),
    (("ever", None), "for ever, at most 20 MB"),
    ((None, "any"), "for ever"),
    (("infinity", None), "for ever"),
    (("for ever", "1 TB"), "for ever, at most 1024 GB"),
)


@asynccontextmanager
async def _busy(database: str, statement: str) -> AsyncIterator[None]:
    """Somebody who asks this again and again meanwhile."""
    connection = await asyncpg.connect(database)

    async def ask() -> None:
        while True:
            await connection.fetchval(statement)
            await asyncio.sleep(0.01)

    try:
        async with background(ask()):
            yield
    finally:
        connection.terminate()


@pytest.fixture
def keeper(connection: asyncpg.Connection) -> Keeper:
    """Time as the test says."""
    return Keeper(connection)


@mostly_newest
async def test_two_years_take_no_more_than_one_month(rooms: Rooms, keeper: Keeper) -> None:
    """Over 24 months the disk use is flat, what is kept reads as it was when it came, and the rest is told of."""
    await rooms.open(4, 4, 4)
    await rooms.join("adam")
    await rooms.join("eve", 1)
    await rooms.join("zoe", 2)
    await rooms.set_filters("zoe", sport="ALL", execution="ALL")
    await rooms.connection.execute(KEEP, "sport_event", "40 days", "any")
    await rooms.connection.execute(KEEP, "execution", "ever", "1MB")
    await rooms.connection.execute("update chat.setting set chat_keep_for = '120 days', log_keep_for = '80 days'")
    witnesses = [Witness(rooms.connection, room) for room in range(3)]
    sizes = []
    for step in range(122):
        await rooms.store_events([make_event(step % 7 + 1, text=f"{step} {number}") for number in range(40)])
        await rooms.store_executions([make_execution(price=number, market=f"{step}") for number in range(30)])
        if step % 3 == 0:
            await rooms.comment("adam", f"said {step}")
        if step % 5 == 0:
            # Another group of rooms, and the former one again later.
            await rooms.set_filters("eve", sport=f"sport = {step % 3 + 1}" if step % 2 else "NONE")
        await keeper.run(6 * DAY)
        sizes.append(await rooms.connection.fetchval(SIZE))
        for witness in witnesses[: 3 if step % 10 == 0 else 1]:
            await witness.look()
    assert max(sizes[90:]) < 1.2 * max(sizes[60:90]), sizes
    partitions = {row["what"]: row["partitions"] for row in await rooms.connection.fetch(PARTITIONS)}
    assert max(partitions.values()) < 25, partitions
    assert len(await rooms.connection.fetch(PARTS)) == sum(partitions.values())

    kept_from, newest = await witnesses[0].look()
    assert 300 < newest - kept_from < 1500, (kept_from, newest)
    # A room that got nothing of the feeds has lost nothing by their limits.
    quiet_from, quiet_newest = await witnesses[2].look()
    assert (quiet_from, quiet_newest) == (quiet_newest, quiet_newest) or quiet_from <= 3
    for resume_after in (1, kept_from - 2):
        told = await rooms.connection.fetchrow(OPEN_HISTORY, resume_after, None)
        assert told is not None
        message = pb.chatmessage.FromString(told["truncated"])
        assert (message.userstatus, message.seq, told["after_seq"]) == (
            "HISTORY_TRUNCATED",
            kept_from - 1,
            kept_from - 1,
        )
    for asked in ((kept_from - 1, None), (newest, None), (None, 100)):
        told = await rooms.connection.fetchrow(OPEN_HISTORY, *asked)
        assert told is not None
        assert told["truncated"] is None
        assert told["after_seq"] == (newest - 100 if asked[0] is None else asked[0])
    from_the_start = await rooms.connection.fetchrow(OPEN_HISTORY, None, 2**40)
    assert from_the_start is not None
    assert (from_the_start["after_seq"], from_the_start["truncated"]) == (kept_from - 1, None)


async def test_people_are_told_what_is_gone(rooms: Rooms, keeper: Keeper) -> None:
    """explain_delivery, room_timeline and preview_filter say it, since when, and why; there is no silent gap."""
    await rooms.open(4)
    await rooms.join("adam")
    await rooms.connection.execute(KEEP, "sport_event", "1 day", "any")
    for _ in range(20):
        await rooms.store_events([make_event()] * 3)
        await keeper.run(DAY / 5)
    gone = await rooms.connection.fetchrow(GONE)
    assert gone is not None
    assert gone["gone_why"] == "kept for 1 days"
    (row,) = await rooms.connection.fetch(EXPLAIN, 2)
    assert f"sport_event 2: what came before key {gone['gone_until']} is gone since" in row["value"]
    newest = await rooms.connection.fetchval(NEWEST_ID)
    (row,) = await rooms.connection.fetch(EXPLAIN, newest + 1)
    assert row["value"] == f"there is no sport_event {newest + 1}"
    first, second, *_ = await rooms.connection.fetch(TIMELINE, 0)
    assert (first["kind"], second["seq"]) == ("GONE", first["seq"] + 1)
    assert (await rooms.connection.fetch(TIMELINE, first["seq"]))[0]["kind"] == "SPORT_EVENT"
    (words,) = await rooms.connection.fetch(PREVIEW)
    assert f"before key {gone['gone_until']} is gone" in words["value"]

    await rooms.connection.execute("update chat.setting set log_keep_for = '1 hour'")
    await rooms.connection.execute(KEEP, "sport_event", "ever", "any")
    for _ in range(4):
        await keeper.run(DAY)
        await rooms.store_events([make_event()])
    told = {row["item"]: row["value"] for row in await rooms.connection.fetch(EXPLAIN, newest)}
    assert told["delivered"] == "not known: the log of then is gone"
    assert "why not" not in told


@both_versions
async def test_rooms_that_say_nothing_keep_their_way_to_feed_rows(rooms: Rooms, keeper: Keeper) -> None:
    """The last message of a room goes with the old ones, and the feed rows behind it are found all the same."""
    await rooms.open(4)
    await rooms.join("adam")
    await rooms.connection.execute("update chat.setting set log_keep_for = '10 days'")
    witness = Witness(rooms.connection, 0)
    for _ in range(30):
        await rooms.store_events([make_event()] * 2)
        await keeper.run(DAY)
        await witness.look()
    assert await rooms.connection.fetchval("select count(*) from chat.room_log where room_id = 0") == 1
    await rooms.set_filters("adam", sport="sport = 4")
    await rooms.store_events([make_event(4), make_event(3)])
    kept_from, newest = await witness.look()
    assert 2 < kept_from < newest - 10


@both_versions
async def test_nobody_making_partitions_stops_no_insert(rooms: Rooms, keeper: Keeper) -> None:
    """Rows find a partition though none was made for them, however many they are; later that one gets its end."""
    await rooms.open(4)
    await rooms.join("adam")
    await keeper.run()
    await rooms.connection.execute("select setval('public.sport_event_sport_event_id_seq', 5000000)")
    await rooms.store_events([make_event()] * 3)
    await rooms.connection.execute("set chat.is_routed = off")
    await rooms.connection.execute(
        "insert into feed.sport_event (sport, match_title, data_event, message) "
        "select 3, 'a', 'b', convert_to(repeat('x', 400), 'UTF8') from generate_series(1, 40000)"
    )
    await rooms.connection.execute("reset chat.is_routed")
    done = await keeper.run(DAY)
    assert any(step.startswith("preparing the end of part.sport_event") for step in done), done
    first, second = await rooms.connection.fetch(
        "select distinct tableoid::regclass::text as part, min(sport_event_id) from feed.sport_event group by 1 "
        "union select part::text, null from chat.partition "
        "where table_name = 'feed.sport_event'::regclass and until_key is null and began_at is null order by 2"
    )
    assert first["part"] != second["part"]
    await rooms.store_events([make_event()])
    assert await rooms.connection.fetchval("select count(*) from feed.sport_event") == 40_004


async def test_a_reader_is_not_waited_for(rooms: Rooms, keeper: Keeper, database: str) -> None:
    """Who reads a table without a pause keeps its partitions, not the feed: that is tried again, and seen."""
    await rooms.open(4)
    await rooms.join("adam")
    await rooms.store_events([make_event()])
    reader = await asyncpg.connect(database)
    try:
        async with reader.transaction():
            await reader.fetch("select * from feed.sport_event")
            done = await keeper.run(is_patient=False)
            assert not any("sport_event" in step for step in done), done
            waits = await rooms.connection.fetchrow(GONE)
            assert waits is not None
            assert waits["waits_since"] == keeper.now
            await rooms.store_events([make_event()])
        assert any("sport_event" in step for step in await keeper.run(DAY))
        waits = await rooms.connection.fetchrow(GONE)
        assert waits is not None
        assert waits["waits_since"] is None
    finally:
        reader.terminate()


async def test_rows_come_in_while_partitions_go(rooms: Rooms, database: str) -> None:
    """Partitions are made and dropped all the time, under readers; no insert fails or waits for long, none is lost."""
    await rooms.open(4)
    await rooms.join("adam")
    await rooms.connection.execute(KEEP, "sport_event", "ever", "1MB")
    longest = 0.0
    async with _busy(database, "select chat.keep_bounded()"), _busy(database, "select count(*) from feed.sport_event"):
        for _ in range(600):
            started = time.monotonic()
            await rooms.store_events([make_event(text="x" * 400)] * 10)
            longest = max(longest, time.monotonic() - started)
    assert longest < 2, longest
    assert await rooms.connection.fetchval(GONE) > 1000
    assert await rooms.last_seq() == 6_001
    kept_from, newest = await Witness(rooms.connection, 0).look()
    assert newest - kept_from < 5_000


async def test_limits_are_set_in_words(connection: asyncpg.Connection) -> None:
    """A time and a size as people write them, no limit, and what is not said stays as it is."""
    for (keep_for, size), words in LIMITS:
        assert await connection.fetchval(KEEP, "sport_event", keep_for, size) == words
    for keep_for, size in (("soon", None), ("-1 day", None), ("1 second", None), (None, "little"), (None, "10 kB")):
        with pytest.raises(asyncpg.PostgresError, match="cannot be kept for") as refused:
            await connection.execute(KEEP, "sport_event", keep_for, size)
        assert refused.value.sqlstate == "RM506"
        assert "7 days" in str(refused.value.hint)
    with pytest.raises(asyncpg.PostgresError, match="there is no feed"):
        await connection.execute(KEEP, "weather", None, None)


@both_versions
async def test_a_feed_that_was_added_is_bounded_too(rooms: Rooms, keeper: Keeper) -> None:
    """Whatever it is called meanwhile, and whatever columns it has got; nothing of it is left when it is dropped."""
    await rooms.open(4)
    await rooms.join("adam")
    fetch = rooms.connection.fetchval
    await fetch("select chat.add_feed('weather', 'weather.>', columns => '{city:text}')")
    await fetch("select chat.keep_feed('weather', '5 days')")
    for step in range(20):
        await fetch("insert into feed.weather (city) values ($1)", f"{step}")
        await keeper.run(DAY)
        if step == 10:
            await fetch("select chat.add_feed_column('weather', 'wind:float')")
            await fetch("select chat.rename_feed('weather', 'climate')")
            await fetch("select chat.add_feed('weather', 'other.>', columns => '{a:text}')")
            await fetch("select chat.remove_feed('weather', rows => 'drop')")
            break
    for step in range(20):
        await fetch("insert into feed.climate (city, wind) values ($1, 1)", f"{step}")
        await keeper.run(DAY)
    assert await fetch("select count(*) from feed.climate") < 9
    assert await fetch("select chat.remove_feed('climate', rows => 'drop')") < 9
    assert not [row["relname"] for row in await rooms.connection.fetch(PARTS) if row["relname"].startswith("weather")]
    assert await fetch("select count(*) from chat.bounded_table where feed_id >= 100") == 0
    await keeper.run(DAY)
