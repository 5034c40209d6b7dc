"""Feeds that are added while everything runs, as an operator adds them."""

import asyncio
import json

import asyncpg

from harness.people import People, User
from proto.chatmessage_pb2 import FEED, chatmessage

ADD_WEATHER = "select chat.add_feed('weather', 'weather.>', columns => '{city:text,temperature:float}')"
ADD_TIDES = "select chat.add_feed('tides', 'tides', 'text')"
STORE_WEATHER = "insert into feed.weather (city, temperature) select * from unnest($1::text[], $2::numeric[])"


async def add_weather(connection: asyncpg.Connection) -> None:
    """A feed of JSON."""
    await connection.execute(ADD_WEATHER)


async def add_tides(connection: asyncpg.Connection) -> None:
    """A feed of text."""
    await connection.execute(ADD_TIDES)


async def store(connection: asyncpg.Connection, **temperatures: float) -> None:
    """Rows of the weather, by one statement."""
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
