"""A feed that is added while everything runs: its rows reach the rooms that want them, and who can parse them."""

import asyncio
import json
from typing import Any

import asyncpg
import pytest

from harness.parts import Stack
from harness.people import People, User
from proto.chatmessage_pb2 import FEED, FILTER, chatmessage, feedfilter

ADD_WEATHER = "select chat.add_feed('weather', 'weather.>', columns => '{city:text,temperature:float}')"
ADD_TIDES = "select chat.add_feed('tides', 'tides', 'text')"
REMOVE_WEATHER = "select chat.remove_feed('weather', rows => 'keep')"
STORE_WEATHER = "insert into feed.weather (city, temperature) select * from unnest($1::text[], $2::numeric[])"
STORE_TIDES = "insert into feed.tides (line, message) values ($1, $2)"
STORE_EVENT = "insert into feed.sport_event (sport, match_title, data_event) values (3, 'x', $1)"
ALLOW_TIMESTAMPS = """
insert into chat.allowed_type values ('timestamptz') on conflict do nothing;
create or replace function chat.try_large_rows(p_feed_id integer, p_canonical text) returns text language sql stable
as 'select null'
"""  # until types
KEPT = "select filters from chat.chat_event where msgtype = 4 order by chat_event_id"
NOTIFY = "select pg_notify(chat.feeds_channel(), 'x')"
CUT_LISTENERS = """
select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'edgechat gateway listener'
"""
DROP_WEATHER = "select chat.remove_feed('weather', rows => 'drop')"
TOLD = "select what from chat.room_timeline(0) where kind = 'FILTERAPPLIED' order by seq"


async def add_weather(connection: asyncpg.Connection) -> None:
    """The feed, which filters may be set on."""
    await connection.execute(ALLOW_TIMESTAMPS)  # until types
    await connection.execute(ADD_WEATHER)


async def store(connection: asyncpg.Connection, **temperatures: float) -> None:
    """Rows of it, one statement."""
    await connection.execute(STORE_WEATHER, list(temperatures), list(temperatures.values()))


async def until_known(user: User, feed: str) -> None:
    """Have a filter set that passes all; whoever's gateway has not heard of the feed asks Postgres."""
    await user.set_filters({feed: "NONE"})
    await user.status("FILTERAPPLIED")


async def until_told(people: People, port: int, feeds: list[str]) -> None:
    """Wait until these are the feeds that somebody who connects is told."""
    async with asyncio.timeout(30):
        while [feed.name for feed in (await people.connect(port)).welcome.feeds] != feeds:
            await asyncio.sleep(0.05)


def rows(messages: list[chatmessage]) -> list[tuple[str, float]]:
    """City and temperature of the rows among messages."""
    found = [json.loads(message.row) for message in messages if message.mtype == FEED]
    return [(row["city"], row["temperature"]) for row in found]


def clauses(message: chatmessage) -> dict[str, str]:
    """Those that a status shows by the feeds' names."""
    return {each.feed: each.clause for each in message.filters}


