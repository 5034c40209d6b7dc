"""Each of the bridge's metrics moves when that happens which it counts."""

import asyncio

import asyncpg
from nats.aio.client import Client

from harness.chain import sport_event
from harness.parts import Stack
from harness.scrape import Scrape, scrape, until_scraped

B = "edgechat_bridge_"
ROWS = 50
TERMINATE = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and application_name = 'edgechat bridge'
"""
ADD_FEED = "select chat.add_feed('weather', 'weather', 'json', '{city:text}')"


async def publish(client: Client, *messages: bytes) -> None:
    """Into the stream that the bridge has made."""
    for message in messages:
        await client.jetstream().publish("sport_event", message)


async def test_what_is_stored(feed_stack: Stack, nats_client: Client) -> None:
    """Rows, batches, bytes and times, rejects apart; the position is where the stream is."""
    await feed_stack.start_bridge()
    port = feed_stack.bridge_port
    messages = [sport_event(number) for number in range(ROWS)]
    await publish(nats_client, *messages, b"\xff")
    found = await until_scraped(port, lambda found: found.value(B + "stream_position") == ROWS + 1, "all to be stored")
    assert found.value(B + "rows_total", feed="sport_event") == ROWS
    assert found.value(B + "rows_total") == ROWS
    assert found.value(B + "rejects_total") == 1
    assert found.value(B + "message_bytes_total") == sum(map(len, messages)) + 1
    assert 1 <= found.value(B + "batches_total") <= ROWS + 1
    assert found.value(B + "batch_rows_count") == found.value(B + "batches_total")
    assert found.value(B + "batch_rows_sum") == ROWS
    assert found.value(B + "store_seconds_count") == found.value(B + "batches_total")
    assert 0 < found.value(B + "store_seconds_sum") < 60
    assert found.value(B + "publish_to_commit_seconds_count") == ROWS
    assert 0 < found.value(B + "publish_to_commit_seconds_sum") < 60 * ROWS
    assert found.value(B + "connected") == 1
    assert found.value(B + "ready") == 1
    assert found.value(B + "build_info") == 1
    assert found.value(B + "stream_lag_messages") == 0
    assert found.value(B + "lost_messages_total") == 0


async def test_what_postgres_refuses_is_no_row(
    feed_stack: Stack, nats_client: Client, connection: asyncpg.Connection
) -> None:
    """A batch that is halved until the message is found counts each row once."""
    await connection.execute(
        "alter table feed.sport_event add constraint none_of_it check (data_event <> '7') not valid"
    )
    await feed_stack.start_bridge()
    await publish(nats_client, *(sport_event(number) for number in range(ROWS)))
    found = await until_scraped(
        feed_stack.bridge_port, lambda found: found.value(B + "stream_position") == ROWS, "all to be stored"
    )
    assert found.value(B + "rows_total") == ROWS - 1
    assert found.value(B + "publish_to_commit_seconds_count") == ROWS - 1
    assert found.value(B + "rejects_total") == 1


async def test_what_waits(feed_stack: Stack, nats_client: Client, database: str) -> None:
    """While Postgres does not take a batch, messages wait in the intake and the stream is ahead."""
    await feed_stack.start_bridge()
    port = feed_stack.bridge_port
    blocker = await asyncpg.connect(database, timeout=30)
    try:
        await blocker.execute("begin; lock table feed.sport_event in access exclusive mode")
        await publish(nats_client, *(sport_event(number) for number in range(ROWS)))

        def waits(found: Scrape) -> bool:
            return found.value(B + "intake_messages") > 0 and found.value(B + "stream_lag_messages") == ROWS

        found = await until_scraped(port, waits, "messages to wait")
        assert found.value(B + "intake_bytes") > found.value(B + "intake_messages")
    finally:
        blocker.terminate()
    found = await until_scraped(port, lambda found: found.value(B + "stream_lag_messages") == 0, "no lag")
    assert (found.value(B + "intake_messages"), found.value(B + "intake_bytes")) == (0, 0)


async def test_what_is_gone(feed_stack: Stack, nats_client: Client) -> None:
    """What was purged while no bridge was there is counted as lost."""
    bridge = await feed_stack.start_bridge()
    bridge.stop()
    await publish(nats_client, *(sport_event(number) for number in range(ROWS)))
    await nats_client.jetstream().purge_stream("CHATFEED")
    await feed_stack.start_bridge()
    found = await until_scraped(
        feed_stack.bridge_port, lambda found: found.value(B + "stream_position") == ROWS, "the position"
    )
    assert found.value(B + "lost_messages_total") == ROWS
    assert found.value(B + "rejects_total") == 0


async def test_connections_that_replace_others(
    feed_stack: Stack, nats_client: Client, connection: asyncpg.Connection
) -> None:
    """To Postgres, when it ended one; to NATS, when feeds have changed."""
    bridge = await feed_stack.start_bridge()
    port = feed_stack.bridge_port
    await until_scraped(port, lambda found: found.value(B + "connected") == 1, "the first connections")
    assert (await scrape(port)).value(B + "reconnects_total") == 0
    await connection.execute(TERMINATE)
    await until_scraped(port, lambda found: found.value(B + "reconnects_total", server="postgres") == 1, "another")
    await connection.execute(ADD_FEED)
    await until_scraped(port, lambda found: found.value(B + "reconnects_total", server="nats") >= 1, "another")
    found = await until_scraped(port, lambda found: found.value(B + "connected") == 1, "messages to come again")
    assert found.value(B + "log_events_total", level="info") == bridge.output.count(" INFO ")


async def test_a_bridge_that_stands_by(feed_stack: Stack, nats_client: Client) -> None:
    """It is ready to take over, and says that it does nothing."""
    first = await feed_stack.start_bridge()
    second = feed_stack.launch("bridge")
    port = feed_stack.bridge_port
    await second.until_said("standing by")
    found = await scrape(port)
    assert (found.value(B + "standing_by"), found.value(B + "connected"), found.value(B + "ready")) == (1, 0, 1)
    await asyncio.to_thread(first.stop)
    found = await until_scraped(port, lambda found: found.value(B + "connected") == 1, "it to take over")
    assert found.value(B + "standing_by") == 0
