"""The kinds of cases of the Autobahn test suite: frames that are right and wrong in every way, over bare sockets.

Who sends what is wrong is closed with the right code. A member in the room notices nothing, and no error is logged.
"""

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from clientsim.frames import BINARY, CLOSE, PING, PONG, TEXT
from gateway.client.limits import MAX_FRAME_BYTES
from harness.parts import Gateway, Stack
from harness.people import People
from harness.raw import RawClient, RawClients, frame
from harness.servers import PostgresServer, temporary_directory
from proto.chatmessage_pb2 import COMMENT, JOIN_REQ, chatmessage
from proto.subprotocol import JSON_SUBPROTOCOL

CONTINUATION = 0x0
JOIN = chatmessage(mtype=JOIN_REQ, user="raw", roomid=0).SerializeToString()
SAY = chatmessage(mtype=COMMENT, comment="grüße 👋").SerializeToString()
PENDING_JSON = '{"mtype":"COMMENT","comment":"κόσμε"}'.encode()
NUMBERS = itertools.count()
PINGED = frame(PING, b"still there")


@pytest.fixture(scope="module")
def served(postgres_servers: Callable[[int], PostgresServer]) -> Iterator[Gateway]:
    """One gateway for all of this: what a client sends harms nobody who comes later."""
    server = postgres_servers(18)
    database = server.create_migrated()
    with temporary_directory() as directory:
        stack = Stack(database, None, directory)
        try:
            yield asyncio.run(stack.start_gateway(MAX_NUMUSERS="[500]"))
        finally:
            stack.stop()
            server.drop(database)


@pytest.fixture
async def gateway(served: Gateway, people: People) -> AsyncIterator[Gateway]:
    """With a member, who is as well off afterwards as before."""
    gateway = served
    eve = await people.join(gateway.port, f"eve {next(NUMBERS)}")
    yield gateway
    await eve.comment("still here")
    await eve.through("still here")
    for word in ("Traceback", "ERROR", "bug"):
        assert word not in gateway.part.output


def split(opcode: int, content: bytes, size: int, between: bytes = b"") -> bytes:
    """A message in fragments of so many bytes, with something between each two."""
    parts = [content[place : place + size] for place in range(0, len(content), size)] or [b""]
    frames = [
        frame(CONTINUATION if number else opcode, part, fin=number == len(parts) - 1)
        for number, part in enumerate(parts)
    ]
    return between.join(frames)


async def until_said(client: RawClient, text: str) -> None:
    """Read until a comment has come back."""
    while chatmessage.FromString(await client.until(BINARY)).comment != text:
        pass


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
@pytest.mark.parametrize("between", [b"", PINGED, frame(PONG, b"unasked")], ids=["nothing", "pings", "pongs"])
async def test_messages_in_fragments(gateway: Gateway, raw: RawClients, size: int, between: bytes) -> None:
    """Whatever their sizes, and with pings or pongs in between, each of which is answered or passed over."""
    client = await raw.opened(gateway.port)
    await client.send(split(BINARY, JOIN, size, between) + split(BINARY, SAY, size, between))
    await until_said(client, "grüße 👋")


async def test_pieces_of_any_size(gateway: Gateway, raw: RawClients) -> None:
    """How bytes are cut by the network means nothing: each byte alone is the same message."""
    client = await raw.opened(gateway.port)
    for byte in frame(BINARY, JOIN) + frame(BINARY, SAY):
        await client.send(bytes((byte,)))
    await until_said(client, "grüße 👋")


@pytest.mark.parametrize("content", [b"", b"hello", b"\0\xff\xfe" * 30, bytes(125)])
async def test_pings_are_answered(gateway: Gateway, raw: RawClients, content: bytes) -> None:
    """With their own content, also ten at once, in order; pongs that nobody asked for are passed over."""
    client = await raw.opened(gateway.port)
    await client.send(frame(PONG, content) + b"".join(frame(PING, content + b"") for _ in range(10)))
    assert [await client.until(PONG) for _ in range(10)] == [content] * 10
    await client.send(frame(CLOSE))
    assert await client.closing() == 1005


WRONG = {
    "a ping of over 125 bytes": frame(PING, bytes(126)),
    "a pong of over 125 bytes": frame(PONG, bytes(126)),
    "a close of over 125 bytes": frame(CLOSE, b"\x03\xe8" + bytes(124)),
    "a ping in fragments": frame(PING, b"x", fin=False),
    "a close in fragments": frame(CLOSE, b"", fin=False),
    "not masked": frame(BINARY, JOIN, masked=False),
    "a ping not masked": frame(PING, b"x", masked=False),
    "a continuation of nothing": frame(CONTINUATION, JOIN),
    "a continuation of nothing, not its end": frame(CONTINUATION, JOIN, fin=False),
    "a message in another": frame(BINARY, JOIN[:3], fin=False) + frame(BINARY, JOIN[3:]),
    "a text in another message": frame(BINARY, JOIN[:3], fin=False) + frame(TEXT, JOIN[3:]),
    "a close of one byte": frame(CLOSE, b"\x03"),
    "more after the end of a message": split(BINARY, JOIN, 5) + frame(CONTINUATION, b"x"),
    "a compressed message, which nobody agreed to": frame(BINARY, JOIN, reserved=0b100),
    **{f"reserved bits {bits}": frame(BINARY, JOIN, reserved=bits) for bits in range(1, 8)},
    **{f"a ping with reserved bits {bits}": frame(PING, b"x", reserved=bits) for bits in (1, 4, 7)},
    **{f"opcode {opcode}": frame(opcode, b"x") for opcode in (3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF)},
    **{f"close code {code}": frame(CLOSE, code.to_bytes(2, "big")) for code in (0, 999, 1004, 1005, 1006, 1016, 2999)},
    "close code 65535": frame(CLOSE, b"\xff\xff"),
}


