"""Frames that no client should send close their sender's connection with a code that says why, and harm nobody else."""

import asyncio

import pytest

from harness.parts import Stack
from harness.people import People, User
from proto import tags
from proto.chatmessage_pb2 import COMMENT, EVENT, EXECUTION, ROOM_STATUS, chatmessage

COMMENT_START = bytes((tags.MTYPE, COMMENT, tags.COMMENT))


async def closing_after(user: User, data: str | bytes) -> int | None:
    """The code with which the service closes a connection for a frame."""
    await user.send_raw(data)
    async for _ in user.messages():
        pass
    return user.closing[0]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("hello", 1003),
        (b"", 1007),
        (b"\xff\xff\xff", 1007),
        # A COMMENT that ends too early, one whose text is not UTF-8, a message without mtype, an mtype that is none.
        (COMMENT_START + b"\xff", 1007),
        (COMMENT_START + b"\x01\xff", 1007),
        (bytes((tags.COMMENT,)) + b"\x01a", 1007),
        (bytes((tags.MTYPE, 99)), 1007),
        (chatmessage(mtype=ROOM_STATUS, userstatus="PENDING").SerializeToString(), 1008),
        (chatmessage(mtype=EVENT).SerializeToString(), 1008),
        (chatmessage(mtype=EXECUTION).SerializeToString(), 1008),
        (bytes(3 * 2**20), 1009),
    ],
)
@pytest.mark.parametrize("joined", [True, False])
async def test_bad_input_closes_with_its_code(
    stack: Stack, people: People, data: str | bytes, code: int, joined: bool
) -> None:
    """The connection is closed with the code, whether joined or not; a joined user exits and the others go on."""
    gateway = await stack.start_gateway()
    eve = await people.join(gateway.port, "eve")
    user = await people.connect(gateway.port)
    if joined:
        await user.enter("adam")
    assert await closing_after(user, data) == code
    assert user.closing[1] is not None
    if joined:
        await eve.status("USEREXITED", user="adam")
    await eve.comment("still here")
    await eve.comments()


async def test_unknown_fields_are_passed_over(stack: Stack, people: People) -> None:
    """Fields that the service does not know are passed over: a newer client may have them."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    newer = chatmessage(mtype=COMMENT, comment="hello").SerializeToString() + b"\xba\x3e\x03new"
    await adam.send_raw(newer)
    assert (await adam.comments())[0].comment == "hello"


async def test_what_is_no_websocket_is_refused(stack: Stack, people: People) -> None:
    """Somebody who speaks HTTP, or nothing known, is turned away and the service goes on."""
    gateway = await stack.start_gateway()
    for data in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n"):
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        writer.write(data)
        async with asyncio.timeout(30):
            await reader.read()
        writer.close()
        await writer.wait_closed()
    await people.join(gateway.port, "adam")
