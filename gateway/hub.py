"""Takes notifications in the order in which Postgres sends them and hands what they announce to the rooms."""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from gateway import payloads
from gateway.errors import DatabaseAwayError
from gateway.frames import frame, frames_with_seq, wrap_feed_message
from gateway.log import LogReader
from gateway.room import Room
from proto.chatmessage_pb2 import chatmessage

USERJOINED = b"\x08\x01\x12\x0aUSERJOINED"
"""How every USERJOINED begins (db/functions/encode_status.sql): the only messages that must be looked into."""
RETRY_PAUSE = 0.5
"""Seconds between two tries to read what a notification did not carry, while Postgres is away."""
MAX_KEPT_BODIES = 8192
"""Feed messages kept for rooms' lines that may yet name them, if no line comes to end their transaction."""

logger = logging.getLogger("gateway")


@dataclass(slots=True)
class Feed:
    """A feed's present messages, wrapped, by row key.

    A transaction's messages come before the rooms' lines that name them, so the first message behind such a line
    belongs to another transaction and the older ones are not needed any more.
    """

    feed_id: int
    msgtype: int
    message_field: int
    bodies: dict[int, bytes] = field(default_factory=dict)
    is_spent: bool = False

    def wrap(self, message: bytes) -> bytes:
        """A feed message as clients get it, but for its sequence."""
        return wrap_feed_message(self.msgtype, self.message_field, message)

    def keep(self, contents: payloads.Contents) -> None:
        """Remember messages until the rooms' lines have come."""
        if self.is_spent or len(self.bodies) > MAX_KEPT_BODIES:
            self.bodies.clear()
            self.is_spent = False
        for key, message in zip(contents.numbers, contents.messages, strict=True):
            if message is not None:
                self.bodies[key] = self.wrap(message)


