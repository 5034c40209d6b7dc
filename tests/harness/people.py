"""The people in the rooms: chat clients that wait with a limit, and fail telling what came instead."""

import asyncio
from collections.abc import Callable
from typing import Any, Self

from google.protobuf import json_format

from edgechat.client import ChatConnection
from edgechat.client.connection import websocket_url
from proto.chatmessage_pb2 import COMMENT, EVENT, EXECUTION, FEED, JOIN_REQ, chatmessage
from proto.subprotocol import JSON_SUBPROTOCOL

WAIT_SECONDS = 30.0


class User(ChatConnection):
    """A connection on which every wait is limited."""

    name = ""
    joined = chatmessage()

    @classmethod
    async def at(cls, port: int, *, as_original: bool = False) -> Self:
        """A connection to the gateway at a port of this machine."""
        return await cls.connect(websocket_url("127.0.0.1", port), as_original=as_original)

    async def receive(self) -> chatmessage:
        """The next message."""
        async with asyncio.timeout(WAIT_SECONDS):
            return await super().receive()

    async def enter(
        self,
        name: str,
        room: int = 0,
        *,
        resume_after: int | None = None,
        history: int | None = None,
        resume_token: str | None = None,
    ) -> chatmessage:
        """Join a room and return the answer, the own USERJOINED."""
        async with asyncio.timeout(WAIT_SECONDS):
            self.name = name
            self.joined = await self.join(name, room, resume_after, history, resume_token)
        return self.joined

    async def ask_to_join(self, name: str, room: int) -> None:
        """Send a JOIN_REQ and wait for nothing."""
        self.name = name
        await self.send(chatmessage(mtype=JOIN_REQ, user=name, roomid=room))

    async def send_raw(self, data: str | bytes) -> None:
        """Send a frame that need not be a chatmessage: text for a string, binary for bytes."""
        await self._connection.send(data)

    def pause(self) -> None:
        """Read nothing more from the socket."""
        self._connection.transport.pause_reading()

    def resume(self) -> None:
        """Read again."""
        self._connection.transport.resume_reading()

    async def until(self, is_wanted: Callable[[chatmessage], bool]) -> list[chatmessage]:
        """All messages up to the first that is wanted, that one included."""
        messages = []
        try:
            while True:
                messages.append(await self.receive())
                if is_wanted(messages[-1]):
                    return messages
        except TimeoutError:
            raise AssertionError(f"{self.name} waited in vain; what came: {messages[-5:]}") from None

    async def status(self, userstatus: str, **fields: Any) -> chatmessage:
        """The next ROOM_STATUS of this kind with these fields; what comes before it is passed over."""
        return (await self.until(lambda message: message.userstatus == userstatus and has(message, fields)))[-1]

    async def comments(self, count: int = 1) -> list[chatmessage]:
        """The next comments; what comes between them is passed over."""
        return [(await self.until(lambda message: message.mtype == COMMENT))[-1] for _ in range(count)]

    async def feed(self, count: int) -> list[chatmessage]:
        """The next feed messages; what comes between them is passed over."""
        return [(await self.until(lambda message: message.mtype in (EVENT, EXECUTION, FEED)))[-1] for _ in range(count)]

    async def through(self, text: str) -> list[chatmessage]:
        """Everything up to a comment with this text, that one included: what is not in it has not been sent."""
        return await self.until(lambda message: message.mtype == COMMENT and message.comment == text)


class JsonUser(User):
    """One who speaks JSON, as protobuf's own library reads and writes it."""

    subprotocol = JSON_SUBPROTOCOL

    @staticmethod
    def encode(message: chatmessage) -> str:
        """The text of a message."""
        return json_format.MessageToJson(message)

    @staticmethod
    def decode(data: bytes) -> chatmessage:
        """The message in a text."""
        return json_format.Parse(data, chatmessage())


class People:
    """Connects users to a gateway; all are disconnected at the end."""

    def __init__(self) -> None:
        self._users: list[User] = []

    async def connect(self, port: int, *, as_original: bool = False, in_json: bool = False) -> User:
        """A connection that has got its PENDING; `as_original` offers no subprotocol."""
        kind = JsonUser if in_json else User
        async with asyncio.timeout(WAIT_SECONDS):
            user = await kind.at(port, as_original=as_original)
        self._users.append(user)
        return user

    async def join(
        self, port: int, name: str, room: int = 0, *, resume_after: int | None = None, history: int | None = None
    ) -> User:
        """A member of a room."""
        user = await self.connect(port)
        await user.enter(name, room, resume_after=resume_after, history=history)
        return user

    async def join_in_json(self, port: int, name: str, room: int = 0) -> User:
        """A member of a room who speaks JSON."""
        user = await self.connect(port, in_json=True)
        await user.enter(name, room)
        return user

    async def until_members(self, port: int, room: int, is_wanted: Callable[[list[str]], bool]) -> None:
        """Wait until the members of a room, as somebody who connects is told them, are as wanted."""
        async with asyncio.timeout(WAIT_SECONDS):
            while not is_wanted(list((await self.connect(port)).welcome.rooms[room].currusers)):
                await asyncio.sleep(0.05)

    async def until_empty(self, port: int, room: int = 0) -> None:
        """Wait until nobody is in a room any more."""
        await self.until_members(port, room, lambda users: not users)

    async def leave(self) -> None:
        """Disconnect everybody: all at once, or each would be told of every one who goes before."""
        for user in self._users:
            user.abort()
        for user in self._users:
            await user.close()


def has(message: chatmessage, fields: dict[str, Any]) -> bool:
    """Whether a message's fields have these values."""
    return all(getattr(message, name) == value for name, value in fields.items())
