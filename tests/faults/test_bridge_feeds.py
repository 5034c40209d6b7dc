"""Feeds are added, changed, paused and removed while a bridge carries others, which lose nothing, nor get it twice."""

import asyncio
import json
from typing import Any

import pytest

from edgechat.look.health import TROUBLE_SECONDS
from faults import foreign
from harness.added import ADD, add_feed, taking
from harness.chain import STREAM, Chain, sport_event
from harness.jetstream import connected
from harness.waiting import until

COLUMNS = "{city:text,temperature:float,wet:boolean}"
SET_STATE = {
    "paused": "select chat.pause_feed('{name}')",
    "active": "select chat.pause_feed('{name}', false)",
    "removed": "select chat.remove_feed('{name}', rows => 'keep')",
}
SEQUENCES = """
select array_agg(s.stream_seq order by s.stream_seq)
from (
  select e.stream_seq from feed.sport_event as e
  union all
  select w.stream_seq from feed.weather as w
) as s
"""
ADD_COLUMN = "select chat.add_feed_column('weather', 'station:text=station.id')"
DROP = "select chat.remove_feed('weather', rows => 'drop')"


def weather(number: int, **more: Any) -> bytes:
    """A good message that says its number."""
    return json.dumps({"city": "Delft", "temperature": number, "wet": number % 2 == 0} | more).encode()


async def add(chain: Chain, name: str, subject: str) -> None:
    """Add a feed of the weather, and wait for the bridge to take it up."""
    await add_feed(chain, name, subject, "json", COLUMNS)


async def set_state(chain: Chain, name: str, state: str) -> None:
    """Pause or remove a feed as an operator does, and wait for the bridge to take that up."""
    async with taking(chain, name):
        await chain.execute(SET_STATE[state].format(name=name))


async def stream_subjects(chain: Chain) -> set[str]:
    """What the stream captures."""
    return set((await chain.ask(f"STREAM.INFO.{STREAM}"))["config"]["subjects"])


async def test_a_feed_is_added_while_others_flow(chain: Chain) -> None:
    """Everything is stored once, of the new feed from the announcement on; the bridge is the same process."""
    bridge = await chain.start_bridge()
    publishing = asyncio.create_task(chain.publish_paced(1, 6_000))
    await chain.until_at(500)
    await add(chain, "weather", "weather.>")
    assert not publishing.done()
    await chain.publish(*(weather(number) for number in range(1_000)), subject="weather.nl.delft")
    await publishing
    last_seq = await chain.until_taken()
    assert await chain.stored() == (6_000, 6_000)
    rows = await chain.fetch(
        "select subject, city, temperature, wet, message, received_at from feed.weather order by 3"
    )
    assert [row["temperature"] for row in rows] == list(range(1_000))
    assert {row["subject"] for row in rows} == {"weather.nl.delft"}
    assert rows[7]["message"] == weather(7)
    assert rows == sorted(rows, key=lambda row: row["received_at"])
    assert (await chain.fetch(SEQUENCES))[0][0] == list(range(1, last_seq + 1))
    assert await chain.rejects() == []
    bridge.require_alive()


async def test_a_message_is_stored_in_every_feed_that_it_is_for(chain: Chain) -> None:
    """Each has its row or its reject, also where only Postgres refuses it; subjects may overlap and be equal."""
    await chain.start_bridge()
    await add(chain, "weather", "weather.>")
    await add(chain, "local", "weather.*.delft")
    await add_feed(chain, "lines", "weather.>", "text", "{}")
    assert await stream_subjects(chain) == {"sport_event", "execution", "weather.>"}
    await chain.execute("alter table feed.local add constraint no_thirteen check (temperature <> 13)")
    messages = [weather(number) for number in range(1, 51)]
    await chain.publish(*messages, subject="weather.nl.delft")
    await chain.publish(weather(51), b"it rains", subject="weather.nl")
    await chain.until_taken()
    counts = {
        name: (await chain.fetch(f"select count(*) from feed.{name}"))[0][0] for name in ("weather", "local", "lines")
    }
    assert counts == {"weather": 51, "local": 49, "lines": 52}
    refused, unreadable = await chain.rejects()
    assert (refused["first_seq"], refused["message"]) == (13, messages[12])
    assert "feed local: refused by Postgres" in refused["error"]
    assert "no_thirteen" in refused["error"]
    assert unreadable["error"].startswith("feed weather: is no JSON object")


