"""/readyz turns 503 within a bounded time when a server is away, and 200 when it is back; /metrics always answers."""

import asyncio
import os
import signal
import time

import psycopg2
import pytest

from harness.chain import Chain, sport_event
from harness.scrape import ask, scrape, until_answered
from harness.servers import frozen, revive

SECONDS = 20.0
"""What is promised is half of that, and a machine may be busy."""
SCRAPE_SECONDS = 5.0
RECONNECTS = "edgechat_bridge_reconnects_total"
TRYING_SECONDS = 8.0
MOST_TRIES = 15


async def require_answers(*ports: int) -> None:
    """Metrics and /healthz are there at once."""
    for port in ports:
        began = time.monotonic()
        found = await scrape(port)
        assert (await ask(port, "/healthz"))[0] == 200
        assert time.monotonic() - began < SCRAPE_SECONDS
        assert found.value("edgechat_gateway_ready") + found.value("edgechat_bridge_ready") == 0


@pytest.mark.slow
async def test_postgres_is_frozen(chain: Chain) -> None:
    """Neither gateway nor bridge is ready, at any of the gateway's ports, and both answer all the same."""
    gateway = await chain.stack.start_gateway()
    await chain.start_bridge()
    ports = (gateway.monitor_port, chain.stack.bridge_port)
    for port in (*ports, gateway.port):
        await until_answered(port, 200, "ready")
    began = time.monotonic()
    with frozen(chain.postgres):
        assert "no notification came back" in await until_answered(gateway.monitor_port, 503)
        assert "has not answered" in await until_answered(chain.stack.bridge_port, 503)
        assert time.monotonic() - began < SECONDS
        assert (await ask(gateway.port, "/readyz"))[0] == 503
        # Whoever is connected stays so: a proxy is told that the gateway is there.
        assert (await ask(gateway.port, "/health"))[0] == 200
        await require_answers(*ports)
    for port in (*ports, gateway.port):
        await until_answered(port, 200)


async def test_postgres_takes_no_writes(chain: Chain) -> None:
    """Sessions stay and notifications come back, and all the same nothing can be done."""
    gateway = await chain.stack.start_gateway()
    await chain.start_bridge()
    ports = (gateway.monitor_port, chain.stack.bridge_port)
    for port in ports:
        await until_answered(port, 200)
    _set_read_only(chain, "on")
    try:
        for port in ports:
            assert "read-only" in await until_answered(port, 503, "read-only")
        assert (await scrape(gateway.monitor_port)).value("edgechat_gateway_database_read_only") == 1
        code, words = await chain.stack.ask("health", "bridge")
        assert (code, "read-only" in words) == (1, True), words
        # Something to store: each try takes a new connection, less and less often.
        before = (await scrape(chain.stack.bridge_port)).value(RECONNECTS, server="postgres")
        await chain.publish(sport_event(1))
        await asyncio.sleep(TRYING_SECONDS)
        tries = (await scrape(chain.stack.bridge_port)).value(RECONNECTS, server="postgres") - before
        assert 1 <= tries < MOST_TRIES
    finally:
        _set_read_only(chain, "off")
    for port in ports:
        await until_answered(port, 200)


@pytest.mark.parametrize("is_frozen", [True, False])
async def test_nats_is_away(chain: Chain, is_frozen: bool) -> None:
    """The bridge is not ready; the gateway, which needs no NATS, is."""
    gateway = await chain.stack.start_gateway()
    await chain.start_bridge()
    port = chain.stack.bridge_port
    await until_answered(port, 200)
    assert chain.nats_server.child is not None
    began = time.monotonic()
    if is_frozen:
        os.kill(chain.nats_server.child.pid, signal.SIGSTOP)
    else:
        chain.nats_server.kill()
    try:
        assert "no feed has come from NATS" in await until_answered(port, 503)
        assert time.monotonic() - began < SECONDS
        assert (await ask(gateway.monitor_port, "/readyz"))[0] == 200
        await require_answers(port)
    finally:
        if is_frozen:
            os.kill(chain.nats_server.child.pid, signal.SIGCONT)
        else:
            revive(chain.nats_server)
    await until_answered(port, 200)
    await chain.publish(sport_event(1))
    await chain.until_taken()


async def test_the_database_is_of_another_version(chain: Chain) -> None:
    """It was brought up to date while the gateway ran."""
    gateway = await chain.stack.start_gateway()
    await until_answered(gateway.monitor_port, 200)
    await chain.execute(
        "create or replace function chat.interface_version() returns integer language sql as 'select 0'"
    )
    assert "edgechat migrate" in await until_answered(gateway.monitor_port, 503, "another version")


def _set_read_only(chain: Chain, value: str) -> None:
    """For all sessions of the server, those that there are as well."""
    connection = psycopg2.connect(chain.postgres.superuser_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("set default_transaction_read_only = off")
        cursor.execute(f"alter system set default_transaction_read_only = {value}")
        cursor.execute("select pg_reload_conf()")
    connection.close()
