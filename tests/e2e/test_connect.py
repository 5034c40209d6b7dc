"""On connecting the service tells all rooms at once, to somebody it does not know yet."""

import pytest
from google.protobuf import json_format
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from harness.parts import Stack
from harness.people import People
from proto.chatmessage_pb2 import ROOM_STATUS, chatmessage


async def test_whoever_connects_is_told_the_rooms(stack: Stack, people: People) -> None:
    """The first message is PENDING with every room and who is in it."""
    gateway = await stack.start_gateway(NUM_CHATROOMS="5", MAX_NUMUSERS="[4,3,5,4,2]")
    await people.join(gateway.port, "adam", 3)
    pending = (await people.connect(gateway.port)).welcome
    assert (pending.mtype, pending.userstatus, pending.user, pending.roomid) == (ROOM_STATUS, "PENDING", "unknown", -1)
    assert pending.numrooms == 5
    assert [(room.roomid, room.maxusers, list(room.currusers)) for room in pending.rooms] == [
        (0, 4, []),
        (1, 3, []),
        (2, 5, []),
        (3, 4, ["adam"]),
        (4, 2, []),
    ]
    assert not pending.HasField("seq")


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (None, None),
        (["chat"], None),
        (["edgechat"], None),
        (["edgechat.proto"], "edgechat.proto"),
        (["chat", "edgechat.proto"], "edgechat.proto"),
        (["edgechat.json"], "edgechat.json"),
        (["edgechat.json", "edgechat.proto"], "edgechat.json"),
        (["edgechat.proto", "edgechat.json"], "edgechat.proto"),
    ],
)
async def test_two_subprotocols_are_known(stack: Stack, offered: list[Subprotocol] | None, chosen: str | None) -> None:
    """The first of them counts. Who offers others only is served as the original's clients are, without feeds."""
    gateway = await stack.start_gateway()
    async with connect(f"ws://127.0.0.1:{gateway.port}", subprotocols=offered, proxy=None) as connection:
        assert connection.subprotocol == chosen
        data = await connection.recv()
        assert isinstance(data, str) == (chosen == "edgechat.json")
        pending = json_format.Parse(data, chatmessage()) if isinstance(data, str) else chatmessage.FromString(data)
        assert pending.userstatus == "PENDING"
        assert bool(pending.feeds) == (chosen is not None)
