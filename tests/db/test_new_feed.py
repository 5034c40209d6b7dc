"""A feed that is added as CONTRIBUTING.md says is routed like the others, in new rooms and in those already there."""

import re
from pathlib import Path
from textwrap import dedent

import asyncpg

from harness.rooms import CONFIGURE_ROOMS, Rooms, make_event

CONTRIBUTING = Path(__file__).parents[2] / "CONTRIBUTING.md"
BEGIN_ROUTING = """
create trigger begin_routing before insert on chat.weather for each statement execute function chat.begin_routing()
"""
# What `migrate` ends with.
REFRESH_ROUTERS = "select chat.lock_log(), chat.refresh_router(f.feed_id) from chat.feed as f"
STORE = "insert into chat.weather (town, degrees, message) select 'Ulm', d, '' from unnest($1::real[]) as d"
FILTERS = "select room, feed, clause from chat.room_filters order by room, feed"
TOLD = "select count(*) from chat.chat_event where userstatus = 'FILTERAPPLIED' and roomid = $1"
IN_VIEW = "select count(*) from room_filter.room_1_weather"
WEATHER = 3


def migration() -> str:
    """The SQL that the document shows."""
    (block,) = re.findall(r"^ *```sql\n(.*?)^ *```", CONTRIBUTING.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return dedent(block)


async def add_feed(connection: asyncpg.Connection) -> None:
    """What the steps do to a database."""
    await connection.execute(migration())
    await connection.execute(BEGIN_ROUTING)
    await connection.execute(REFRESH_ROUTERS)


async def test_rooms_that_are_there(rooms: Rooms) -> None:
    """They get the feed's NONE when a gateway starts, once, and then its rows; what they have stays."""
    await rooms.open(2, 2)
    await rooms.join("adam", 0)
    await rooms.join("eve", 1)
    await rooms.set_filters("adam", "sport = 1", "ALL")
    await add_feed(rooms.connection)
    await rooms.connection.execute(STORE, [10])
    for _ in range(2):
        await rooms.connection.execute(CONFIGURE_ROOMS, [2, 2])
    await rooms.connection.execute(STORE, [20, 30])
    await rooms.store_events([make_event(sport=1), make_event(sport=2)])
    assert [tuple(row) for row in await rooms.connection.fetch(FILTERS)] == [
        (0, "execution", "ALL"),
        (0, "sport_event", "sport = 1"),
        (0, "weather", "NONE"),
        (1, "execution", "NONE"),
        (1, "sport_event", "NONE"),
        (1, "weather", "NONE"),
    ]
    assert [await rooms.feed_keys(room, WEATHER) for room in (0, 1)] == [[2, 3], [2, 3]]
    assert [await rooms.feed_keys(room, 1) for room in (0, 1)] == [[1], [1, 2]]
    assert [await rooms.connection.fetchval(TOLD, room) for room in (0, 1)] == [2, 1]
    assert [seq for seq, _, _ in await rooms.log(0)] == list(range(1, await rooms.last_seq(0) + 1))
    assert await rooms.connection.fetchval(IN_VIEW) == 3


async def test_rooms_made_after_it_get_a_new_feed(rooms: Rooms) -> None:
    """They have the feed's NONE from the start."""
    await add_feed(rooms.connection)
    await rooms.open(2)
    await rooms.join("adam", 0)
    await rooms.connection.execute(STORE, [20])
    assert await rooms.feed_keys(0, WEATHER) == [1]
    assert await rooms.connection.fetchval(TOLD, 0) == 0
