"""Filters by the feeds' names: of any number of feeds at once, all or none, and each of them kept."""

import json
from typing import Any

import asyncpg
import pytest

from harness.added_feeds import add_tides, add_weather, clauses
from harness.parts import Stack
from harness.people import People
from proto.chatmessage_pb2 import FILTER, chatmessage, feedfilter

KEPT = "select filters from chat.chat_event where msgtype = 4 order by chat_event_id"
TOLD = "select what from chat.room_timeline(0) where kind = 'FILTERAPPLIED' order by seq"


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
    await add_tides(connection)
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
        "sport_event: ALL; execution: NONE; tides: NONE; weather: temperature > 1",
        "sport_event: sport = 3; execution: ALL; tides: NONE; weather: temperature > 1",
    ]
