"""Feeds that change while rooms filter by them: columns, names, pauses, and the end."""

import asyncpg
import pytest

from harness.rooms import Rooms, make_event

COLUMNS = ["city:text", "temperature:float", "wet:boolean"]
ADD = "select add_feed('weather', subject => 'weather.>', columns => $1)"
STORE = "insert into feed.{} (city, temperature) select 'Ulm', t from unnest($1::float8[]) as t"
FILTER = "select clause, state, reason from chat.room_filters where feed = $1"
REASONS = """
select reason from chat.chat_event
where userstatus in ('FILTERAPPLIED', 'FILTERSUSPENDED') and roomid = 0 and reason is not null
order by chat_event_id
"""
REFUSALS = (
    ("add_feed('Weather', 'w')", "a feed cannot be called 'Weather'"),
    ("add_feed(null, 'w')", "a feed cannot be called NULL"),
    ("add_feed('weather', 'w')", "there is a feed weather already"),
    ("add_feed('w', 'a b', columns => '{a:text}')", "'a b' is no subject"),
    ("add_feed('w', 'a..b', columns => '{a:text}')", "'a..b' is no subject"),
    ("add_feed('w', 'a.>.b', columns => '{a:text}')", "'a.>.b' is no subject"),
    ("add_feed('w', '*.a', columns => '{a:text}')", "'*.a' is no subject"),
    ("add_feed('w', '>', columns => '{a:text}')", "'>' is no subject"),
    ("add_feed('w', 'a', format => 'xml')", "there is no format 'xml'"),
    ("add_feed('w', 'a', format => 'protobuf', columns => '{a:text}')", "needs a message_type and a descriptor"),
    ("add_feed('w', 'a')", "a feed needs at least one column"),
    ("add_feed('w', 'a', columns => '{a}')", "a column is written name:type"),
    ("add_feed('w', 'a', columns => '{a:money}')", "there is no type 'money'"),
    ("add_feed('w', 'a', columns => '{A:text}')", "a column cannot be called 'A'"),
    ("add_feed('w', 'a', columns => '{order:text}')", "a column cannot be called order"),
    ("add_feed('w', 'a', columns => '{lower:text}')", "a column cannot be called lower"),
    ("add_feed('w', 'a', columns => '{ctid:text}')", "a column cannot be called ctid"),
    ("add_feed('w', 'a', columns => '{message:text}')", "a column cannot be called message"),
    ("add_feed('w', 'a', columns => '{a:text,a:float}')", "there are two columns a"),
    ("add_feed('w', 'a', columns => '{w_id:text}')", "there are two columns w_id"),
    ("add_feed('w', 'a', columns => '{a:text=b..c}')", "'b..c' is no path of a field"),
    (
        "add_feed('w', 'a', columns => (select array_agg('c' || i || ':text') from generate_series(1, 200) as i))",
        "a feed has at most 64 columns, and these are 200",
    ),
    ("add_feed('w', 'a', format => 'text', columns => '{a:text}')", "has one column, line"),
    ("remove_feed('weather')", "say what is to become of the 0 rows of weather"),
    ("remove_feed('weather', rows => 'burn')", "say what is to become of"),
    ("remove_feed('execution', rows => 'drop')", "the feed execution cannot be removed"),
    ("rename_feed('weather', 'execution')", "there is a feed execution already"),
    ("rename_feed('sport_event', 'sport')", "the feed sport_event cannot be renamed"),
    ("add_feed_column('weather', 'city:text')", "there are two columns city"),
    ("add_feed_column('execution', 'x:text')", "the feed execution cannot be given a column"),
    ("drop_feed_column('weather', 'subject')", "there is no column 'subject' of weather to drop"),
    ("pause_feed('wether')", "there is no feed 'wether'"),
)


@pytest.fixture
async def weather(rooms: Rooms) -> int:
    """A room with somebody in it who wants warm weather; the feed's number."""
    await rooms.open(2)
    number: int = await rooms.connection.fetchval(ADD, COLUMNS)
    await rooms.join("adam", 0)
    assert (await rooms.try_filters("adam", {number: "temperature > 20"}))[1] is None
    return number


@pytest.mark.parametrize(("call", "reason"), REFUSALS)
async def test_what_cannot_be_is_refused_in_words(rooms: Rooms, weather: int, call: str, reason: str) -> None:
    """With a hint at what can, and nothing changed."""
    with pytest.raises(asyncpg.PostgresError) as refused:
        await rooms.connection.execute(f"select {call}")
    assert reason in str(refused.value)
    assert str(refused.value.sqlstate).startswith("RM")
    assert refused.value.hint
    await rooms.connection.execute(STORE.format("weather"), [30])
    assert await rooms.feed_keys(0, weather) == [1]


