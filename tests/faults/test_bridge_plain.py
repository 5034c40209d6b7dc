"""With a nats-server that has no JetStream the bridge subscribes, and says what that can lose."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest

import servers.nats
from harness.chain import Chain, sport_event

JETSTREAM_BLOCK = re.compile(r"jetstream \{\{.*?\n\}\}\n", re.DOTALL)
COUNT = "select count(*) as rows, count(stream_seq) as sequences from chat.sport_event"


@pytest.fixture
async def plain_chain(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Chain]:
    """The chain on a nats-server without JetStream."""
    chain.nats_server.stop()
    with monkeypatch.context() as patch:
        patch.setattr(servers.nats, "CONFIG", JETSTREAM_BLOCK.sub("", servers.nats.CONFIG))
        chain.nats_server.prepare()
        chain.nats_server.launch()
    async with asyncio.timeout(30):
        while not is_plain(chain.nats_server.port):
            await asyncio.sleep(0.05)
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
    async with asyncio.timeout(60):
        while (row := (await chain.fetch(COUNT))[0])["rows"] < count:
            await asyncio.sleep(0.05)
    assert tuple(row) == (count, 0)


async def test_stored(plain_chain: Chain) -> None:
    """What arrives is stored, good or bad, and the bridge warns of what it would lose."""
    bridge = await plain_chain.start_bridge()
    await plain_chain.publish(sport_event(1), b"\xff", sport_event(2))
    await until_rows(plain_chain, 2)
    assert await plain_chain.texts() == ["1", "2"]
    (reject,) = await plain_chain.rejects()
    assert reject["epoch"].startswith("subscription of ")
    assert "has no JetStream: what is published while the bridge or the server is away is lost" in bridge.output


async def test_postgres_killed(plain_chain: Chain) -> None:
    """While Postgres is away messages wait in memory; past the bound they are dropped and reported, none doubled."""
    await plain_chain.start_bridge()
    plain_chain.postgres.kill()
    published = 130_000
    await plain_chain.publish(*(sport_event(number) for number in range(published)))
    await asyncio.to_thread(plain_chain.postgres.start)
    async with asyncio.timeout(60):
        while not (rejects := await plain_chain.rejects()):
            await asyncio.sleep(0.05)
    (gap,) = rejects
    dropped = gap["last_seq"] - gap["first_seq"] + 1
    assert "dropped: Postgres was away" in gap["error"]
    await until_rows(plain_chain, published - dropped)
    assert 0 < dropped < 60_000


async def test_jetstream_comes(plain_chain: Chain) -> None:
    """When the server comes back with JetStream the bridge uses it."""
    bridge = await plain_chain.start_bridge()
    plain_chain.nats_server.stop()
    await asyncio.to_thread(plain_chain.nats_server.start)
    async with asyncio.timeout(30):
        while "making the stream" not in bridge.output:
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)
    await plain_chain.publish(sport_event(1))
    await plain_chain.until_taken()
    assert await plain_chain.stored() == (1, 1)
