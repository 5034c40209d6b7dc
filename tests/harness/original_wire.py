"""The original service's wire, made without the project's own: messages of fields 1 to 11, bytes by hand, and a reader.

And a service that answers as the original did, for clients that are to work with both.
"""

import struct
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from websockets.asyncio.server import ServerConnection, serve

LAST_FIELD = 11
VARINT, EIGHT_BYTES, BYTES, FOUR_BYTES = 0, 1, 2, 5

MTYPES = {"ROOM_STATUS": 1, "JOIN_REQ": 2, "COMMENT": 3, "FILTER": 4, "EVENT": 5, "EXECUTION": 6}
SPORTS = {"BASEBALL": 1, "BASKETBALL": 2, "FOOTBALL": 3, "BOXING": 4, "GOLF": 5, "NASCAR": 6, "TENNIS": 7}
FIELDS = {
    "event": "required sport sport, required string match_title, required string data_event",
    "execution": "required string symbol, required string market, required float price, required float quantity, "
    "required int64 executionEpoch, required string stateSymbol",
    "roomstatus": "required int32 roomid, required uint32 maxusers, repeated string currusers",
    "chatmessage": "required msgtype mtype, optional string userstatus, optional uint32 numrooms, "
    "repeated roomstatus rooms, optional string user, optional int32 roomid, optional string comment, "
    "optional string sport_filter SAME, optional string execution_filter SAME, optional event eventmsg, "
    "optional execution execmsg",
}
"""Each message's fields, numbered from 1: label, type, name, default."""


def generate() -> type[Any]:
    """The class of a chatmessage as the original's clients have it, apart from the project's."""
    described = descriptor_pb2.FileDescriptorProto(name="original.proto", syntax="proto2")
    field_type = descriptor_pb2.FieldDescriptorProto
    for name, values in (("msgtype", MTYPES), ("sport", SPORTS)):
        enum = described.enum_type.add(name=name)
        for word, number in values.items():
            enum.value.add(name=word, number=number)
    for name, fields in FIELDS.items():
        message = described.message_type.add(name=name)
        for number, written in enumerate(fields.split(", "), 1):
            label, kind, field_name, *default = written.split()
            field = message.field.add(name=field_name, number=number)
            field.label = field_type.Label.Value(f"LABEL_{label.upper()}")
            if kind in FIELDS:
                field.type, field.type_name = field_type.TYPE_MESSAGE, f".{kind}"
            elif kind in ("msgtype", "sport"):
                field.type, field.type_name = field_type.TYPE_ENUM, f".{kind}"
            else:
                field.type = field_type.Type.Value(f"TYPE_{kind.upper()}")
            if default:
                field.default_value = default[0]
    pool = descriptor_pool.DescriptorPool()
    pool.Add(described)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("chatmessage"))


Original = generate()


def varint(number: int) -> bytes:
    """A number as protobuf writes it; one below 0 as its 64 bits."""
    number &= 2**64 - 1
    written = bytearray()
    while number > 127:
        written.append(number & 127 | 128)
        number >>= 7
    return bytes([*written, number])


def number(field: int, value: int) -> bytes:
    """A field that is a whole number or of an enum."""
    return varint(field << 3 | VARINT) + varint(value)


def text(field: int, value: str | bytes) -> bytes:
    """A field that is a text, or a message in bytes."""
    content = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | BYTES) + varint(len(content)) + content


def real(field: int, value: float) -> bytes:
    """A field that is a float."""
    return varint(field << 3 | FOUR_BYTES) + struct.pack("<f", value)


def split(data: bytes) -> list[tuple[int, bytes]]:
    """The fields of a message: the number of each, and all bytes of it, its tag with them."""
    fields = []
    place = 0
    while place < len(data):
        start = place
        tag, place = _read_varint(data, place)
        kind = tag & 7
        if kind == VARINT:
            _, place = _read_varint(data, place)
        elif kind == BYTES:
            size, place = _read_varint(data, place)
            place += size
        else:
            place += {EIGHT_BYTES: 8, FOUR_BYTES: 4}[kind]
        assert place <= len(data), "a field goes on behind the message"
        fields.append((tag >> 3, data[start:place]))
    return fields


def known_part(data: bytes) -> bytes:
    """The bytes of a message that are of the original's fields, as they stand."""
    return b"".join(field for number, field in split(data) if number <= LAST_FIELD)


def added_fields(data: bytes) -> set[int]:
    """The numbers of a message's fields that the original does not know."""
    return {number for number, _ in split(data) if number > LAST_FIELD}


def _read_varint(data: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[place]
        value |= (byte & 127) << shift
        place, shift = place + 1, shift + 7
        if not byte & 128:
            return value, place


class OriginalService:
    """One room of the original, number 0: its exchanges, without feeds. It never says why."""

    def __init__(self, refused: Iterable[tuple[str, str]]) -> None:
        """`refused` are the requests that are invalid: both clauses of each."""
        self.port = 0
        # Every message that came.
        self.received: list[Any] = []
        self._refused = set(refused)
        self._filters = ["NONE", "NONE"]
        self._users: dict[ServerConnection, str] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator["OriginalService"]:
        """Listen for the time of the block."""
        async with serve(self._serve, "127.0.0.1", 0) as server:
            self.port = next(iter(server.sockets)).getsockname()[1]
            yield self

    async def _serve(self, connection: ServerConnection) -> None:
        await connection.send(self._status("PENDING", "unknown", -1))
        async for data in connection:
            assert isinstance(data, bytes)
            message = Original.FromString(data)
            self.received.append(message)
            if message.mtype == MTYPES["JOIN_REQ"]:
                self._users[connection] = message.user
                await self._tell(self._status("USERJOINED", message.user, message.roomid))
            elif message.mtype == MTYPES["COMMENT"]:
                # As it came: name and room are what the sender put in.
                await self._tell(data)
            elif (message.sport_filter, message.execution_filter) in self._refused:
                await connection.send(self._status("REJECTED_BADFILTER", message.user, message.roomid))
            else:
                asked = (message.sport_filter, message.execution_filter)
                self._filters = [old if new == "SAME" else new for new, old in zip(asked, self._filters, strict=True)]
                await self._tell(self._status("FILTERAPPLIED", message.user, message.roomid))
        self._users.pop(connection, None)

    async def _tell(self, data: bytes) -> None:
        for connection in self._users:
            await connection.send(data)

    def _status(self, userstatus: str, user: str, roomid: int) -> bytes:
        status = Original(mtype=MTYPES["ROOM_STATUS"], userstatus=userstatus, numrooms=1, user=user, roomid=roomid)
        status.rooms.add(roomid=0, maxusers=4, currusers=list(self._users.values()))
        if roomid == 0:
            status.sport_filter, status.execution_filter = self._filters
        return bytes(status.SerializeToString())
