"""Who is let in is decided in the handshake: how many in all and from one address, and which pages."""

import asyncio
import time

import pytest

from harness.parts import Stack
from harness.raw import RawClient, RawClients, request
from harness.waiting import until

PROXIES = {"TRUSTED_PROXIES": "127.0.0.0/8"}
HALF_OPEN = 1000
PATIENT_SECONDS = 60.0


async def ask(port: int, **headers: str | None) -> tuple[int, str]:
    """The answer to somebody who opens a connection and drops it then."""
    client = await RawClient.at(port)
    try:
        return await client.ask(request({name.replace("_", "-"): value for name, value in headers.items()}))
    finally:
        client.abort()


async def test_so_many_in_all(stack: Stack, raw: RawClients) -> None:
    """One more is refused with 503, in words, and told when to come again; when one has left, one may come."""
    gateway = await stack.start_gateway(MAX_CONNECTIONS="3")
    clients = [await raw.opened(gateway.port) for _ in range(3)]
    status, answer = await ask(gateway.port)
    assert status == 503
    assert "as many connections as this gateway takes: 3 (MAX_CONNECTIONS)" in answer
    assert "\r\nRetry-After: 10\r\n" in answer
    assert (await ask(gateway.port, Upgrade=None, Connection=None))[0] == 200
    clients.pop().abort()

    async def is_let_in() -> bool:
        return (await ask(gateway.port))[0] == 101

    await until(is_let_in, "a place")
    assert gateway.part.output.count("refused with 503") == 1


async def test_so_many_from_one_address(stack: Stack, raw: RawClients) -> None:
    """Of a trusted proxy it is that of its client, of IPv6 the /64; 429, and others are let in."""
    gateway = await stack.start_gateway(MAX_CONNECTIONS_PER_ADDRESS="2", **PROXIES)
    for address in ("198.51.100.9", "2001:db8:1:2::7"):
        for _ in range(2):
            await raw.opened(gateway.port, **{"X-Forwarded-For": address})
        status, answer = await ask(gateway.port, X_Forwarded_For=f"203.0.113.5, {address}")
        assert status == 429
        assert "has as many connections as one address may have: 2 (MAX" in answer
        assert "\r\nRetry-After: 10\r\n" in answer
    assert (await ask(gateway.port, X_Forwarded_For="2001:db8:1:2:3::8"))[0] == 429
    assert (await ask(gateway.port, X_Forwarded_For="2001:db8:1:3::7"))[0] == 101
    assert (await ask(gateway.port, X_Forwarded_For="198.51.100.10"))[0] == 101


async def test_who_is_no_trusted_proxy_is_not_believed(stack: Stack, raw: RawClients) -> None:
    """Whatever address is in the header, the connection's own counts."""
    gateway = await stack.start_gateway(MAX_CONNECTIONS_PER_ADDRESS="1")
    await raw.opened(gateway.port, **{"X-Forwarded-For": "198.51.100.9"})
    assert (await ask(gateway.port, X_Forwarded_For="198.51.100.10"))[0] == 429


async def test_what_fails_is_not_counted(stack: Stack, raw: RawClients) -> None:
    """Openings that are wrong, refused, half-open or dropped, and clients that are closed for what they send."""
    gateway = await stack.start_gateway(MAX_CONNECTIONS="5", HANDSHAKE_TIMEOUT="1")
    wrong = ({"Sec_WebSocket_Version": "7"}, {"Sec_WebSocket_Key": "x"}, {"Origin": "https://evil.example"})
    for _ in range(10):
        for headers in wrong:
            # Those that were dropped may not have ended yet.
            assert (await ask(gateway.port, **headers))[0] in (400, 403, 426, 503)
        half = await raw.at(gateway.port)
        await half.send(request({})[:40])
        half.abort()
        gone = await raw.at(gateway.port)
        await gone.send(request({}))
        gone.abort()
        bad = await raw.at(gateway.port)
        if (await bad.ask(request({})))[0] == 101:
            await bad.send(b"\xff" * 20)
            assert await bad.closing() == 1002
        bad.abort()

    async def are_let_in() -> bool:
        found = []
        for _ in range(5):
            client = await raw.at(gateway.port)
            found.append((await client.ask(request({})))[0])
        if found == [101] * 5:
            return True
        raw.drop()
        return False

    await until(are_let_in, "five places")
    assert (await ask(gateway.port))[0] == 503


@pytest.mark.parametrize(
    ("setting", "origin", "host", "status"),
    [
        ("", "http://127.0.0.1:4242", "127.0.0.1:4242", 101),
        ("", "https://chat.example", "chat.example", 101),
        ("", "https://evil.example", "127.0.0.1:4242", 403),
        ("", "null", "127.0.0.1:4242", 403),
        ("", None, "127.0.0.1:4242", 101),
        ("same,null", "null", "127.0.0.1:4242", 101),
        ("https://portal.example", "https://portal.example", "127.0.0.1:4242", 101),
        ("https://portal.example", "http://127.0.0.1:4242", "127.0.0.1:4242", 403),
        ("*", "https://evil.example", "127.0.0.1:4242", 101),
    ],
)
async def test_pages_of_other_origins_are_refused(
    stack: Stack, setting: str, origin: str | None, host: str, status: int
) -> None:
    """With 403 and what to do about it; programs, which have no origin, are let in."""
    gateway = await stack.start_gateway(ALLOWED_ORIGINS=setting)
    code, answer = await ask(gateway.port, Origin=origin, Host=host)
    assert code == status
    assert ("ALLOWED_ORIGINS says which may" in answer) is (status == 403)


async def test_half_open_handshakes_are_cut(stack: Stack, raw: RawClients) -> None:
    """A thousand that say nothing, or half of it, or dribble: all are cut in time, and others connect meanwhile."""
    gateway = await stack.start_gateway(HANDSHAKE_TIMEOUT="4")
    started = time.monotonic()
    clients = await asyncio.gather(*(raw.at(gateway.port) for _ in range(HALF_OPEN)))
    for number, client in enumerate(clients):
        await client.send((b"", b"GET / HT", request({})[:-2])[number % 3])
    dribbling = asyncio.create_task(dribble(clients[:50]))
    ends = asyncio.gather(*(client.ended() for client in clients))
    served, slowest = 0, 0.0
    while not ends.done():
        began = time.monotonic()
        other = await raw.opened(gateway.port)
        await other.until(0x2)
        other.abort()
        served, slowest = served + 1, max(slowest, time.monotonic() - began)
        assert time.monotonic() - started < PATIENT_SECONDS
    await ends
    dribbling.cancel()
    print(
        f"cut {HALF_OPEN} in {time.monotonic() - started:.1f} s; {served} others were let in, {slowest:.2f} s at most"
    )
    assert time.monotonic() - started > 3.5
    assert served > 3


async def dribble(clients: list[RawClient]) -> None:
    """A byte of a header now and then."""
    while True:
        for client in clients:
            await client.send(b"x")
        await asyncio.sleep(0.2)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-A": "a" * 9000}, 431),
        ({f"X-{i}": "a" for i in range(140)}, 431),
        ({f"X-{i}": "a" * 8000 for i in range(9)}, 431),
    ],
)
async def test_headers_that_are_too_large(stack: Stack, raw: RawClients, headers: dict[str, str], status: int) -> None:
    """One that is too long, too many, or all together: 431."""
    gateway = await stack.start_gateway()
    client = await raw.at(gateway.port)
    assert (await client.ask(request(headers)))[0] == status
    assert "Traceback" not in gateway.part.output
