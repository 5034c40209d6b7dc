"""What gateways and bridges tell of several servers: who has what, who is away, who is behind."""

import asyncpg
import pytest
from nats.aio.client import Client

from harness.chain import sport_event
from harness.claims import Databases
from harness.parts import Stack
from harness.scrape import Scrape, scrape, until_scraped
from harness.servers import PostgresServer
from harness.shards import one_server

G = "edgechat_gateway_"
B = "edgechat_bridge_"
ROWS = 20
DEPART = "insert into chat.departure (slot, server) values (3, 's2'), (6, 's2')"

three_servers = pytest.mark.parametrize("server_count", [3])


def by_server(found: Scrape, name: str) -> dict[str, float]:
    """The values of a metric by the server that they are of, "" where that is not said."""
    samples = (sample for family in found.families for sample in family.samples)
    return {sample.labels.get("server", ""): sample.value for sample in samples if sample.name == name}


@three_servers
async def test_a_gateway_tells_who_has_what_and_who_is_away(
    stack: Stack, postgres: PostgresServer, other_databases: list[str]
) -> None:
    """By the map that it goes by; a server that cannot be used counts as away until it can be again."""
    gateway = await stack.start_gateway()

    port, name = gateway.monitor_port, G + "server_up"
    all_up = {"s1": 1.0, "s2": 1.0, "s3": 1.0}
    found = await until_scraped(port, lambda found: by_server(found, name) == all_up, "all to be there")
    assert found.value(G + "map_version") == 1
    assert by_server(found, G + "server_slots") == {"s1": 342, "s2": 341, "s3": 341}
    with postgres.closed(other_databases[0]):
        found = await until_scraped(port, lambda found: by_server(found, name) == all_up | {"s2": 0.0}, "s2 to be away")
        # It does its work for the others.
        assert found.value(G + "ready") == 1
    await until_scraped(port, lambda found: by_server(found, name) == all_up, "s2 to be back")


@three_servers
async def test_a_gateway_tells_of_slots_on_their_way(stack: Stack, databases: Databases) -> None:
    """Of the server that they left, until they have arrived."""
    gateway = await stack.start_gateway()
    none = {"s1": 0.0, "s2": 0.0, "s3": 0.0}
    name = G + "departed_slots"
    await until_scraped(gateway.monitor_port, lambda found: by_server(found, name) == none, "the figures")
    await databases.connections[0].execute(DEPART)
    await until_scraped(gateway.monitor_port, lambda found: by_server(found, name) == none | {"s1": 2.0}, "two slots")
    await databases.connections[0].execute("delete from chat.departure")
    await until_scraped(gateway.monitor_port, lambda found: by_server(found, name) == none, "their arrival")


@three_servers
async def test_a_bridge_tells_whose_it_is(feed_stack: Stack, nats_client: Client, other_databases: list[str]) -> None:
    """So one that is behind is told from those that are not."""
    await feed_stack.start_bridge()
    ports = {"s1": feed_stack.bridge_port}
    second = feed_stack.launch("bridge", DATABASE_URL=other_databases[0])
    await second.until_said("standing by")
    # A stand-by does not know yet whose it will be.
    assert by_server(await scrape(feed_stack.bridge_port), B + "connected") == {"": 0}
    second.stop()
    await until_scraped(ports["s1"], lambda found: found.value(B + "connected", server="s1") == 1, "the first's")
    blocker = await asyncpg.connect(feed_stack.database_url, timeout=30)
    try:
        await blocker.execute("begin; lock table feed.sport_event in access exclusive mode")
        for number in range(ROWS):
            await nats_client.jetstream().publish("sport_event", sport_event(number))
        await until_scraped(
            ports["s1"], lambda found: found.value(B + "stream_lag_messages", server="s1") == ROWS, "it to be behind"
        )
    finally:
        blocker.terminate()
    found = await until_scraped(
        ports["s1"], lambda found: found.value(B + "stream_position", server="s1") == ROWS, "it"
    )
    assert by_server(found, B + "stream_lag_messages") == {"s1": 0}


@one_server
async def test_one_server_is_not_named(feed_stack: Stack) -> None:
    """Neither by a label nor by a metric that is about several."""
    gateway = await feed_stack.start_gateway()
    await feed_stack.start_bridge()
    told = await until_scraped(
        gateway.monitor_port, lambda found: found.value(G + "kept_bytes") > 0, "the database's figures"
    )
    bridge = await until_scraped(
        feed_stack.bridge_port, lambda found: found.value(B + "connected") == 1, "the bridge to be connected"
    )
    for found in (told, bridge):
        named = {family.name for family in found.families for each in family.samples if "server" in each.labels}
        # Which counts connections to NATS and to Postgres.
        assert named <= {B + "reconnects"}
        assert not any(word in found.text for word in ("server_up", "server_slots", "map_version", "departed_slots"))