class Hub:
    """All rooms and feeds of a gateway, and the one task that delivers to them.

    One task and one queue keep the order; a message that must be fetched holds up those behind it for as long, and is
    tried again and again while Postgres is away. Where the log itself has a hole, by an operator's hand, the room's
    members here are sent away: they resume, and are told what is gone.
    """

    def __init__(self, log: LogReader, feeds: Iterable[Feed]) -> None:
        self.rooms: dict[int, Room] = {}
        self.feeds = {feed.feed_id: feed for feed in feeds}
        self._log = log
        self._queue: deque[tuple[Room | Feed, str | None]] = deque()
        self._wake = asyncio.Event()
        self._touched: dict[int, Room] = {}

    def room(self, room_id: int) -> Room:
        """The room with this id, made if nobody was in it here."""
        return self.rooms.setdefault(room_id, Room(room_id))

    def forget(self, room_id: int) -> bool:
        """Drop a room if nobody here is in it or about to be; whether it was."""
        room = self.rooms.get(room_id)
        if room is None or not room.is_idle():
            return False
        del self.rooms[room_id]
        return True

    def take(self, target: Room | Feed, payload: str | None) -> None:
        """Queue a notification; None as payload asks to read the room's log for whatever was missed."""
        self._queue.append((target, payload))
        self._wake.set()

    def resync(self) -> None:
        """Read from the log what notifications may have been missed of every room."""
        for room in self.rooms.values():
            self.take(room, None)

    async def run(self) -> None:
        """Deliver for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue:
                target, payload = self._queue.popleft()
                if isinstance(target, Room):
                    self._touched[target.room_id] = target
                await self._persist(target, payload)
            self._flush()

    def _flush(self) -> None:
        for room in self._touched.values():
            room.flush()
        self._touched.clear()

    async def _persist(self, target: Room | Feed, payload: str | None) -> None:
        """Process a notification, however long Postgres is away; another try passes over what was delivered already."""
        while True:
            try:
                return await self._process(target, payload)
            except ValueError as error:
                return logger.warning("ignored a notification that is none of ours: %s", error)
            except LookupError as error:
                assert isinstance(target, Room)
                return _give_up(target, error)
            except DatabaseAwayError as error:
                logger.debug("reading what was missed, again: %s", error)
                self._flush()
                await asyncio.sleep(RETRY_PAUSE)

    async def _process(self, target: Room | Feed, payload: str | None) -> None:
        if payload is None:
            if isinstance(target, Room):
                await self._catch_up(target, None)
            return
        notice = payloads.parse(payload)
        match target, notice:
            case Feed() as feed, payloads.Contents() as contents:
                feed.keep(contents)
            case Room() as room, payloads.Contents() as contents:
                await self._take_messages(room, contents)
            case Feed() as feed, payloads.Lines() as lines:
                feed.is_spent = True
                for line in lines.lines:
                    await self._take_line(feed, line)
            case _:
                raise ValueError("lines on a room's channel")

    async def _take_messages(self, room: Room, contents: payloads.Contents) -> None:
        for seq, message in zip(contents.numbers, contents.messages, strict=True):
            if room.is_idle() or not await self._is_next(room, seq):
                continue
            if message is None:
                message = await self._log.read_message(room.room_id, seq)
            self._deliver_message(room, seq, message)

    async def _take_line(self, feed: Feed, line: payloads.Line) -> None:
        bodies: list[bytes] | None = None
        for room_id, first_seq in line.rooms:
            room = self.rooms.get(room_id)
            if room is None or room.next_seq is None:
                continue
            self._touched[room_id] = room
            try:
                if line.keys:
                    bodies = bodies or await self._bodies(feed, line.keys)
                    await self._take_rows(room, bodies, first_seq)
                else:
                    await self._catch_up(room, None)
            except LookupError as error:
                _give_up(room, error)

    async def _take_rows(self, room: Room, bodies: list[bytes], first_seq: int) -> None:
        assert room.next_seq is not None
        known = max(0, room.next_seq - first_seq)
        if known < len(bodies) and await self._is_next(room, first_seq + known):
            wanted = bodies[known:] if known else bodies
            room.append(frames_with_seq(wanted, first_seq + known), len(wanted))

    async def _bodies(self, feed: Feed, keys: list[int]) -> list[bytes]:
        """The messages with these keys, wrapped; raises LookupError if one is not there any more."""
        bodies = feed.bodies
        missing = [key for key in keys if key not in bodies]
        if missing:
            fetched = await self._log.read_feed_rows(feed.feed_id, missing)
            bodies = bodies | {key: feed.wrap(message) for key, message in fetched.items()}
        return [bodies[key] for key in keys]

    async def _is_next(self, room: Room, seq: int) -> bool:
        """Whether a message is the room's next, after what was missed before it has been read from the log."""
        if room.next_seq is not None and seq > room.next_seq:
            await self._catch_up(room, seq)
        return room.next_seq is None or seq == room.next_seq

    async def _catch_up(self, room: Room, before_seq: int | None) -> None:
        """Deliver from the log what comes next in a room, up to `before_seq` if given."""
        start = room.start_of_log()
        if start is None:
            return
        async for seq, feed_id, message in self._log.read(room.room_id, start - 1, before_seq):
            if room.next_seq is not None and seq < room.next_seq:
                continue
            if room.next_seq is not None and seq > room.next_seq:
                raise LookupError(f"after {room.next_seq - 1} comes {seq}")
            if feed_id is None:
                self._deliver_message(room, seq, message)
            else:
                room.append(frames_with_seq([self.feeds[feed_id].wrap(message)], seq), 1)

    def _deliver_message(self, room: Room, seq: int, message: bytes) -> None:
        receiver = None
        if room.joining and message.startswith(USERJOINED):
            receiver = room.joining.pop(chatmessage.FromString(message).user, None)
        if receiver is None:
            room.append(frame(message), 1)
        else:
            room.admit(receiver, seq, message)


def _give_up(room: Room, error: LookupError) -> None:
    logger.error("the log of room %d has a hole, members must resume: %s", room.room_id, error)
    room.give_up()
