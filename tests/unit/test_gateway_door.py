"""Who is let in: from which address, of which page, and how many."""

import logging
from http import HTTPStatus
from ipaddress import ip_address, ip_network

import pytest
from websockets.datastructures import Headers

from gateway.door.address import Addresses, client_of, parse
from gateway.door.counter import ConnectionCounter
from gateway.door.origins import Origins
from gateway.door.refusals import Refusals
from gateway.tally import TALLY
from runtime.repeats import REPEAT_SECONDS

ADDRESSES = Addresses([ip_network("10.0.0.0/8"), ip_network("fd00::/8")])


def client(peer: str, *forwarded: str) -> str:
    """Where a client is that comes from `peer` with these lines of X-Forwarded-For."""
    return str(ADDRESSES.client(peer, Headers([("X-Forwarded-For", line) for line in forwarded])))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.9"], "192.0.2.1"),
        ("10.0.0.7", [], "10.0.0.7"),
        ("10.0.0.7", ["198.51.100.9"], "198.51.100.9"),
        ("10.0.0.7", ["203.0.113.5, 198.51.100.9"], "198.51.100.9"),
        ("10.0.0.7", ["203.0.113.5", "198.51.100.9"], "198.51.100.9"),
        ("10.0.0.7", ["203.0.113.5, 198.51.100.9, 10.0.0.8"], "198.51.100.9"),
        ("10.0.0.7", ["10.0.0.9, 10.0.0.8"], "10.0.0.9"),
        ("10.0.0.7", ["198.51.100.9, unknown"], "10.0.0.7"),
        ("10.0.0.7", ["unknown, 10.0.0.8"], "10.0.0.8"),
        ("10.0.0.7", [""], "10.0.0.7"),
        ("10.0.0.7", ["198.51.100.9:4711"], "198.51.100.9"),
        ("10.0.0.7", ["[2001:db8::1]:4711"], "2001:db8::1"),
        ("fd00::1", ["2001:db8::1"], "2001:db8::1"),
        ("::ffff:10.0.0.7", ["198.51.100.9"], "198.51.100.9"),
        ("::ffff:192.0.2.1", [], "192.0.2.1"),
        ("", ["198.51.100.9"], "None"),
    ],
)
def test_only_trusted_proxies_are_believed(peer: str, forwarded: list[str], address: str) -> None:
    """From the end of the chain, as far as proxies are trusted; whatever else is sent is nobody's word."""
    assert client(peer, *forwarded) == address


def test_one_who_has_an_address_of_ipv6_has_all_of_its_64() -> None:
    """And counts as one; of IPv4 each counts."""
    assert client_of(ip_address("2001:db8:1:2:3::4")) == client_of(ip_address("2001:db8:1:2:ffff::"))
    assert client_of(ip_address("2001:db8:1:2::4")) != client_of(ip_address("2001:db8:1:3::4"))
    assert client_of(ip_address("192.0.2.1")) != client_of(ip_address("192.0.2.2"))
    assert client_of(parse("fe80::1%eth0") or ip_address("::")) == "fe80::/64"


def test_the_host_is_what_the_client_asked_for() -> None:
    """A trusted proxy may ask for another one, and say which was meant."""
    headers = Headers([("Host", "gateway:4242"), ("X-Forwarded-Host", "evil.example, chat.example")])
    assert ADDRESSES.host("10.0.0.7", headers) == "chat.example"
    assert ADDRESSES.host("192.0.2.1", headers) == "gateway:4242"
    assert ADDRESSES.host("10.0.0.7", Headers([("Host", "gateway:4242")])) == "gateway:4242"
    assert ADDRESSES.host("10.0.0.7", Headers()) == ""


@pytest.mark.parametrize(
    ("origin", "host", "is_allowed"),
    [
        (None, "chat.example", True),
        ("https://chat.example", "chat.example", True),
        ("https://Chat.Example", "chat.EXAMPLE:443", True),
        ("http://chat.example", "chat.example:80", True),
        ("http://localhost:4242", "localhost:4242", True),
        ("http://[::1]:4242", "[::1]:4242", True),
        ("https://chat.example:8443", "chat.example", True),
        ("http://localhost:3000", "localhost:4242", False),
        ("https://chat.example", "chat.example:4242", False),
        ("https://evil.example", "chat.example", False),
        ("https://chat.example.evil.example", "chat.example", False),
        ("https://chat.example@evil.example", "chat.example", False),
        ("null", "chat.example", False),
        ("null", "null", False),
        ("", "", False),
        ("https://", "", False),
        ("https://chat.example:x", "chat.example", False),
        ("https://chat.example", "", False),
        ("https://portal.example", "chat.example", False),
    ],
)
def test_pages_of_the_same_host_may_connect(origin: str | None, host: str, is_allowed: bool) -> None:
    """Without a list; and whatever is no page. What cannot be read is refused."""
    assert Origins({"same"}).allows(origin, host) is is_allowed


def test_what_is_listed_may_connect() -> None:
    """Of the same host only if the list says so; a star is everybody."""
    listed = Origins({"https://portal.example", "null"})
    assert listed.allows("https://Portal.example", "chat.example")
    assert listed.allows("null", "chat.example")
    assert listed.allows(None, "chat.example")
    assert not listed.allows("https://chat.example", "chat.example")
    assert not listed.allows("https://portal.example:8443", "chat.example")
    assert Origins({"*"}).allows("https://evil.example", "chat.example")


def test_connections_are_counted() -> None:
    """In all and by address, up to what is allowed; an address that has none left is forgotten."""
    counter = ConnectionCounter(3, 2)
    for name in ("a", "a", "b"):
        assert not counter.is_full()
        assert not counter.is_full_for(name)
        counter.add(name)
    assert counter.is_full()
    assert counter.is_full_for("a")
    assert not counter.is_full_for("b")
    counter.remove("a")
    assert not counter.is_full()
    assert not counter.is_full_for("a")
    counter.remove("a")
    counter.remove("b")
    assert (counter.total, counter.addresses()) == (0, 0)


def test_no_limit_is_never_reached() -> None:
    """0 of a limit is none."""
    counter = ConnectionCounter(0, 0)
    for _ in range(1000):
        counter.add("a")
    assert not counter.is_full()
    assert not counter.is_full_for("a")


def test_the_log_tells_of_refusals_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    """Each kind for itself, with how many there were."""
    now = 100.0
    before = TALLY.handshakes_refused.copy()
    refusals = Refusals(lambda: now)
    with caplog.at_level(logging.WARNING):
        for number in range(500):
            refusals.note(HTTPStatus.TOO_MANY_REQUESTS, f"from {number}")
        refusals.note(HTTPStatus.FORBIDDEN, "a page")
        now += REPEAT_SECONDS
        refusals.note(HTTPStatus.TOO_MANY_REQUESTS, "again")
    assert caplog.messages == [
        "refused with 429: from 0",
        "refused with 403: a page",
        "refused with 429: again (501 times so far)",
    ]
    assert TALLY.handshakes_refused - before == {"429": 501, "403": 1}
