"""A feed that is added while everything runs is stored, filtered, looked at, changed and removed like the others."""

import asyncpg
import pytest

from harness.rooms import CONFIGURE_ROOMS, Rooms, make_event

ADD = "select add_feed('weather', subject => 'weather.>', columns => $1)"
COLUMNS = ["city:text", "temperature:float", "wet:boolean", "station:text=station.id"]
STORE = "insert into feed.weather (city, temperature) select 'Ulm', d from unnest($1::float8[]) as d"
FILTERS = "select room, feed, clause from chat.room_filters order by room, feed"
TOLD = "select reason from chat.chat_event where userstatus = 'FILTERAPPLIED' and roomid = $1 order by chat_event_id"
EXPLAIN = "select item, value from explain_delivery($1, 'weather', $2)"


@pytest.fixture
async def weather(rooms: Rooms) -> int:
    """Two rooms with somebody in each, and then the feed; its number."""
    await rooms.open(2, 2)
    await rooms.join("adam", 0)
    await rooms.join("eve", 1)
    number: int = await rooms.connection.fetchval(ADD, COLUMNS)
    return number


async def test_rooms_have_all_of_it_until_somebody_sets_a_filter(rooms: Rooms, weather: int) -> None:
    """No room gets a row, none is told, and what they have stays."""
    await rooms.set_filters("adam", "sport = 1", "ALL")
    await rooms.connection.execute(STORE, [10])
    for _ in range(2):
        await rooms.connection.execute(CONFIGURE_ROOMS, [2, 2])
    await rooms.store_events([make_event(sport=1), make_event(sport=2)])
    assert [tuple(row) for row in await rooms.connection.fetch(FILTERS)] == [
        (0, "execution", "ALL"),
        (0, "sport_event", "sport = 1"),
        (1, "execution", "NONE"),
        (1, "sport_event", "NONE"),
    ]
    assert [await rooms.feed_keys(room, weather) for room in (0, 1)] == [[], []]
    assert [await rooms.feed_keys(room, 1) for room in (0, 1)] == [[1], [1, 2]]
    explained = [tuple(row) for row in await rooms.connection.fetch(EXPLAIN, 0, 1)]
    assert ("filter", "ALL") in explained
    assert explained[-1] == ("why not", "the filter does not pass it")


async def test_it_is_not_added_twice(rooms: Rooms, weather: int) -> None:
    """The error says what to do, and the feed goes on."""
    with pytest.raises(asyncpg.PostgresError, match="there is a feed weather already") as refused:
        await rooms.connection.execute(ADD, COLUMNS)
    assert "remove_feed('weather', rows => 'keep')" in (refused.value.hint or "")
    await rooms.connection.execute(STORE, [10])
