"""A room's feed rows are told on its channel, for other programs: from which seq to which, as its log has them."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple
from urllib.parse import urlsplit

import asyncpg
import psycopg2
import pytest

from gateway.postgres.payloads import ROWS, room_channel
from harness.hearing import Heard, hearing
from harness.rooms import Rooms, make_event, make_execution
from harness.servers import PostgresServer
from harness.versions import mostly_newest

pytestmark = mostly_newest

READ_LOG = "select seq, feed_id from chat.read_room_log($1, $2, $3, 100000) order by seq"
LIMIT = "update chat.setting set max_announced_rooms = $1"
NO_WINDOW = "update chat.setting set resume_window = '0'"
ANNOUNCE = "select chat.announce_room($1)"
SILENCE = "select chat.announce_room($1, false)"
SHOWN = "select distinct room from chat.room_filters where announced order by room"
CHORES = "select chat.run_chores()"
ROUTED = "select cardinality(filter_ids) from chat.router where feed_id = 1"
FILTERS = ("NONE", "ALL", "sport = 3", "sport > 3", "sport in (1, 7)", "data_event >= '05'", "sport + 1 > 100")
WATCHER = "create role chat_watcher login password 'watching'"
NO_WATCHER = "drop owned by chat_watcher; drop role chat_watcher"
# As docs/psql.md says.
REVOKE = "revoke execute on all functions in schema chat, room_filter from public"
GRANTS = """
grant usage on schema chat to chat_watcher;
grant execute on function chat.read_room_log, chat.newest_seq to chat_watcher
"""


class Told(NamedTuple):
    """One announcement."""

    feed_id: int
    first_seq: int
    last_seq: int


def told(heard: Heard, room: int) -> list[Told]:
    """What a room's channel said of feed rows."""
    payloads = heard.get(room_channel(room), [])
    return [Told(*map(int, payload.split(" ")[1:])) for payload in payloads if payload.startswith(ROWS)]


async def read(rooms: Rooms, room: int, after_seq: int, up_to_seq: int) -> list[tuple[int, int | None]]:
    """Seqs and feeds, as a program reads them."""
    return [(row["seq"], row["feed_id"]) for row in await rooms.connection.fetch(READ_LOG, room, after_seq, up_to_seq)]


async def announced(rooms: Rooms, database: str, count: int) -> list[int]:
    """Which rooms one row of sport 3 is announced to."""
    async with hearing(database, count) as heard:
        await rooms.store_events([make_event(sport=3)])
    return [room for room in range(count) if told(heard, room)]


@pytest.mark.parametrize("seed", [0, 1, pytest.param(2, marks=pytest.mark.slow)])
async def test_what_is_told_is_what_the_log_has(rooms: Rooms, database: str, seed: int) -> None:
    """Batches of any size, filters that change, comments in between: no more, no less, and no room that got nothing."""
    drawn = Random(seed)
    count = 7
    await rooms.open(*[1] * count)
    for room in range(count):
        await rooms.join(f"user{room}", room)
    for _ in range(25):
        room = drawn.randrange(count)
        if drawn.random() < 0.6:
            await rooms.set_filters(f"user{room}", drawn.choice(FILTERS), drawn.choice(("NONE", "ALL", "price > 50")))
        for _ in range(drawn.randrange(3)):
            await rooms.comment(f"user{drawn.randrange(count)}", "in between")
        before = [await rooms.last_seq(room) for room in range(count)]
        async with hearing(database, count) as heard, rooms.connection.transaction():
            size = drawn.choice((1, 1, 2, 10, 200))
            await rooms.store_events([make_event(drawn.randint(1, 7), text=f"{n % 10:02d}") for n in range(size)])
            await rooms.store_executions([make_execution(price=float(drawn.randrange(100)))])
        for room in range(count):
            logged = await read(rooms, room, before[room], 2**62)
            announcements = told(heard, room)
            assert [feed for feed, *_ in announcements] == sorted({feed for _, feed in logged if feed})
            assert [(seq, feed) for feed, first, last in announcements for seq in range(first, last + 1)] == logged
            for feed, first, last in announcements:
                assert await read(rooms, room, first - 1, last) == [(seq, feed) for seq in range(first, last + 1)]


async def test_a_suspended_filter_is_told_before_the_rows_behind_it(rooms: Rooms, database: str) -> None:
    """Whoever reads what is told has everything: the room's own message has its place in the order."""
    await rooms.open(4)
    await rooms.join("adam")
    await rooms.set_filters("adam", execution="executionEpoch * 1000 > 0")
    last_seq = await rooms.last_seq()
    row = make_execution()
    row.executionEpoch = 10**17
    async with hearing(database, 1) as heard, rooms.connection.transaction():
        await rooms.store_executions([row])
        await rooms.store_events([make_event()])
    message, rows = heard["chat_room_0"]
    assert message.split(" ")[::2][:2] == ["M", str(last_seq + 1)]
    assert rows == f"F 1 {last_seq + 2} {last_seq + 2}"


