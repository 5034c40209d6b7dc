"""On connecting the service tells all rooms at once, to somebody it does not know yet."""

from harness.parts import Stack
from harness.people import People
from proto.chatmessage_pb2 import ROOM_STATUS


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
