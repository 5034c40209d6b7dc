"""The upgrade of a connection, as the swarm and the benchmarks ask for it."""

import re

import pytest
from websockets.utils import accept_key

from clientsim.handshake import MAX_ANSWER_BYTES, Handshake, HandshakeError


def answer_to(request: bytes) -> bytes:
    """The answer of a server that agrees."""
    key = re.search(rb"Sec-WebSocket-Key: (\S+)", request)
    assert key is not None
    accepted = accept_key(key[1].decode()).encode()
    return b"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: " + accepted + b"\r\n\r\n"


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_an_answer_may_come_in_pieces(size: int) -> None:
    """What comes behind it belongs to the frames, and is handed back whole."""
    handshake = Handshake("localhost")
    data = answer_to(handshake.request) + b"frames"
    rest = b""
    for place in range(0, len(data), size):
        piece = data[place : place + size]
        rest += piece if handshake.is_done else handshake.take(piece)
    assert handshake.is_done
    assert rest == b"frames"


def test_the_host_is_named() -> None:
    """Proxies choose by it."""
    assert b"\r\nHost: example.org\r\n" in Handshake("example.org").request


def test_the_subprotocol_is_offered() -> None:
    """Whoever can parse all gets all."""
    assert b"\r\nSec-WebSocket-Protocol: edgechat.proto\r\n" in Handshake("localhost").request


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 404 Not Found\r\n\r\n", "not a WebSocket server: HTTP/1.1 404 Not Found"),
        (b"HTTP/1.1 101 Fine\r\nSec-WebSocket-Accept: another\r\n\r\n", "not a WebSocket server: HTTP/1.1 101 Fine"),
        (b"x" * (MAX_ANSWER_BYTES + 1), "no end to the answer"),
    ],
)
def test_another_answer_is_told(answer: bytes, words: str) -> None:
    """By its first line; an answer without an end is not gathered for ever."""
    handshake = Handshake("localhost")
    with pytest.raises(HandshakeError, match=words):
        handshake.take(answer)
    assert not handshake.is_done
