"""A client that says goodbye and keeps its TCP connection open takes nobody else down."""

import asyncio

from websockets.frames import Frame, Opcode
from websockets.utils import generate_key

from harness.parts import Stack
from harness.people import WAIT_SECONDS, People
from proto.chatmessage_pb2 import JOIN_REQ, chatmessage


async def test_a_half_closed_connection_frees_the_place(stack: Stack, people: People) -> None:
    """The others go on talking, and are told soon that it left."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    try:
        writer.write(
            "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {generate_key()}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        async with asyncio.timeout(WAIT_SECONDS):
            await reader.readuntil(b"\r\n\r\n")
        join = chatmessage(mtype=JOIN_REQ, user="half", roomid=0).SerializeToString()
        writer.write(Frame(Opcode.BINARY, join).serialize(mask=True))
        await adam.status("USERJOINED", user="half")
        writer.write(Frame(Opcode.CLOSE, b"\x03\xe8").serialize(mask=True))
        for number in range(20):
            await adam.comment(f"comment {number}")
        async with asyncio.timeout(15):
            await adam.status("USEREXITED", user="half")
        await adam.comment("end")
        await adam.through("end")
    finally:
        writer.transport.abort()
    gateway.part.require_alive()