async def test_beyond_the_limit_only_those_that_somebody_asked_for(rooms: Rooms, database: str) -> None:
    """The limit counts the rooms that a batch reaches, not those that there are."""
    await rooms.open(*[1] * 6)
    for room in range(6):
        await rooms.join(f"user{room}", room)
    await rooms.set_filters("user0", "sport = 4")
    await rooms.set_filters("user1", "sport = 4")
    await rooms.connection.execute(LIMIT, 4)
    assert await announced(rooms, database, 6) == [2, 3, 4, 5]
    await rooms.connection.execute(LIMIT, 3)
    assert await announced(rooms, database, 6) == []
    for room in (1, 3, 5):
        await rooms.connection.fetchval(ANNOUNCE, room)
    assert await announced(rooms, database, 6) == [3, 5]
    await rooms.connection.fetchval(SILENCE, 5)
    assert await announced(rooms, database, 6) == [3]
    assert [row["room"] for row in await rooms.connection.fetch(SHOWN)] == [1, 3]
    await rooms.connection.execute(LIMIT, 0)
    assert await announced(rooms, database, 6) == [3]
    await rooms.connection.execute(LIMIT, 256)
    assert await announced(rooms, database, 6) == [2, 3, 4, 5]


async def test_a_room_that_is_asked_for_is_heard_though_nobody_is_in_it(rooms: Rooms, database: str) -> None:
    """From the seq on that the call returns, whatever its filter, until the resume window after it is taken back."""
    await rooms.connection.execute(NO_WINDOW)
    await rooms.open(4, 4)
    await rooms.join("adam")
    await rooms.set_filters("adam", "sport = 3")
    await rooms.leave("adam")
    await rooms.connection.execute(CHORES)
    assert await announced(rooms, database, 2) == []
    assert await rooms.connection.fetchval(ROUTED) == 0

    newest = await rooms.connection.fetchval(ANNOUNCE, 0)
    assert newest == await rooms.last_seq() == 3
    assert await rooms.connection.fetchval(ROUTED) == 1
    await rooms.connection.execute(CHORES)
    async with hearing(database, 2) as heard:
        await rooms.store_events([make_event(sport=3), make_event(sport=4), make_event(sport=3)])
    assert told(heard, 0) == [(1, 4, 5)]
    assert told(heard, 1) == []
    # Somebody comes and goes.
    await rooms.join("eve")
    await rooms.leave("eve")
    await rooms.connection.execute(CHORES)
    assert await announced(rooms, database, 2) == [0]

    last_seq = await rooms.connection.fetchval(SILENCE, 0)
    await rooms.connection.execute(CHORES)
    assert await announced(rooms, database, 2) == []
    assert await rooms.last_seq() == last_seq


async def test_to_take_back_what_nobody_asked_for_changes_nothing(rooms: Rooms, database: str) -> None:
    """A room with members stays live, a cold one stays cold, and one that is not there is named."""
    await rooms.connection.execute(NO_WINDOW)
    await rooms.open(4, 4)
    await rooms.join("adam")
    await rooms.set_filters("adam", "sport = 3")
    for room in (0, 1):
        await rooms.connection.fetchval(SILENCE, room)
    await rooms.connection.execute(CHORES)
    assert await announced(rooms, database, 2) == [0]
    with pytest.raises(asyncpg.PostgresError, match="there is no room 7") as caught:
        await rooms.connection.fetchval(ANNOUNCE, 7)
    assert caught.value.sqlstate == "RM402"


@pytest.fixture
def watcher(postgres: PostgresServer, database: str) -> Iterator[str]:
    """The URL of the database for a role that has no more rights than docs/psql.md gives to a program."""
    administrator, place = urlsplit(postgres.server.superuser_url).netloc.partition("@")[0], database.partition("@")[2]
    _run(f"postgresql://{administrator}@{place}", WATCHER)
    try:
        _run(database, f"{REVOKE};{GRANTS}")
        yield f"postgresql://chat_watcher:watching@{place}"
    finally:
        _run(f"postgresql://{administrator}@{place}", NO_WATCHER)


async def test_a_program_needs_two_grants(rooms: Rooms, watcher: str) -> None:
    """It listens, and reads on from the last seq it has; more it may not."""
    await rooms.open(4)
    await rooms.join("adam")
    heard: list[str] = []
    program = await asyncpg.connect(watcher)
    try:
        await program.add_listener("chat_room_0", lambda _, pid, channel, payload: heard.append(payload))
        last_seq = await program.fetchval("select chat.newest_seq(0)")
        await rooms.store_events([make_event()] * 3)
        await rooms.comment("adam", "seen?")
        found = [row["seq"] for row in await program.fetch(READ_LOG, 0, last_seq, 2**62)]
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await program.fetchval(ANNOUNCE, 0)
    finally:
        await program.close()
    assert found == [2, 3, 4, 5]
    assert heard[0] == "F 1 2 4"
    assert heard[1].startswith("M 16:3 5 ")


def _run(url: str, text: str) -> None:
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(text)
    finally:
        connection.close()