@pytest.mark.parametrize("data", WRONG.values(), ids=WRONG)
async def test_what_breaks_the_protocol_is_closed_with_1002(gateway: Gateway, raw: RawClients, data: bytes) -> None:
    """As RFC 6455 has it; what is sent after that is not looked at."""
    client = await raw.opened(gateway.port)
    await client.send(data + frame(BINARY, SAY))
    assert await client.closing() == 1002


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999])
async def test_a_close_is_answered_with_its_code(gateway: Gateway, raw: RawClients, code: int) -> None:
    """And the connection ends; what was sent behind it is not looked at."""
    client = await raw.opened(gateway.port)
    await client.send(frame(CLOSE, code.to_bytes(2, "big") + "tschüß".encode()) + PINGED + frame(BINARY, SAY))
    assert await client.closing() == code


INVALID_UTF_8 = {
    "cut off": "κόσμε".encode()[:-1],
    "a lone continuation byte": b"a\x80b",
    "overlong": b"\xc0\xaf",
    "half of a surrogate pair": b"\xed\xa0\x80",
    "beyond the last character": b"\xf4\x90\x80\x80",
    "no first byte": b"\xfe\xff",
}


@pytest.mark.parametrize("content", INVALID_UTF_8.values(), ids=INVALID_UTF_8)
@pytest.mark.parametrize("where", ["text", "text in fragments", "protobuf", "reason of a close"])
async def test_what_is_not_utf_8_is_closed_with_1007(
    gateway: Gateway, raw: RawClients, content: bytes, where: str
) -> None:
    """In a text frame of JSON, whole or in fragments, in a protobuf text, and in what a close says."""
    client = await raw.opened(gateway.port, JSON_SUBPROTOCOL if where.startswith("text") else "edgechat.proto")
    json = b'{"mtype":"COMMENT","comment":"' + content + b'"}'
    await client.send(
        {
            "text": frame(TEXT, json),
            "text in fragments": split(TEXT, json, 1),
            "protobuf": frame(BINARY, b"\x08\x03\x3a" + bytes((len(content),)) + content),
            "reason of a close": frame(CLOSE, b"\x03\xe8" + content),
        }[where]
    )
    assert await client.closing() == 1007


@pytest.mark.parametrize("size", [1, 2, 3])
async def test_utf_8_in_fragments(gateway: Gateway, raw: RawClients, size: int) -> None:
    """A character may be cut anywhere."""
    client = await raw.opened(gateway.port, JSON_SUBPROTOCOL)
    await client.send(
        split(TEXT, b'{"mtype":"JOIN_REQ","user":"raw","roomid":0}', size) + split(TEXT, PENDING_JSON, size)
    )
    while "κόσμε".encode() not in await client.until(TEXT):
        pass


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65535, 65536, 1_000_000])
async def test_comments_of_any_size(gateway: Gateway, raw: RawClients, size: int) -> None:
    """All lengths of frames, at their edges."""
    client = await raw.opened(gateway.port)
    text = "x" * size
    await client.send(frame(BINARY, JOIN))
    await client.send(frame(BINARY, chatmessage(mtype=COMMENT, comment=text).SerializeToString()))
    if size:
        await until_said(client, text)
    else:
        while chatmessage.FromString(await client.until(BINARY)).userstatus != "REJECTED_COMMENT":
            pass


TOO_LARGE = {
    "one frame": frame(BINARY, bytes(MAX_FRAME_BYTES + 1)),
    "only its length": bytes((0x82, 0xFF)) + (2**40).to_bytes(8, "big") + os.urandom(4),
    "the greatest length": bytes((0x82, 0xFF)) + (2**63 - 1).to_bytes(8, "big") + os.urandom(4),
    "in fragments": split(BINARY, bytes(MAX_FRAME_BYTES + 1), 65536),
}


@pytest.mark.parametrize("data", TOO_LARGE.values(), ids=TOO_LARGE)
async def test_what_is_too_large_is_closed_with_1009(gateway: Gateway, raw: RawClients, data: bytes) -> None:
    """As soon as its length is known, however it is cut."""
    client = await raw.opened(gateway.port)
    await client.send(data)
    assert await client.closing() == 1009


async def test_a_length_with_its_highest_bit(gateway: Gateway, raw: RawClients) -> None:
    """Which RFC 6455 forbids: closed, with whichever of both codes."""
    client = await raw.opened(gateway.port)
    await client.send(bytes((0x82, 0xFF)) + b"\xff" * 8 + bytes(4))
    assert await client.closing() in (1002, 1009)


@pytest.mark.slow
@pytest.mark.parametrize("content", [b"", b"x"])
async def test_more_fragments_than_anybody_needs(gateway: Gateway, raw: RawClients, content: bytes) -> None:
    """A message in ever more, empty or of a byte, is closed before it costs memory; as silent, if that takes long."""
    client = await raw.opened(gateway.port)
    await client.send(frame(BINARY, content, fin=False))
    part = frame(CONTINUATION, content, fin=False) * 500
    for _ in range(12):
        await client.send(part)
    assert await client.closing() in (1009, 4009)


async def test_no_compression_is_agreed_to(gateway: Gateway, raw: RawClients) -> None:
    """Whoever offers permessage-deflate is let in without."""
    client = await raw.at(gateway.port)
    offer = "permessage-deflate; client_max_window_bits, x-webkit-deflate-frame"
    from_rfc = (
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    )
    status, answer = await client.ask(
        from_rfc
        + b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: "
        + offer.encode()
        + b"\r\n\r\n"
    )
    assert status == 101
    assert "extensions" not in answer.lower()
