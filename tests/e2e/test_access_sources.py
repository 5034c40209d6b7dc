"""Keys from files and URLs: what a gateway does while they are away, wrong, slow, or somewhere else."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from harness.parts import Stack
from harness.people import People
from harness.servers import free_port
from harness.tokens import OTHER_SECRET, SECRET, ask, jwk, rsa_key, token, until_let_in


class KeyServer(ThreadingHTTPServer):
    """An issuer's: it answers with `body`, and counts how often it was asked."""

    body = b"nothing yet"
    location: str | None = None
    asked = 0


class Answer(BaseHTTPRequestHandler):
    """One answer of a KeyServer."""

    def do_GET(self) -> None:
        """What the server has."""
        server = self.server
        assert isinstance(server, KeyServer)
        server.asked += 1
        self.send_response(302 if server.location else 200)
        if server.location:
            self.send_header("Location", server.location)
        self.end_headers()
        self.wfile.write(server.body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def key_server(port: int = 0) -> Iterator[KeyServer]:
    """Serves for the time of the block."""
    with KeyServer(("127.0.0.1", port), Answer) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def key_set(*keys: dict[str, object]) -> bytes:
    """A JWK set as it is sent."""
    return json.dumps({"keys": keys}).encode()


async def test_a_new_key_of_a_url_is_known_soon(stack: Stack, people: People) -> None:
    """A token that names it is refused at first, and lets in after the next look; until then nobody waits."""
    first, second = rsa_key(), rsa_key()
    with key_server() as server:
        server.body = key_set(jwk(first, "1"))
        gateway = await stack.start_gateway(AUTH_JWKS=f"http://127.0.0.1:{server.server_port}/jwks")
        assert (await ask(await people.connect(gateway.port), token("one", first, "RS256", "1"))).user == "one"
        for _ in range(5):
            assert (await ask(await people.connect(gateway.port), token("one", SECRET))).userstatus == "DENIED_AUTH"
        assert server.asked == 1
        server.body = key_set(jwk(second, "2"))
        await until_let_in(await people.connect(gateway.port), token("two", second, "RS256", "2"))
        gone = token("gone", first, "RS256", "1")
        assert (await ask(await people.connect(gateway.port), gone)).userstatus == "DENIED_AUTH"
        assert server.asked <= 4


@pytest.mark.slow
async def test_a_url_may_be_away_at_the_start(stack: Stack, people: People) -> None:
    """Nobody is let in until it answers; AUTH_SECRET does not wait for it. It is said once."""
    key, port = rsa_key(), free_port()
    shown = token("zoe", key, "RS256")
    gateway = await stack.start_gateway(AUTH_JWKS=f"http://127.0.0.1:{port}/", AUTH_SECRET=SECRET)
    user = await people.connect(gateway.port)
    assert (await ask(user, shown)).userstatus == "DENIED_AUTH"
    assert (await ask(await people.connect(gateway.port), token("adam"))).userstatus == "USERJOINED"
    await gateway.part.until_said("waiting for the keys of AUTH_JWKS: ")
    with key_server(port) as server:
        server.body = key_set(jwk(key))
        await until_let_in(user, shown)


@pytest.mark.parametrize(
    "body",
    [
        key_set({"kty": "oct", "k": "eA"}),
        *(pytest.param(each, marks=pytest.mark.slow) for each in (b"<html>", b"x" * 300_000)),
    ],
)
async def test_what_is_no_key_set_changes_nothing(stack: Stack, people: People, body: bytes) -> None:
    """The log says what is wrong."""
    with key_server() as server:
        server.body = body
        gateway = await stack.start_gateway(AUTH_JWKS=f"http://127.0.0.1:{server.server_port}/", AUTH_SECRET=SECRET)
        assert (await ask(await people.connect(gateway.port), token())).userstatus == "USERJOINED"
        await gateway.part.until_said("waiting for the keys of AUTH_JWKS: it ")


@pytest.mark.slow
async def test_redirects_are_not_followed(stack: Stack, people: People) -> None:
    """Not even to a key set: whoever may redirect would say who comes in."""
    key = rsa_key()
    with key_server() as true, key_server() as other:
        other.body = key_set(jwk(key))
        true.location = f"http://127.0.0.1:{other.server_port}/"
        gateway = await stack.start_gateway(AUTH_JWKS=f"http://127.0.0.1:{true.server_port}/")
        await gateway.part.until_said("AUTH_JWKS: HTTP Error 302")
        answer = await ask(await people.connect(gateway.port), token("zoe", key, "RS256"))
        assert (answer.userstatus, other.asked) == ("DENIED_AUTH", 0)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("AUTH_SECRET_FILE", None, "No such file"),
        ("AUTH_JWKS", None, "No such file"),
        ("AUTH_SECRET_FILE", OTHER_SECRET[:20], "secret 1 of 1 has 20 bytes"),
        ("AUTH_JWKS", "{}", "it is no JWK set"),
    ],
)
async def test_a_gateway_does_not_start_without_its_file(
    stack: Stack, tmp_path: Path, name: str, content: str | None, words: str
) -> None:
    """Rather than with an open door, or one that nobody can pass; it says in a line what is wrong."""
    path = tmp_path / "keys"
    if content is not None:
        path.write_text(content)
    part = stack.launch("gateway", CONTAINER_PORT=str(free_port()), **{name: str(path)})
    assert await part.wait() == 1
    assert f"edgechat gateway: {name}: " in part.output
    assert words in part.output
    assert OTHER_SECRET[:20] not in part.output
