"""The port for whoever watches: where it is, what it answers, and that chat goes on without it."""

import asyncio
import json
import socket

import pytest

from harness.parts import Stack
from harness.people import People
from harness.scrape import ask, fetch, scrape, until_scraped
from harness.servers import free_port
from harness.waiting import until

WORKERS = 3


async def test_what_is_answered(stack: Stack) -> None:
    """Metrics as text, health in words; nothing else, and nothing of the chat."""
    gateway = await stack.start_gateway()
    port = gateway.monitor_port
    assert await ask(port, "/healthz") == (200, "alive\n")
    assert await ask(port, "/readyz?verbose") == (200, "ready\n")
    assert (await ask(port, "/"))[0] == 404
    assert await asyncio.to_thread(fetch, port, "/readyz", "HEAD") == (200, "")
    for method in ("POST", "DELETE"):
        assert (await asyncio.to_thread(fetch, port, "/metrics", method))[0] in (400, 405)


async def test_the_chat_port_has_health_and_no_metrics(stack: Stack) -> None:
    """Whoever reaches the page cannot tell how the service is used; a proxy may have put a path before."""
    gateway = await stack.start_gateway()
    assert await ask(gateway.port, "/healthz") == (200, "alive\n")
    assert await ask(gateway.port, "/chat/readyz") == (200, "ready\n")
    assert (await ask(gateway.port, "/metrics"))[0] == 404


async def test_it_is_for_this_machine(stack: Stack) -> None:
    """By default at 127.0.0.1, and at no other of the machine's addresses."""
    gateway = await stack.start_gateway()
    for address in ("127.0.0.2", "::1"):
        with pytest.raises(OSError, match=r"refused|assign"), socket.create_connection((address, gateway.monitor_port)):
            pass


async def test_a_port_that_is_taken_keeps_nobody_from_chatting(stack: Stack, people: People) -> None:
    """It is told, and served as soon as it is free."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        gateway = await stack.start_gateway(GATEWAY_METRICS_PORT=str(port))
        user = await people.join(gateway.port, "adam")
        await user.comment("hello")
        await user.through("hello")
        await gateway.part.until_said("the port for metrics")
    await until_scraped(port, lambda found: found.value("edgechat_gateway_members") == 1, "the port to be served")


async def test_no_port_at_all(stack: Stack) -> None:
    """0 serves nothing; /readyz is at the chat port still."""
    gateway = await stack.start_gateway(GATEWAY_METRICS_PORT="0")
    assert (await ask(gateway.port, "/readyz"))[0] == 200


async def test_each_worker_has_a_port(stack: Stack, people: People) -> None:
    """One behind the other; together they have all connections."""
    first = await asyncio.to_thread(_free_row)
    gateway = await stack.start_gateway(GATEWAY_WORKERS=str(WORKERS), GATEWAY_METRICS_PORT=str(first))
    ports = range(first, first + WORKERS)
    for port in ports:
        await until_scraped(port, lambda found: found.value("edgechat_gateway_ready") == 1, "a worker")
    for _ in range(10):
        await people.connect(gateway.port)

    async def connections() -> bool:
        return sum([(await scrape(port)).value("edgechat_gateway_connections") for port in ports]) == 10

    await until(connections, "all connections")
    settings = {"GATEWAY_WORKERS": str(WORKERS), "GATEWAY_METRICS_PORT": str(first)}
    code, words = await stack.ask("health", "gateway", **settings)
    assert code == 0, words
    code, words = await stack.ask("health", "gateway", **settings | {"GATEWAY_METRICS_PORT": str(first + 1)})
    assert (code, "does not answer" in words) == (1, True), words


async def test_logs_in_json(stack: Stack) -> None:
    """Every line of a gateway is an object that names the event; the database's password is in none."""
    gateway = await stack.start_gateway(LOG_FORMAT="json", DATABASE_URL=stack.database_url)
    await gateway.part.until_said("serving")
    lines = [json.loads(line) for line in gateway.part.output.splitlines()]
    (serving,) = [line for line in lines if line["event"] == "serving"]
    assert (serving["part"], serving["level"], serving["port"]) == ("gateway", "info", gateway.port)


async def test_a_log_format_that_there_is_not(stack: Stack) -> None:
    """It is named with what is allowed."""
    part = stack.launch("gateway", LOG_FORMAT="yaml")
    assert await part.wait() == 1
    assert part.output == "edgechat: LOG_FORMAT is 'yaml'; it must be one of: text, json\n"


def _free_row() -> int:
    """The first of so many ports that are free now, one behind the other."""
    while True:
        first = free_port()
        try:
            for port in range(first, first + WORKERS):
                socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return first