async def test_subjects_that_overlap_in_part_are_all_captured(chain: Chain) -> None:
    """The stream gets the narrowest subject that covers both."""
    await chain.start_bridge()
    await add(chain, "weather", "world.*.rain")
    await add(chain, "local", "world.nl.>")
    assert await stream_subjects(chain) == {"sport_event", "execution", "world.*.>"}
    await chain.publish(weather(1), subject="world.nl.rain")
    await chain.publish(weather(2), subject="world.nl.snow.deep")
    await chain.until_taken()
    assert len(await chain.fetch("select from feed.weather")) == 1
    assert len(await chain.fetch("select from feed.local")) == 2
    # Nobody else wants the subject: the stream is as narrow again as it can be.
    await set_state(chain, "local", "removed")
    assert await stream_subjects(chain) == {"sport_event", "execution", "world.*.rain"}


async def test_what_comes_for_a_paused_feed_is_passed_over(chain: Chain) -> None:
    """It is neither stored nor rejected, then or later."""
    await chain.start_bridge()
    await add(chain, "weather", "weather")
    await chain.publish(weather(1), subject="weather")
    await set_state(chain, "weather", "paused")
    await chain.publish(weather(2), b"nonsense", subject="weather")
    await chain.publish(sport_event(1))
    await chain.until_taken()
    await set_state(chain, "weather", "active")
    await chain.publish(weather(3), subject="weather")
    await chain.until_taken()
    rows = await chain.fetch("select temperature from feed.weather order by weather_id")
    assert [row["temperature"] for row in rows] == [1, 3]
    assert await chain.stored() == (1, 1)
    assert await chain.rejects() == []


@pytest.mark.parametrize("are_rows_kept", [True, False])
async def test_a_feed_is_removed_while_others_flow(chain: Chain, are_rows_kept: bool) -> None:
    """What still comes for it is passed over; its subject leaves the stream, which keeps those of others."""
    await chain.ask(f"STREAM.CREATE.{STREAM}", {"name": STREAM, "subjects": ["sport_event", "others.>"]})
    bridge = await chain.start_bridge()
    await add(chain, "weather", "weather.>")
    publishing = asyncio.create_task(chain.publish_paced(1, 3_000))
    during = asyncio.create_task(chain.publish(*(weather(number) for number in range(1_000)), subject="weather.nl"))
    await chain.until_at(300)
    if are_rows_kept:
        await set_state(chain, "weather", "removed")
    else:
        await chain.execute(DROP)

    async def is_gone() -> bool:
        return await stream_subjects(chain) == {"sport_event", "execution", "others.>"}

    await until(is_gone, "the subject to leave the stream")
    await publishing
    during.cancel()
    await chain.until_taken()
    assert await chain.stored() == (3_000, 3_000)
    assert await chain.rejects() == []
    bridge.require_alive()


async def test_a_column_is_added_in_the_middle_of_a_load(chain: Chain) -> None:
    """Messages that were decoded for the former columns are read again: none is lost, doubled or rejected."""
    bridge = await chain.start_bridge()
    await add(chain, "weather", "weather")
    await chain.publish(*(weather(number, station={"id": "A"}) for number in range(3_000)), subject="weather")
    async with taking(chain, "weather"):
        await chain.execute(ADD_COLUMN)
        await chain.publish(
            *(weather(number, station={"id": "A"}) for number in range(3_000, 6_000)), subject="weather"
        )
    await chain.publish(*(weather(number, station={"id": "B"}) for number in range(6_000, 6_100)), subject="weather")
    await chain.until_taken()
    rows = await chain.fetch("select temperature, station from feed.weather order by weather_id")
    assert [row["temperature"] for row in rows] == list(range(6_100))
    assert [row["station"] for row in rows[6_000:]] == ["B"] * 100
    assert await chain.rejects() == []
    bridge.require_alive()


