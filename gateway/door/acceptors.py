"""Has connections taken faster than one for each turn of the event loop, which is all that uvloop does.

When a gateway has died, thousands come at once. With all that is done for those who are in already a turn takes
milliseconds then, and those who wait to be taken would wait for seconds: beyond the backlog, for their TCP's next try.
"""

import asyncio
import inspect
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from websockets.asyncio.server import Server

TAKEN_AT_ONCE = 8
"""Connections that are taken in a turn: what they cost together is still a few milliseconds."""
_OWN = ("reuse_port", "reuse_address", "sock", "unix")


@asynccontextmanager
async def more_acceptors(server: Server) -> AsyncIterator[None]:
    """Have each listening socket of a server listened to several times over, by copies of its descriptor."""
    # The library keeps to itself what it makes connections with. Where that has another name, all works, but slower.
    known = inspect.getclosurevars(server.create_server).nonlocals
    factory, options = known.get("protocol_factory"), known.get("kwargs", {})
    options = {name: value for name, value in options.items() if name not in _OWN}
    others: list[asyncio.Server] = []
    try:
        if factory is not None:
            for listening in server.sockets:
                for _ in range(TAKEN_AT_ONCE - 1):
                    others.append(await server.get_loop().create_server(factory, sock=_copy(listening), **options))
        yield
    finally:
        for other in others:
            other.close()


def _copy(listening: socket.socket) -> socket.socket:
    return socket.fromfd(listening.fileno(), listening.family, listening.type, listening.proto)
