"""Bridges of several servers read one stream: each stores all, and none takes from the stream what others want."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from harness.added import add_feed
from harness.chain import STREAM, Chain, sport_event
from harness.servers import PostgresServer
from harness.waiting import until

COLUMNS = "{city:text,temperature:float,wet:boolean}"
NAME = "select chat.name_server($1, '{}')"
COUNT = "select count(*) from feed.sport_event"
COUNT_WEATHER = "select count(*) from feed.weather"
COPY = "select chat.add_feed('weather', 'weather', 'json', $1)"
REMOVE = "select chat.remove_feed('weather', rows => 'drop')"
WEATHER = json.dumps({"city": "Delft", "temperature": 3, "wet": False}).encode()


@asynccontextmanager
async def another(postgres: PostgresServer) -> AsyncIterator[tuple[str, asyncpg.Connection]]:
    """Another server's database, which has a name, and a connection to it."""
    url = postgres.create_migrated()
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(NAME, "db2")
        yield url, connection
    finally:
        await connection.close()
        postgres.drop(url)


async def noted(chain: Chain) -> dict[str, set[str]]:
    """What the stream remembers of each bridge, by the ends of the keys."""
    metadata = (await chain.ask(f"STREAM.INFO.{STREAM}"))["config"]["metadata"]
    return {
        key.removeprefix("edgechat.subjects"): set(subjects.split())
        for key, subjects in metadata.items()
        if key.startswith("edgechat.subjects")
    }


async def subjects(chain: Chain) -> set[str]:
    """What the stream captures."""
    return set((await chain.ask(f"STREAM.INFO.{STREAM}"))["config"]["subjects"])


async def test_each_stores_everything(chain: Chain, postgres: PostgresServer) -> None:
    """Started at once, before there is a stream, too; none stands by for the other."""
    async with another(postgres) as (url, connection):
        first, second = chain.launch_bridge(), chain.launch_bridge(DATABASE_URL=url)
        await until(lambda: has_position(connection), "the position of the second")
        await chain.until_at(0)
        for bridge in (first, second):
            bridge.require_alive()
        await until(lambda: is_captured(chain), "the stream")
        await chain.publish(*(sport_event(number) for number in range(500)))
        await chain.until_taken()
        await until(lambda: has_rows(connection, COUNT, 500), "the rows of the second")
        assert await chain.stored() == (500, 500)
        assert "standing by" not in first.output + second.output
        assert "WARNING" not in first.output + second.output


async def test_none_takes_away_what_another_one_wants(chain: Chain, postgres: PostgresServer) -> None:
    """Feeds may differ, as while one is added: the subject stays until the last server has removed its feed."""
    first = await chain.start_bridge()
    await add_feed(chain, "weather", "weather", "json", COLUMNS)
    assert await noted(chain) == {"": {"sport_event", "execution", "weather"}}
    await chain.execute(NAME.replace("$1", "'db1'"))
    own = {"sport_event", "execution", "weather"}

    async def is_noted(wanted: dict[str, set[str]]) -> bool:
        return await noted(chain) == wanted

    await until(lambda: is_noted({".db1": own}), "the first to be noted by its name")
    async with another(postgres) as (url, connection):
        second = chain.launch_bridge(DATABASE_URL=url)
        await until(lambda: is_noted({".db1": own, ".db2": {"sport_event", "execution"}}), "the second to be noted")
        await chain.publish(*[WEATHER] * 10, subject="weather")
        await until(lambda: is_fetched(chain, COUNT_WEATHER, 10), "the weather of the first")
        await connection.execute(COPY, ["city:text", "temperature:float", "wet:boolean"])
        await until(lambda: is_noted({".db1": own, ".db2": own}), "the second to want it")
        await chain.execute(REMOVE)
        await until(lambda: is_noted({".db1": own - {"weather"}, ".db2": own}), "the first to want it no more")
        assert "weather" in await subjects(chain)
        await connection.execute(REMOVE)
        await until(lambda: is_noted({".db1": own - {"weather"}, ".db2": own - {"weather"}}), "nobody to want it")
        assert await subjects(chain) == {"sport_event", "execution"}
        for bridge in (first, second):
            assert "was taken from it" not in bridge.output


async def has_position(connection: asyncpg.Connection) -> bool:
    """Whether a bridge has opened its position there."""
    return bool(await connection.fetchval("select exists (select from chat.feed_position)"))


async def is_captured(chain: Chain) -> bool:
    """Whether the stream is there."""
    return "config" in await chain.ask(f"STREAM.INFO.{STREAM}")


async def has_rows(connection: asyncpg.Connection, statement: str, count: int) -> bool:
    """Whether a statement counts so many."""
    return bool(await connection.fetchval(statement) == count)


async def is_fetched(chain: Chain, statement: str, count: int) -> bool:
    """The same at the first database."""
    return bool((await chain.fetch(statement))[0][0] == count)