async def test_its_rows_are_for_those_who_can_parse_them(
    stack: Stack, people: People, connection: asyncpg.Connection
) -> None:
    """A client of the original in the same room gets all else, in the same order and under the same seqs."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    orig = await people.connect(gateway.port, as_original=True)
    await orig.enter("orig")
    await add_weather(connection)
    await adam.set_filters({"weather": "temperature > 30"})
    applied = await adam.status("FILTERAPPLIED")
    assert clauses(applied) == {"sport_event": "NONE", "execution": "NONE", "weather": "temperature > 30"}
    assert (applied.sport_filter, applied.execution_filter) == ("NONE", "NONE")
    for number in range(3):
        await connection.execute(STORE_EVENT, str(number))
        await store(connection, Ulm=20 + number, Cairo=40 + number, Lima=31.5)
    await adam.comment("done")
    heard, heard_as_original = await adam.through("done"), await orig.through("done")
    assert rows(heard) == [("Cairo", 40), ("Lima", 31.5), ("Cairo", 41), ("Lima", 31.5), ("Cairo", 42), ("Lima", 31.5)]
    assert [message.seq for message in heard] == [*range(applied.seq + 1, applied.seq + 11)]
    plain = [message for message in heard if message.mtype != FEED]
    assert [message for message in heard_as_original if message.seq > applied.seq] == plain
    row = json.loads(heard[1].row)
    assert [*row] == ["subject", "received_at", "city", "temperature"]
    assert heard[1].feed == "weather"
    assert not heard[1].HasField("rowbytes")


async def test_a_history_has_its_rows(stack: Stack, people: People, connection: asyncpg.Connection) -> None:
    """Also of a feed that was removed since, after a restart of the gateway; but not for clients of the original."""
    first = await stack.start_gateway()
    adam = await people.join(first.port, "adam")
    await add_weather(connection)
    await until_known(adam, "weather")
    await adam.comment("here")
    last_seq = (await adam.through("here"))[-1].seq
    adam.abort()
    await people.until_empty(first.port)
    await store(connection, Ulm=1, Rome=2)
    await connection.execute(STORE_EVENT, "amid")
    await store(connection, Oslo=3)
    for removal in (None, REMOVE_WEATHER):
        if removal is not None:
            await connection.execute(removal)
        first.part.stop()
        first = await stack.start_gateway()
        for as_original in (False, True):
            again = await people.connect(first.port, as_original=as_original)
            await again.enter("again", resume_after=last_seq)
            await again.comment(f"back {removal} {as_original}")
            heard = await again.through(f"back {removal} {as_original}")
            assert rows(heard) == ([] if as_original else [("Ulm", 1), ("Rome", 2), ("Oslo", 3)])
            assert [m.eventmsg.data_event for m in heard if m.eventmsg.data_event] == ["amid"]
            seqs = [message.seq for message in heard]
            assert seqs == sorted(set(seqs))
            assert as_original or seqs == [*range(last_seq + 1, seqs[-1] + 1)]
            again.abort()
            await people.until_empty(first.port)


async def test_all_gateways_hear_of_it(stack: Stack, people: People, connection: asyncpg.Connection) -> None:
    """Its rows come to members at one where nobody ever named it, as they are stored."""
    gateways = [await stack.start_gateway() for _ in range(2)]
    adam, eve = [await people.join(gateway.port, name) for gateway, name in zip(gateways, ("adam", "eve"), strict=True)]
    await add_weather(connection)
    await until_known(adam, "weather")
    for number in range(20):
        await store(connection, Ulm=number)
        for user in (adam, eve):
            assert rows(await user.feed(1)) == [("Ulm", number)]


async def test_who_connects_is_told_which_feeds_there_are(
    stack: Stack, people: People, connection: asyncpg.Connection
) -> None:
    """With their columns; clients of the original are not. Rooms have ALL of a new one."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    assert [feed.name for feed in adam.welcome.feeds] == ["sport_event", "execution"]
    assert [(c.name, c.type) for c in adam.welcome.feeds[0].columns][:2] == [
        ("sport", "integer"),
        ("match_title", "text"),
    ]
    assert clauses(adam.joined) == {}
    await add_weather(connection)
    await until_told(people, gateway.port, ["sport_event", "execution", "weather"])
    told = (await people.connect(gateway.port)).welcome.feeds[2]
    assert [(column.name, column.type) for column in told.columns] == [
        ("subject", "text"),
        ("received_at", "timestamp"),
        ("city", "text"),
        ("temperature", "float"),
    ]
    assert not (await people.connect(gateway.port, as_original=True)).welcome.feeds
    eve = await people.join(gateway.port, "eve")
    assert clauses(eve.joined) == {"sport_event": "NONE", "execution": "NONE", "weather": "ALL"}
    await store(connection, Ulm=1)
    await connection.execute(REMOVE_WEATHER)
    await until_told(people, gateway.port, ["sport_event", "execution"])
    await eve.comment("over")
    assert rows(await eve.through("over")) == []
    assert clauses((await people.join(gateway.port, "late")).joined) == {}


async def test_a_feed_of_text_has_the_message_as_it_came(
    stack: Stack, people: People, connection: asyncpg.Connection
) -> None:
    """Beside the row."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    await connection.execute(ALLOW_TIMESTAMPS)  # until types
    await connection.execute(ADD_TIDES)
    await until_known(adam, "tides")
    await connection.execute(STORE_TIDES, "high – 3 m", "high – 3 m".encode())
    (message,) = await adam.feed(1)
    assert (message.feed, message.rowbytes.decode(), json.loads(message.row)["line"]) == (
        "tides",
        "high – 3 m",
        "high – 3 m",
    )


async def test_a_row_too_large_for_a_frame_is_told(
    stack: Stack, people: People, connection: asyncpg.Connection
) -> None:
    """In its place; the connection stays."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    await connection.execute(ALLOW_TIMESTAMPS)  # until types
    await connection.execute(ADD_TIDES)
    await until_known(adam, "tides")
    await connection.execute(STORE_TIDES, "long", b"x" * 2**20)
    await connection.execute(STORE_TIDES, "short", b"x")
    assert (await adam.status("OMITTED_TOOLARGE")).seq == 3
    assert (await adam.feed(1))[0].seq == 4


