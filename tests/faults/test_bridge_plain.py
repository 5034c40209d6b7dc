"""With a nats-server that has no JetStream the bridge subscribes, and says what that can lose."""

import asyncio
import re
from collections.abc import AsyncIterator

import asyncpg
import pytest

import servers.nats
from harness.added import add_feed
from harness.chain import Chain, sport_event
from harness.waiting import until

JETSTREAM_BLOCK = re.compile(r"jetstream \{\{.*?\n\}\}\n", re.DOTALL)
COUNT = "select count(*) as rows, count(stream_seq) as sequences from feed.sport_event"


@pytest.fixture
async def plain_chain(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Chain]:
    """The chain on a nats-server without JetStream."""
    chain.nats_server.stop()
    with monkeypatch.context() as patch:
        patch.setattr(servers.nats, "CONFIG", JETSTREAM_BLOCK.sub("", servers.nats.CONFIG))
        chain.nats_server.prepare()
        chain.nats_server.launch()
    await until(lambda: is_plain(chain.nats_server.port), "a server without JetStream")
    yield chain
    chain.nats_server.stop()


def is_plain(port: int) -> bool:
    """True once the server answers and has no JetStream."""
    try:
        return not servers.nats.server_info("127.0.0.1", port).get("jetstream")
    except (OSError, ValueError):
        return False


async def until_rows(chain: Chain, count: int) -> None:
    """Wait until as many rows are stored; no more, and none with a sequence, since there is no stream."""

    async def counted() -> asyncpg.Record | None:
        (row,) = await chain.fetch(COUNT)
        return row if row["rows"] >= count else None

    row = await until(counted, f"{count} rows", 60)
    assert row is not None
    assert tuple(row) == (count, 0)


async def test_what_arrives_is_stored_and_the_bridge_warns_of_what_it_would_lose(plain_chain: Chain) -> None:
    """Good or bad."""
    bridge = await plain_chain.start_bridge()
    await plain_chain.publish(sport_event(1), b"\xff", sport_event(2))
    await until_rows(plain_chain, 2)
    assert await plain_chain.texts() == ["1", "2"]
    (reject,) = await plain_chain.rejects()
    assert reject["epoch"].startswith("subscription of ")
    assert "has no JetStream: what is published while the bridge or the server is away is lost" in bridge.output


async def test_messages_wait_in_memory_while_postgres_is_away(plain_chain: Chain) -> None:
    """Past the bound they are dropped and reported, and none is doubled."""
    await plain_chain.start_bridge()
    plain_chain.postgres.kill()
    published = 130_000
    await plain_chain.publish(*(sport_event(number) for number in range(published)))
    await asyncio.to_thread(plain_chain.postgres.start)
    (gap,) = await until(plain_chain.rejects, "the gap to be reported", 60)
    dropped = gap["last_seq"] - gap["first_seq"] + 1
    assert "dropped: Postgres was away" in gap["error"]
    await until_rows(plain_chain, published - dropped)
    assert 0 < dropped < 60_000


async def test_a_feed_is_taken_up_without_jetstream_too(plain_chain: Chain) -> None:
    """What had arrived before for others is stored; a message of two feeds comes once."""
    await plain_chain.start_bridge()
    await plain_chain.publish(*(sport_event(number) for number in range(1, 5_001)))
    for name, subject in (("weather", "weather.>"), ("local", "weather.nl")):
        await add_feed(plain_chain, name, subject, "json", "{city:text}")
    await plain_chain.publish(b'{"city": "Delft"}', subject="weather.nl")
    await until(lambda: plain_chain.fetch("select from feed.local"), "the message in the narrow feed")
    (row,) = await plain_chain.fetch(
        "select city, stream_seq, received_at > now() - interval '1 hour' from feed.weather"
    )
    assert tuple(row) == ("Delft", None, True)
    await until_rows(plain_chain, 5_000)
    assert await plain_chain.rejects() == []


async def test_a_server_that_comes_back_with_jetstream_is_used_so(plain_chain: Chain) -> None:
    """The bridge makes the stream and reads from it."""
    bridge = await plain_chain.start_bridge()
    plain_chain.nats_server.stop()
    await asyncio.to_thread(plain_chain.nats_server.start)
    await bridge.until_said("made the stream")
    await until(plain_chain.has_stream, "the stream")
    await plain_chain.publish(sport_event(1))
    await plain_chain.until_taken()
    assert await plain_chain.stored() == (1, 1)
