"""Each of the gateway's metrics moves when that happens which it counts."""

import asyncpg
import psutil
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from edgechat.client import JoinDeniedError
from harness.parts import Stack
from harness.people import People
from harness.rooms import Rooms, make_event, make_execution
from harness.scrape import Scrape, scrape, until_scraped
from harness.shards import one_server
from proto.chatmessage_pb2 import PREVIEW, chatmessage

G = "edgechat_gateway_"
LARGE = 100_000
"""Bytes of a message that Postgres does not send along, and of which a few are more than a socket takes."""
OLDER = 120
OVERFLOWING = "executionEpoch * 1000 > 0"
QUEUE = G + "notify_queue_usage_ratio"
FILL = "select count(pg_notify('nobody', n || repeat('x', 7000))) from generate_series(1, 200) as n"
TERMINATE = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and application_name = $1
"""
SESSIONS = (
    "select pid from pg_stat_activity where datname = current_database() and application_name = 'edgechat gateway'"
)


def moved(before: Scrape, after: Scrape, name: str, **labels: str) -> float:
    """By how much a metric went up."""
    return after.value(G + name, **labels) - before.value(G + name, **labels)


async def until_commented(port: int, times: int) -> Scrape:
    """Wait until so many comments were counted."""
    return await until_scraped(port, lambda found: found.value(G + "comments_total") == times, "comments to be counted")


async def test_what_rooms_get(stack: Stack, people: People, rooms: Rooms) -> None:
    """Rows, notifications, deliveries, bytes and times: as many as two members were sent."""
    gateway = await stack.start_gateway()
    users = [await people.join(gateway.port, name) for name in ("adam", "bobby")]
    await users[0].comment("first")
    for user in users:
        await user.through("first")
    # The room may have a comment before the gateway has Postgres's answer, with which it counts.
    before = await until_commented(gateway.monitor_port, 1)
    assert before.value(G + "members") == 2
    assert before.value(G + "connections") == 2
    assert before.value(G + "rooms") == 1
    assert before.value(G + "groups") == 1
    await rooms.store_events([make_event(text=str(number)) for number in range(10)])
    for user in users:
        await user.feed(10)
    await users[0].comment("second")
    for user in users:
        await user.through("second")
    after = await until_commented(gateway.monitor_port, 2)
    assert moved(before, after, "rows_total", feed="sport_event") == 10
    assert moved(before, after, "deliveries_total") == 22
    assert moved(before, after, "comments_total") == 1
    assert moved(before, after, "sent_bytes_total") > 22 * 10
    assert moved(before, after, "notifications_total", kind="contents") >= 1
    assert moved(before, after, "notifications_total", kind="lines") >= 1
    assert moved(before, after, "notifications_total", kind="messages") == 1
    assert moved(before, after, "commit_to_socket_seconds_count") >= 2
    assert 0 < moved(before, after, "commit_to_socket_seconds_sum") < 30
    proved = await until_scraped(
        gateway.monitor_port,
        lambda found: moved(before, found, "notify_round_trip_seconds_count") >= 1,
        "a probe",
    )
    assert proved.value(G + "notify_round_trip_seconds_sum") > 0
    assert proved.value(G + "ready") == 1
    assert proved.value(G + "build_info") == 1


async def test_what_clients_ask(stack: Stack, people: People) -> None:
    """Joins, resumes, filters, and what is refused, by kind."""
    gateway = await stack.start_gateway()
    before = await scrape(gateway.monitor_port)
    adam = await people.join(gateway.port, "adam")
    stranger = await people.connect(gateway.port)
    await stranger.comment("not here")
    await stranger.status("REJECTED_NOTJOINED")
    with pytest.raises(JoinDeniedError):
        await stranger.enter("adam", 0)
    with pytest.raises(JoinDeniedError):
        await stranger.enter("bobby", 99)
    await adam.set_filter(sport="sport = 3")
    await adam.status("FILTERAPPLIED")
    await adam.set_filter(sport="sprt = 3")
    await adam.status("REJECTED_BADFILTER")
    await adam.send(chatmessage(mtype=PREVIEW, feed="nothing", clause="true"))
    await adam.until(lambda message: message.mtype == PREVIEW)
    again = await people.connect(gateway.port)
    await again.enter("adam", 0, resume_token=adam.joined.resume_token)
    after = await until_scraped(
        gateway.monitor_port, lambda found: moved(before, found, "filters_set_total") == 1, "the filter to be counted"
    )
    assert moved(before, after, "connections_opened_total") == 3
    assert moved(before, after, "joins_total", kind="joined") == 1
    assert moved(before, after, "joins_total", kind="resumed") == 1
    for kind in ("REJECTED_NOTJOINED", "DENIED_NAMETAKEN", "DENIED_BADROOMID", "REJECTED_BADFILTER", "PREVIEW"):
        assert moved(before, after, "refusals_total", kind=kind) == 1, kind


async def test_how_connections_end(stack: Stack, people: People) -> None:
    """By the code of whoever closed first; a made-up code has no series of its own."""
    gateway = await stack.start_gateway()
    users = [await people.connect(gateway.port) for _ in range(4)]
    await users[0].close()
    await users[1].send_raw(b"\xff")
    users[2].abort()
    await users[3]._connection.close(4321)
    for user in users[1:2]:
        with pytest.raises(ConnectionClosed):
            await user.receive()
    found = await until_scraped(
        gateway.monitor_port, lambda found: found.value(G + "closes_total") == 4, "all to have ended"
    )
    for code in ("1000", "1007", "1006", "other"):
        assert found.value(G + "closes_total", code=code) == 1, code
    assert found.value(G + "connections") == 0
    assert found.value(G + "connections_opened_total") == 4


async def test_who_does_not_read(stack: Stack, people: People, rooms: Rooms) -> None:
    """What waits for them, and that they are cut off."""
    gateway = await stack.start_gateway()
    reader = await people.join(gateway.port, "reader")
    slow = await people.join(gateway.port, "slow")
    slow.pause()
    for number in range(9):
        await reader.comment(f"{number}".ljust(LARGE))
    await until_scraped(gateway.monitor_port, lambda found: found.value(G + "unsent_bytes") > LARGE, "bytes to wait")
    await reader.status("USEREXITED", user="slow")
    found = await until_scraped(
        gateway.monitor_port, lambda found: found.value(G + "closes_total", code="4008") == 1, "the cut"
    )
    assert found.value(G + "slow_clients_cut_total") == 1


async def test_what_is_held_back_for_who_reads_older_messages(stack: Stack, people: People, rooms: Rooms) -> None:
    """It is seen while it waits."""
    gateway = await stack.start_gateway()
    reader = await people.join(gateway.port, "reader")
    await rooms.store_events([make_event(text=f"{number}".ljust(LARGE)) for number in range(OLDER)])
    await reader.feed(OLDER)
    slow = await people.join(gateway.port, "slow", resume_after=1)
    slow.pause()
    await reader.comment("new".ljust(LARGE))
    await until_scraped(gateway.monitor_port, lambda found: found.value(G + "held_bytes") > LARGE, "held bytes")


async def test_what_waits_in_the_queue(
    stack: Stack, people: People, rooms: Rooms, connection: asyncpg.Connection
) -> None:
    """While a message is fetched that a notification did not carry, those behind it wait."""
    gateway = await stack.start_gateway()
    user = await people.join(gateway.port, "adam")
    sessions = [psutil.Process(row["pid"]) for row in await connection.fetch(SESSIONS)]
    assert sessions
    for session in sessions:
        session.suspend()
    try:
        await rooms.store_events([make_event(text="x" * LARGE)])
        await rooms.store_events([make_event(text="small")])
        await until_scraped(gateway.monitor_port, lambda found: found.value(G + "queued_notifications") > 0, "a queue")
    finally:
        for session in sessions:
            session.resume()
    await user.feed(2)
    assert (await scrape(gateway.monitor_port)).value(G + "queued_notifications") == 0


async def test_what_goes_wrong(stack: Stack, people: People, connection: asyncpg.Connection) -> None:
    """A listening connection that is lost, and notifications that are none of ours."""
    gateway = await stack.start_gateway()
    before = await scrape(gateway.monitor_port)
    user = await people.join(gateway.port, "adam")
    await connection.execute("select pg_notify('chat_feed_1', t) from unnest(array['C nonsense', 'Z']) as t")
    found = await until_scraped(gateway.monitor_port, lambda found: moved(before, found, "faults_total") == 2, "faults")
    assert moved(before, found, "notifications_total", kind="other") == 1
    assert moved(before, found, "log_events_total", level="error") == 2
    await connection.execute(TERMINATE, "edgechat gateway listener")
    await until_scraped(
        gateway.monitor_port, lambda found: found.value(G + "reconnects_total") == 1, "another connection"
    )
    await user.comment("still here")
    await user.through("still here")


@one_server
async def test_what_postgres_tells_of_filters(stack: Stack, people: People, rooms: Rooms) -> None:
    """By form, those that were suspended apart; and what routers saw, and how long that took."""
    gateway = await stack.start_gateway()
    user = await people.join(gateway.port, "adam")
    await user.set_filter(sport="ALL", execution=OVERFLOWING)
    await user.status("FILTERAPPLIED")
    await rooms.store_events([make_event()])

    def is_told(found: Scrape) -> bool:
        return found.value(G + "newest_row", feed="sport_event") == 1 and found.value(G + "router_seconds_total") > 0

    found = await until_scraped(gateway.monitor_port, is_told, "the figures")
    assert found.value(G + "filters_in_force", feed="sport_event", form="all") == 1
    assert found.value(G + "filters_in_force", feed="sport_event", form="none") == 4
    assert found.value(G + "filters_in_force", feed="execution", form="condition") == 1
    assert found.value(G + "filters_routed", feed="execution") == 1
    assert found.value(G + "router_batches_total", feed="sport_event") == 1
    assert found.value(G + "filters_suspended") == 0
    assert found.value(G + "database_figures_age_seconds") < 30
    await rooms.store_executions([make_execution(epoch=10**17)])
    await user.status("FILTERSUSPENDED")
    found = await until_scraped(
        gateway.monitor_port,
        lambda found: found.value(G + "filters_suspended", feed="execution", form="condition") == 1,
        "the suspended filter",
    )
    assert found.value(G + "filters_routed", feed="execution") == 0


async def test_what_postgres_tells_of_its_queue(stack: Stack, connection: asyncpg.Connection, database: str) -> None:
    """It fills while a session listens and is in a transaction, and is empty again when that has ended."""
    gateway = await stack.start_gateway()
    other = await asyncpg.connect(database, timeout=30)
    try:
        await other.execute("listen nobody")
        await other.execute("begin; select 1")
        await connection.execute(FILL)
        await until_scraped(gateway.monitor_port, lambda found: found.value(QUEUE) > 0, "the queue to be used")
    finally:
        other.terminate()
    await until_scraped(gateway.monitor_port, lambda found: found.value(QUEUE) == 0, "the queue to be empty")


async def test_what_is_kept_and_who_is_in_the_way(stack: Stack, connection: asyncpg.Connection) -> None:
    """The size of each table that grows, and since when a session that reads one keeps its partitions from changing."""
    async with connection.transaction():
        await connection.fetchval("select count(*) from feed.sport_event")
        gateway = await stack.start_gateway()
        waiting = G + "kept_waiting_seconds"
        found = await until_scraped(
            gateway.monitor_port, lambda found: found.value(waiting, table="feed.sport_event") > 0, "the one that waits"
        )
        assert found.value(G + "kept_bytes", table="feed.sport_event") > 0
        assert found.value(waiting, table="feed.execution") == 0
    await until_scraped(
        gateway.monitor_port, lambda found: found.value(waiting, table="feed.sport_event") == 0, "nobody in the way"
    )


async def test_who_is_not_let_in_is_counted(stack: Stack) -> None:
    """By the HTTP status, and as no connection."""
    gateway = await stack.start_gateway()
    with pytest.raises(InvalidStatus):
        await connect(f"ws://127.0.0.1:{gateway.port}", origin=Origin("https://elsewhere.example"))
    found = await scrape(gateway.monitor_port)
    assert found.value(G + "handshakes_refused_total", status="403") == 1
    assert found.value(G + "connections_opened_total") == 0