def filters(*named: tuple[str, str], **fields: Any) -> chatmessage:
    """A FILTER."""
    return chatmessage(mtype=FILTER, filters=[feedfilter(feed=feed, clause=clause) for feed, clause in named], **fields)


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (filters(("wether", "NONE")), "no feed `wether`; feeds are sport_event, execution, weather"),
        (filters(("weather", "NONE"), ("weather", "ALL")), "two filters for feed `weather`"),
        (filters(("execution", "NONE"), execution_filter="ALL"), "two filters for feed `execution`"),
        (filters(("weather", "NONE"), ("sport_event", "sport = ")), "sport_event filter: "),
        (filters(("weather", "temperature >"), ("sport_event", "ALL")), "weather filter: "),
        (filters(*[("weather", "NONE")] * 101), "101 filters in one message; 100 are the most"),
    ],
)
async def test_filters_that_cannot_be_set_are_refused_together(
    stack: Stack, people: People, connection: asyncpg.Connection, request_: chatmessage, reason: str
) -> None:
    """None of them is applied; the refusal says why and shows all that are in force."""
    gateway = await stack.start_gateway()
    await add_weather(connection)
    adam = await people.join(gateway.port, "adam")
    await adam.send(request_)
    refused = await adam.status("REJECTED_BADFILTER")
    assert reason in refused.reason
    assert clauses(refused) == {"sport_event": "NONE", "execution": "NONE", "weather": "ALL"}
    kept = await connection.fetchval(KEPT)
    assert set(json.loads(kept)) == {each.feed for each in request_.filters} - {"sport_event"} or "two" in reason


async def test_filters_of_all_feeds_are_set_together_and_kept(
    stack: Stack, people: People, connection: asyncpg.Connection
) -> None:
    """Those of feeds with a field of their own too; SAME keeps one."""
    gateway = await stack.start_gateway()
    await add_weather(connection)
    await connection.execute(ADD_TIDES)
    adam = await people.join(gateway.port, "adam")
    for message, now in (
        (filters(("weather", "temperature > 1"), ("tides", "NONE"), ("sport_event", "ALL")), ("ALL", "NONE")),
        (filters(("weather", "SAME"), sport_filter="sport = 3", execution_filter="ALL"), ("sport = 3", "ALL")),
    ):
        await adam.send(message)
        applied = await adam.status("FILTERAPPLIED")
        assert (applied.sport_filter, applied.execution_filter) == now
        expected = {"sport_event": now[0], "execution": now[1], "weather": "temperature > 1", "tides": "NONE"}
        assert clauses(applied) == expected
    assert [json.loads(row["filters"]) for row in await connection.fetch(KEPT)] == [
        {"weather": "temperature > 1", "tides": "NONE"},
        {"weather": "SAME"},
    ]
    assert [row["what"] for row in await connection.fetch(TOLD)] == [
        "sport: ALL; execution: NONE; tides: NONE; weather: temperature > 1",
        "sport: sport = 3; execution: ALL; tides: NONE; weather: temperature > 1",
    ]


async def test_a_feed_that_came_while_nobody_listened_is_heard(
    stack: Stack, people: People, connection: asyncpg.Connection
) -> None:
    """After the gateway's listening connection was replaced; of what was stored meanwhile nothing is missing."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    async with connection.transaction():
        await connection.execute(CUT_LISTENERS)
        await add_weather(connection)
    await until_known(adam, "weather")
    for number in range(3):
        await connection.execute(CUT_LISTENERS)
        await store(connection, Ulm=number)
    assert [rows([message]) for message in await adam.feed(3)] == [[("Ulm", 0)], [("Ulm", 1)], [("Ulm", 2)]]


async def test_a_feed_may_come_again_under_its_name(
    stack: Stack, people: People, connection: asyncpg.Connection
) -> None:
    """It is another feed, of which the room has ALL; the same connections go on."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    for number in range(3):
        await add_weather(connection)
        await until_known(adam, "weather")
        await store(connection, Ulm=number)
        assert rows(await adam.feed(1)) == [("Ulm", number)]
        await connection.execute(DROP_WEATHER)
        told = await adam.status("FILTERAPPLIED", user="")
        assert "weather was removed" in told.reason
        await adam.set_filters({"weather": "NONE"})
        # By the gateway, or by Postgres if the gateway has not heard of it yet.
        reason = (await adam.status("REJECTED_BADFILTER")).reason
        assert "no feed `weather`" in reason or reason == "the feed was removed"


async def test_a_feed_that_changes_goes_on(stack: Stack, people: People, connection: asyncpg.Connection) -> None:
    """Under its new name, with its new column."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    await add_weather(connection)
    await until_known(adam, "weather")
    await connection.execute("select chat.rename_feed('weather', 'climate')")
    await connection.execute("select chat.add_feed_column('climate', 'rain:float')")
    await until_told(people, gateway.port, ["sport_event", "execution", "climate"])
    await connection.execute("insert into feed.climate (city, temperature, rain) values ('Ulm', 1, 0.5)")
    (message,) = await adam.feed(1)
    assert message.feed == "climate"
    assert json.loads(message.row)["rain"] == 0.5
    columns = (await people.connect(gateway.port)).welcome.feeds[2].columns
    assert [column.name for column in columns][-1] == "rain"


async def test_what_others_notify_on_the_feeds_channel_changes_nothing(
    stack: Stack, people: People, connection: asyncpg.Connection
) -> None:
    """The list is read anew, and is what it was."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    await connection.execute(NOTIFY)
    await connection.execute(STORE_EVENT, "after")
    assert [message.eventmsg.data_event for message in await adam.feed(1)] == ["after"]
    await until_told(people, gateway.port, ["sport_event", "execution"])
    assert "bug" not in gateway.part.output