async def test_a_feed_that_cannot_be_read_is_left_out_alone(chain: Chain) -> None:
    """Status and health say why, its messages are rejected with that, and the bridge is healthy: the others go on."""
    bridge = await chain.start_bridge()
    await chain.fetch(
        "select chat.add_feed('weather', 'weather', 'protobuf', '{city:text}', 'meteo.Report', ''::bytea)"
    )
    await chain.stack.until_told("feed weather: it carries meteo.Report, which its descriptor lacks")
    await asyncio.sleep(TROUBLE_SECONDS + 1)
    code, words = await chain.stack.ask("health", "bridge")
    assert (code, "feed weather: it carries meteo.Report" in words) == (0, True), words
    await chain.publish(b"1", subject="weather")
    await chain.publish(sport_event(1))
    await chain.until_taken()
    assert await chain.texts() == ["1"]
    (reject,) = await chain.rejects()
    assert reject["error"] == "feed weather cannot be read: it carries meteo.Report, which its descriptor lacks"
    assert bridge.output.count("waiting for feed weather") == 1


@pytest.mark.slow
async def test_a_feed_waits_alone_for_a_subject_that_another_stream_has(chain: Chain) -> None:
    """Status names that stream; what it caught is counted when it lets go, and from then on the feed flows."""
    bridge = await chain.start_bridge()
    await foreign.make_other(chain, "weather.nl")
    async with connected(chain.nats_url) as client:
        for _ in range(2):
            await client.publish("weather.nl", weather(0))
        await client.flush()
    await chain.fetch(ADD, "weather", "weather.>", "json", COLUMNS)
    await chain.stack.until_told(f"the stream {foreign.OTHER} has the subject weather.>")
    await add(chain, "local", "local")
    await chain.publish(sport_event(1))
    await chain.publish(weather(1), subject="local")
    await chain.until_taken()
    assert await chain.texts() == ["1"]
    await chain.until_asked(f"STREAM.INFO.{foreign.OTHER}")
    async with taking(chain, "weather"):
        await chain.ask(f"STREAM.DELETE.{foreign.OTHER}")
    await chain.publish(weather(2), subject="weather.nl")

    async def is_stored() -> bool:
        return [row["temperature"] for row in await chain.fetch("select temperature from feed.weather")] == [2]

    await until(is_stored, "the message after that")
    (lost,) = await chain.rejects()
    assert (lost["last_seq"] - lost["first_seq"] + 1, foreign.OTHER in lost["error"]) == (2, True)
    bridge.require_alive()


async def test_a_subject_that_no_stream_can_have_is_refused_alone(chain: Chain) -> None:
    """One that begins with a wildcard covers JetStream's own; the server's words are told."""
    await chain.start_bridge()
    await chain.fetch(ADD, "weather", "weather", "json", COLUMNS)
    # add_feed would not take it.
    await chain.execute("update chat.feed set subject = '*.weather' where name = 'weather'")
    await chain.stack.until_told("feed weather: the server refuses the subject *.weather")
    await chain.publish(sport_event(1))
    await chain.until_taken()
    assert await chain.texts() == ["1"]


async def test_a_subject_that_is_no_text_does_not_stop_the_bridge(chain: Chain) -> None:
    """A publisher may send any bytes as a subject, and as headers."""
    bridge = await chain.start_bridge()
    await add(chain, "weather", "weather.>")
    reader, writer = await asyncio.open_connection("127.0.0.1", int(chain.nats_url.rpartition(":")[2]))
    await reader.readline()
    writer.writelines(
        [
            b'CONNECT {"verbose":false,"headers":true}\r\n',
            b"PUB weather.\xff\xfe 2\r\n{}\r\n",
            b"PUB weather.a\x00b 4\r\nnone\r\n",
            b"HPUB weather.headers 17 19\r\nNATS/1.0 \xff\xfe\xff\xfe\r\n\r\n{}\r\n",
            b"PING\r\n",
        ]
    )
    await writer.drain()
    assert await reader.readline() == b"PONG\r\n"
    writer.close()
    await chain.publish(weather(1), subject="weather.nl")
    await chain.until_taken()
    rows = await chain.fetch("select subject from feed.weather order by weather_id")
    assert [row["subject"] for row in rows] == ["weather.\\xff\\xfe", "weather.headers", "weather.nl"]
    assert [reject["subject"] for reject in await chain.rejects()] == ["weather.a\\x00b"]
    bridge.require_alive()
