"""Takes notifications in the order in which Postgres sends them and hands what they announce to the rooms."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from itertools import compress
from typing import TypeVar, cast

from google.protobuf.message import DecodeError

from gateway.delivery.feed import Feed
from gateway.delivery.group import Group
from gateway.delivery.room import Room
from gateway.errors import DatabaseAwayError
from gateway.frames import frame, frames_with_seq
from gateway.postgres import payloads
from gateway.postgres.log import LogReader
from proto.chatmessage_pb2 import chatmessage

USERJOINED = b"\x08\x01\x12\x0aUSERJOINED"
"""How every USERJOINED begins (db/functions/message/encode_status.sql): the only messages that must be looked into."""
RETRY_PAUSE = 0.5
"""Seconds between two tries to read what a notification did not carry, while Postgres is away."""

Result = TypeVar("Result")

logger = logging.getLogger("gateway")


class Hub:
    """All rooms and feeds of a gateway, and the one task that delivers to them.

    One task and one queue keep the order; a message that must be fetched holds up those behind it for as long, and is
    tried again and again while Postgres is away. Where the log itself has a hole, by an operator's hand, the room's
    members here are sent away: they resume, and are told what is gone.

    Feed rows wait in the groups until the queue is empty or a room has a message of its own: a burst is put together
    and written once for each room, however many notifications it came in.
    """

    def __init__(self, log: LogReader, feeds: Iterable[Feed]) -> None:
        self.rooms: dict[int, Room] = {}
        self.feeds = {feed.feed_id: feed for feed in feeds}
        self._log = log
        self._groups: dict[int, Group] = {}
        self._queue: deque[tuple[Room | Feed | None, str | None]] = deque()
        self._wake = asyncio.Event()
        self._touched_groups: set[Group] = set()
        self._touched_rooms: set[Room] = set()

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

    def lose_groups(self) -> None:
        """Notifications may have been missed: until a room was resynced it is not known which group it is in."""
        self._queue.append((None, None))
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
                try:
                    await self._process(target, payload)
                except (ValueError, DecodeError) as error:
                    logger.warning("ignored a notification that is none of ours: %s", error)
            while self._touched_groups:
                await self._settle_group(self._touched_groups.pop())
            self._write()

    def _write(self) -> None:
        for room in self._touched_rooms:
            room.flush()
        self._touched_rooms.clear()

    async def _process(self, target: Room | Feed | None, payload: str | None) -> None:
        if payload is None:
            if isinstance(target, Room):
                await self._catch_up(target)
            else:
                await self._forget_groups()
            return
        match target, payloads.parse(payload):
            case Feed() as feed, payloads.Lines() as lines:
                await self._take_lines(feed, lines)
            case Room() as room, payloads.Messages() as messages:
                await self._take_messages(room, messages)
            case Feed() as feed, payloads.Contents() as contents:
                feed.keep(contents)
            case _:
                raise ValueError("it came on another channel than it belongs to")

    # Feed rows, by groups of rooms.

    async def _take_lines(self, feed: Feed, lines: payloads.Lines) -> None:
        feed.is_spent = True
        bodies = [feed.bodies.get(key) for key in lines.keys]
        for line in lines.lines:
            marked: list[bytes] | None = None
            for group_id, first_place in line.groups:
                group = self._groups.get(group_id)
                if group is None:
                    continue
                if line.marks is not None and marked is None:
                    marked = await self._marked(feed, lines.keys, bodies, line.marks)
                if not marked:
                    await self._catch_up_group(group)
                    continue
                if not group.follows(first_place):
                    await self._settle_group(group)
                group.add(first_place, marked)
                self._touched_groups.add(group)

    async def _marked(
        self, feed: Feed, keys: list[int], bodies: list[bytes | None], marks: bytes
    ) -> list[bytes] | None:
        """The marked ones of these messages, wrapped; None if one of them is not there any more."""
        marked = list(compress(bodies, marks))
        if None not in marked:
            return cast(list[bytes], marked)
        wanted = list(zip(compress(keys, marks), marked, strict=True))
        missing = [key for key, body in wanted if body is None]
        fetched = await self._persist(lambda: self._log.read_feed_rows(feed.feed_id, missing))
        if len(fetched) < len(missing):
            return None
        return [feed.wrap(fetched[key]) if body is None else body for key, body in wanted]

    async def _settle_group(self, group: Group) -> None:
        """Give the rooms of a group what waits for them."""
        behind = self._hand_out(group)
        group.clear()
        for room in behind:
            await self._catch_up(room)
        self._drop_if_empty(group)

    def _hand_out(self, group: Group) -> list[Room]:
        """Give what waits to all rooms that it comes next for; those that something is missing for before it."""
        rooms = group.present()
        self._touched_rooms.update(rooms)
        return [room for room in rooms if not group.settle(room)]

    async def _catch_up_group(self, group: Group) -> None:
        for room in group.present():
            await self._catch_up(room)
        group.clear()

    def _place(self, room: Room, group_id: int, seq_offset: int) -> None:
        """Note that a room is in a group from its next message on."""
        former = None if room.group_id is None else self._groups.get(room.group_id)
        if former is not None and room.group_id != group_id:
            former.rooms.discard(room)
            self._drop_if_empty(former)
        room.group_id, room.seq_offset = group_id, seq_offset
        group = self._groups.get(group_id)
        if group is None:
            group = self._groups[group_id] = Group(group_id)
        group.rooms.add(room)

    def _drop_if_empty(self, group: Group) -> None:
        if group.is_empty() and self._groups.get(group.group_id) is group:
            del self._groups[group.group_id]

    def forget_left_groups(self) -> None:
        """Drop groups that no room here is in any more, since all members of their rooms here have gone."""
        for group in tuple(self._groups.values()):
            group.present()
            self._drop_if_empty(group)

    async def _forget_groups(self) -> None:
        for group in tuple(self._groups.values()):
            await self._settle_group(group)
        for room in self.rooms.values():
            room.group_id = None
        self._groups.clear()
        self._touched_groups.clear()

    # What rooms say themselves.

    async def _take_messages(self, room: Room, messages: payloads.Messages) -> None:
        group = None if room.group_id is None else self._groups.get(room.group_id)
        if group is not None and not group.settle(room):
            await self._catch_up(room)
        self._touched_rooms.add(room)
        for seq, message in zip(messages.numbers, messages.messages, strict=True):
            if room.is_idle() or not await self._is_next(room, seq):
                continue
            if message is None:
                message = await self._fetch(room, seq)
            if message is not None:
                self._deliver_message(room, seq, message)
        last_seq = messages.numbers[-1]
        if room.next_seq == last_seq + 1:
            self._place(room, messages.group_id, last_seq - messages.place)

    async def _is_next(self, room: Room, seq: int) -> bool:
        """Whether a message is the room's next, after what was missed before it has been read from the log."""
        if room.next_seq is not None and seq > room.next_seq:
            await self._catch_up(room)
        return room.next_seq is None or seq == room.next_seq

    async def _fetch(self, room: Room, seq: int) -> bytes | None:
        """A room's own message; None if it is not in the log any more, so that members were sent away."""
        try:
            return await self._persist(lambda: self._log.read_message(room.room_id, seq))
        except LookupError as error:
            _give_up(room, error)
            return None

    def _deliver_message(self, room: Room, seq: int, message: bytes) -> None:
        receiver = None
        if room.joining and message.startswith(USERJOINED):
            receiver = room.joining.pop(chatmessage.FromString(message).user, None)
        if receiver is None:
            room.append(frame(message), 1)
        else:
            room.admit(receiver, seq, message)

    # What notifications did not carry.

    async def _catch_up(self, room: Room) -> None:
        """Deliver from the log what comes next in a room."""
        self._touched_rooms.add(room)
        try:
            await self._persist(lambda: self._read_log(room))
        except (LookupError, ValueError, DecodeError) as error:
            _give_up(room, error)

    async def _read_log(self, room: Room) -> None:
        start = room.start_of_log()
        if start is None:
            return
        async for entry in self._log.read(room.room_id, start - 1):
            if room.next_seq is not None and entry.seq < room.next_seq:
                continue
            if entry.feed_id is None:
                self._deliver_message(room, entry.seq, entry.message)
            else:
                room.append(frames_with_seq([self.feeds[entry.feed_id].wrap(entry.message)], entry.seq), 1)
            if entry.group_id is not None and entry.place is not None and room.next_seq is not None:
                self._place(room, entry.group_id, entry.seq - entry.place)
        await self._find_group(room)

    async def _find_group(self, room: Room) -> None:
        """Learn which group a room is in, if that is not known."""
        while room.next_seq is not None and room.group_id is None:
            next_seq = room.next_seq
            found = await self._log.find_group(room.room_id, next_seq - 1)
            # Its members may have left meanwhile, and others come.
            if room.next_seq == next_seq:
                self._place(room, *found)

    async def _persist(self, call: Callable[[], Awaitable[Result]]) -> Result:
        """Ask Postgres for something, however long it is away; what can be written is not held up by that."""
        while True:
            try:
                return await call()
            except DatabaseAwayError as error:
                logger.debug("reading what was missed, again: %s", error)
                for group in self._touched_groups:
                    self._hand_out(group)
                self._write()
                await asyncio.sleep(RETRY_PAUSE)


def _give_up(room: Room, error: Exception) -> None:
    logger.error("the log of room %d has a hole, members must resume: %s", room.room_id, error)
    room.give_up()
