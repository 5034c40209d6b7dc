"""A feed that is added while everything runs: its rows reach the rooms that want them, and who can parse them."""

import json

import asyncpg

from harness.added_feeds import add_tides, add_weather, clauses, rows, store, until_known, until_told
from harness.parts import Stack
from harness.people import People
from proto.chatmessage_pb2 import FEED

REMOVE_WEATHER = "select chat.remove_feed('weather', rows => 'keep')"
STORE_TIDES = "insert into feed.tides (line, message) values ($1, $2)"
STORE_EVENT = "insert into feed.sport_event (sport, match_title, data_event) values (3, 'x', $1)"
NOTIFY = "select pg_notify(chat.feeds_channel(), 'x')"
CUT_LISTENERS = """
select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'edgechat gateway listener'
"""
DROP_WEATHER = "select chat.remove_feed('weather', rows => 'drop')"


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
    await add_tides(connection)
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
    await add_tides(connection)
    await until_known(adam, "tides")
    await connection.execute(STORE_TIDES, "long", b"x" * 2**20)
    await connection.execute(STORE_TIDES, "short", b"x")
    assert (await adam.status("OMITTED_TOOLARGE")).seq == 3
    assert (await adam.feed(1))[0].seq == 4


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