async def test_a_column_is_added(rooms: Rooms, weather: int) -> None:
    """Rows from before have null in it; the filter in force goes on, and another may name it."""
    await rooms.connection.execute(STORE.format("weather"), [30])
    await rooms.connection.execute("select add_feed_column('weather', 'wind:float=wind.speed')")
    assert [tuple(row) for row in await rooms.connection.fetch(FILTER, "weather")] == [
        ("temperature > 20", "in force", None)
    ]
    await rooms.connection.execute(STORE.format("weather"), [31])
    assert (await rooms.try_filters("adam", {weather: "wind > 3 or temperature > 30"}))[1] is None
    await rooms.connection.execute("insert into feed.weather (city, wind) values ('Ulm', 5), ('Ulm', 1)")
    assert await rooms.feed_keys(0, weather) == [1, 2, 3]
    view = "select weather_id, wind from room_filter.room_0_weather order by 1"
    assert [tuple(row) for row in await rooms.connection.fetch(view)] == [(2, None), (3, 5)]


async def test_a_dropped_column_suspends_the_filters_that_name_it(rooms: Rooms, weather: int) -> None:
    """The room is told why; others go on; a filter without it is taken again."""
    await rooms.connection.execute(STORE.format("weather"), [30])
    await rooms.connection.execute("select drop_feed_column('weather', 'wet')")
    await rooms.connection.execute(STORE.format("weather"), [31])
    assert await rooms.feed_keys(0, weather) == [1, 2]
    await rooms.connection.execute("select drop_feed_column('weather', 'temperature')")
    ((clause, state, reason),) = await rooms.connection.fetch(FILTER, "weather")
    assert (clause, state) == ("temperature > 20", "suspended")
    assert "no column `temperature`" in reason
    assert "temperature > 20 was set aside" in (await rooms.connection.fetch(REASONS))[-1]["reason"]
    await rooms.connection.execute("insert into feed.weather (city) values ('Ulm')")
    assert (await rooms.try_filters("adam", {weather: "city = 'Ulm'"}))[1] is None
    await rooms.connection.execute("insert into feed.weather (city) values ('Ulm')")
    assert await rooms.feed_keys(0, weather) == [1, 2, 4]


async def test_a_renamed_feed_keeps_filter_and_history(rooms: Rooms, weather: int) -> None:
    """Rows, views and filters go on under the new name, and the room is told."""
    await rooms.connection.execute(STORE.format("weather"), [30])
    await rooms.connection.execute("select rename_feed('weather', 'climate')")
    await rooms.connection.execute(STORE.format("climate"), [31, 1])
    assert await rooms.feed_keys(0, weather) == [1, 2]
    assert await rooms.connection.fetchval("select count(*) from room_filter.room_0_climate") == 2
    assert (await rooms.connection.fetch(REASONS))[-1]["reason"] == "the feed weather is now climate"
    assert await rooms.connection.fetchval("select count(*) from chat.feed where name = 'weather'") == 0


async def test_a_feed_whose_rows_are_kept_stays_in_histories(rooms: Rooms, weather: int) -> None:
    """What rooms got can still be read, the other feeds go on, and its name is taken until its rows are dropped."""
    await rooms.connection.execute(STORE.format("weather"), [30, 31])
    assert await rooms.connection.fetchval("select remove_feed('weather', rows => 'keep')") == 2
    await rooms.store_events([make_event(sport=1)])
    assert await rooms.feed_keys(0, weather) == [1, 2]
    assert await rooms.feed_keys(0, 1) == [1]
    assert [seq for seq, _, _ in await rooms.log(0)] == list(range(1, await rooms.last_seq(0) + 1))
    assert (await rooms.connection.fetch(REASONS))[-1]["reason"] == "the feed weather was removed"
    assert await rooms.connection.fetch(FILTER, "weather") == []
    with pytest.raises(asyncpg.PostgresError, match="of which the rows were kept"):
        await rooms.connection.execute(ADD, COLUMNS)
    assert await rooms.connection.fetchval("select remove_feed('weather', rows => 'drop')") == 2
    assert await rooms.connection.fetchval(ADD, COLUMNS) > weather


async def test_a_feed_may_be_called_like_a_table_of_ours(rooms: Rooms) -> None:
    """The original's view of that name goes on as it was, ids included, and so does the feed."""
    await rooms.connection.fetchval("select add_feed('chat_event', 'said', columns => '{x:text}')")
    await rooms.connection.execute("insert into public.chat_event (chat_event_id, msgtype) values (500, 3)")
    await rooms.connection.execute("insert into public.chat_event (msgtype) values (3)")
    await rooms.connection.execute("insert into feed.chat_event (x) values ('a')")
    ids = "select (select max(chat_event_id) from chat.chat_event), (select max(chat_event_id) from feed.chat_event)"
    assert tuple(await rooms.connection.fetchrow(ids) or ()) == (501, 1)


async def test_dropped_rows_begin_a_new_history(rooms: Rooms, weather: int) -> None:
    """Where a room got some; seqs go on, and what comes later is whole."""
    await rooms.connection.execute(STORE.format("weather"), [30])
    newest = await rooms.last_seq(0)
    await rooms.connection.execute("select remove_feed('weather', rows => 'drop')")
    log_from = await rooms.connection.fetchval("select log_from from chat.room where room_id = 0")
    assert log_from > newest
    await rooms.store_events([make_event(sport=1)])
    after = "select seq from chat.read_room_log(0, $1, 100, 100)"
    assert [row["seq"] for row in await rooms.connection.fetch(after, log_from - 1)] == [await rooms.last_seq(0)]
    assert await rooms.connection.fetchval("select to_regclass('feed.weather')") is None
