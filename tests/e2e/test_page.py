"""The gateway's port gives the page's files to whoever asks for no WebSocket."""

import asyncio
import http.client
import json
from typing import Any

import pytest

from gateway.page.files import CONTENT_TYPES, load_files
from gateway.page.site import CONTENT_SECURITY_POLICY
from harness.parts import Stack
from harness.people import People
from harness.servers import PostgresServer
from harness.shards import one_server
from harness.waiting import until
from runtime.server_map import SLOTS

SECONDS = 30.0


def fetch(
    port: int, path: str, method: str = "GET", headers: dict[str, str] | None = None
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Status, headers and body of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


async def test_every_file_is_served(stack: Stack) -> None:
    """With its type, at the top and below whatever path a proxy puts before it; HEAD has all but the body."""
    gateway = await stack.start_gateway()
    files = load_files()
    assert {"index.html", "edgechat.js", "style.css"} <= set(files)
    for name, file in {**files, "": files["index.html"]}.items():
        for prefix in ("/", "/chat/", "/a/b/"):
            status, headers, body = await asyncio.to_thread(fetch, gateway.port, f"{prefix}{name}?room=3")
            assert (status, body, headers["Content-Type"]) == (200, file.body, file.content_type)
            assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
            assert headers["X-Content-Type-Options"] == "nosniff"
        status, headers, body = await asyncio.to_thread(fetch, gateway.port, f"/{name}", "HEAD")
        assert (status, headers["Content-Length"], body) == (200, str(len(file.body)), b"")


async def test_proxies_are_told_that_it_is_there(stack: Stack) -> None:
    """As docker/proxy/haproxy.cfg asks."""
    gateway = await stack.start_gateway()
    assert (await asyncio.to_thread(fetch, gateway.port, "/health"))[0] == 200


@pytest.mark.parametrize("server_count", [3])
async def test_where_rooms_live_is_told(stack: Stack, postgres: PostgresServer, other_databases: list[str]) -> None:
    """The server of each slot, and which of them are away; at the top and below any path, and no address of theirs."""
    gateway = await stack.start_gateway()

    async def told(path: str = "/servers.json") -> dict[str, Any]:
        status, headers, body = await asyncio.to_thread(fetch, gateway.port, path)
        assert (status, headers["Content-Type"], headers["Cache-Control"]) == (200, "application/json", "no-cache")
        assert b"postgres" not in body
        return dict(json.loads(body))

    def of(*away: str) -> list[dict[str, object]]:
        return [{"name": name, "isUp": name not in away} for name in ("s1", "s2", "s3")]

    async def are_up() -> bool:
        return bool((await told())["servers"] == of())

    await until(are_up, "all to be there")
    assert (await told("/chat/servers.json"))["slots"] == [slot % 3 for slot in range(SLOTS)]
    with postgres.closed(other_databases[1]):

        async def is_away() -> bool:
            return bool((await told())["servers"] == of("s3"))

        await until(is_away, "s3 to be away")
    await until(are_up, "s3 to be back")


@one_server
async def test_one_server_is_not_told_of(stack: Stack) -> None:
    """It has no name, and the page no word of it."""
    gateway = await stack.start_gateway()
    assert (await asyncio.to_thread(fetch, gateway.port, "/servers.json"))[2] == b'{"servers": []}\n'


async def test_a_file_that_is_known_is_not_sent_again(stack: Stack) -> None:
    """Caches ask with the tag; with another they get the file."""
    gateway = await stack.start_gateway()
    tag = (await asyncio.to_thread(fetch, gateway.port, "/"))[1]["ETag"]
    for known, wanted in ((tag, 304), (f'"x", W/{tag}', 304), ("*", 304), ('"x"', 200)):
        status, headers, body = await asyncio.to_thread(fetch, gateway.port, "/", headers={"If-None-Match": known})
        assert (status, headers["ETag"], bool(body)) == (wanted, tag, wanted == 200)


@pytest.mark.parametrize(
    "path", ["/nothing.js", "/../pyproject.toml", "/%2e%2e/files.py", "/static", "/files.py", "/..%2ffiles.py", "/.."]
)
async def test_nothing_else_is_served(stack: Stack, path: str) -> None:
    """Neither other files of the project nor of the disk; the headers are as strict."""
    gateway = await stack.start_gateway()
    status, headers, body = await asyncio.to_thread(fetch, gateway.port, path)
    assert (status, body) == (404, b"no such file; the page is at /\n")
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_other_methods_are_told_which_there_are(stack: Stack, method: str) -> None:
    """405, and the gateway goes on."""
    gateway = await stack.start_gateway()
    status, headers, _ = await asyncio.to_thread(fetch, gateway.port, "/", method)
    assert (status, headers["Allow"]) == (405, "GET, HEAD")
    assert (await asyncio.to_thread(fetch, gateway.port, "/"))[0] == 200


async def test_clients_connect_on_the_same_port(stack: Stack, people: People) -> None:
    """While others load the page again and again."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    await asyncio.gather(*(asyncio.to_thread(fetch, gateway.port, "/edgechat.js") for _ in range(100)))
    await adam.comment("still here")
    assert (await adam.through("still here"))[-1].user == "adam"


def test_the_page_needs_nothing_from_elsewhere() -> None:
    """No script or style within the page, no other host, and no text that becomes markup."""
    for name, file in load_files().items():
        text = file.body.decode()
        assert name.rpartition(".")[2] in CONTENT_TYPES
        assert "innerHTML" not in text
        assert "<style" not in text
        assert " style=" not in text
        hosts = text.replace("http://www.w3.org/2000/svg", "").replace("ws://localhost:4242", "")
        assert "://" not in hosts, name
