"""Takes notifications in the order in which Postgres sends them and hands what they announce to the rooms."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

from google.protobuf.message import DecodeError

from gateway.closing import FAULT
from gateway.delivery.arrivals import Arrivals
from gateway.delivery.backlog import Backlog
from gateway.delivery.feed import Feed
from gateway.delivery.feeds import Feeds
from gateway.delivery.group import Group
from gateway.delivery.groups import Groups
from gateway.delivery.room import Room, give_up
from gateway.errors import DatabaseAwayError, DatabaseFaultError, note_fault
from gateway.postgres import payloads
from gateway.postgres.log import LogReader
from gateway.selection import Selection
from gateway.titles import of_server
from runtime.outage import Outage

Result = TypeVar("Result")

logger = logging.getLogger("gateway")


class Hub:
    """All rooms and feeds of a gateway, and the one task that delivers to them.

    One task and one queue keep the order; a message that must be fetched holds up those behind it for as long, and is
    tried again and again while Postgres is away. Where the log itself has a hole, by an operator's hand, or where
    Postgres refuses to read it, the room's members here are sent away: they resume, and are told.

    Feed rows wait in the groups until the queue is empty or a room has a message of its own: a burst is put together
    and written once for each room, however many notifications it came in.
    """

    def __init__(self, log: LogReader, feeds: Feeds, name: str | None = None) -> None:
        """`name` is the server's, of several."""
        # The rooms that somebody here is in, or was lately.
        self.rooms: dict[int, Room] = {}
        self.feeds = feeds
        self._log = log
        # Those that rooms here are in.
        self.groups = Groups()
        self._backlog = Backlog(log, feeds, self.groups)
        # Notifications in their order: for whom, the text, and when it came.
        self.queue: deque[tuple[Room | Feed | None, str | None, float]] = deque()
        # Rooms whose log is to be read, by what is in the queue.
        self._unread: set[Room | Feed | None] = set()
        self._arrivals = Arrivals()
        # Set when something is in the queue.
        self._wake = asyncio.Event()
        # Set while everything that was taken is delivered.
        self.idle = asyncio.Event()
        # Groups in which rows wait.
        self._touched_groups: set[Group] = set()
        # Rooms that have taken messages since they were last flushed.
        self._touched_rooms: set[Room] = set()
        self._outage = Outage(of_server("what notifications did not carry", name), logger)

    def room(self, room_id: int) -> Room:
        """The room with this id, made if nobody was in it here."""
        room = self.rooms.get(room_id)
        if room is None:
            room = self.rooms[room_id] = Room(room_id, self.groups.remove)
        return room

    def forget(self, room_id: int) -> bool:
        """Drop a room if nobody here is in it or about to be; whether it was."""
        room = self.rooms.get(room_id)
        if room is None or not room.is_idle():
            return False
        del self.rooms[room_id]
        return True

    def take(self, target: Room | Feed | None, payload: str | None) -> None:
        """Queue a notification. No payload asks to read the room's log for what was missed, of no room to forget all
        groups. What is for other programs is passed over."""
        if payload is None and target is not None:
            if target in self._unread:
                return
            self._unread.add(target)
        if payload is None or not payload.startswith(payloads.ROWS):
            self.queue.append((target, payload, monotonic()))
            self._wake.set()
            self.idle.clear()

    def lose_groups(self) -> None:
        """Notifications may have been missed: until a room was resynced it is not known which group it is in."""
        self.take(None, None)

    def resync(self) -> None:
        """Read from the log what notifications may have been missed of every room."""
        for room in self.rooms.values():
            self.take(room, None)

    async def run(self) -> None:
        """Deliver for ever."""
        while True:
            if not self._wake.is_set():
                self.idle.set()
            await self._wake.wait()
            self._wake.clear()
            while self.queue:
                target, payload, received_at = self.queue.popleft()
                self._unread.discard(target if payload is None else None)
                self._arrivals.add(payload, received_at)
                try:
                    await self._process(target, payload)
                except (ValueError, DecodeError) as error:
                    note_fault("ignored a notification that is none of ours", error)
                except Exception as error:
                    note_fault("a bug in delivering", error)
                    self._make_good(target)
            while self._touched_groups:
                await self._settle_group(self._touched_groups.pop())
            self._write()

    def _make_good(self, target: Room | Feed | None) -> None:
        """What was not delivered is read from the logs, unless it was that which failed."""
        if isinstance(target, Room):
            target.give_up(FAULT)
        else:
            self.resync()

    def _write(self) -> None:
        are_touched = bool(self._touched_rooms)
        while self._touched_rooms:
            self._touched_rooms.pop().flush()
        self._arrivals.settle(are_touched)

    async def _process(self, target: Room | Feed | None, payload: str | None) -> None:
        if payload is None:
            if isinstance(target, Room):
                await self._catch_up(target)
            else:
                await self._forget_groups()
            return
        match target, payloads.parse(payload, self.groups.ids):
            case Feed() as feed, payloads.Lines() as lines:
                await self._take_lines(feed, lines)
            case Room() as room, payloads.Messages() as messages:
                await self._take_messages(room, messages)
            case Room() as room, payloads.Behind() as behind:
                await self._go_on(room, behind)
            case Feed() as feed, payloads.Contents() as contents:
                feed.keep(contents)
            case _:
                raise ValueError("it came on another channel than it belongs to")

    # Feed rows, by groups of rooms.

    async def _take_lines(self, feed: Feed, lines: payloads.Lines) -> None:
        feed.is_spent = True
        batch = feed.batch(lines.keys)
        for line in lines.lines:
            selection: Selection | None = None
            for group_id, first_place in line.groups:
                group = self.groups.get(group_id)
                if group is None:
                    continue
                if line.marks is not None and selection is None:
                    selection = batch.select(line.marks) or await self._complete(feed, batch.marked(line.marks))
                if selection is None or not selection.count:
                    await self._catch_up_group(group)
                    continue
                if not group.follows(first_place):
                    await self._settle_group(group)
                group.add(first_place, selection, feed.is_added)
                self._touched_groups.add(group)

    async def _complete(self, feed: Feed, wanted: list[tuple[int, bytes | None]]) -> Selection | None:
        """These rows with what is missing of them; None if one of them cannot be read: the rooms' logs tell more."""
        missing = [key for key, body in wanted if body is None]
        try:
            fetched = await self._persist(lambda: self._log.read_feed_rows(feed.listing.feed_id, missing))
        except DatabaseFaultError:
            return None
        if len(fetched) < len(missing):
            return None
        return Selection.of([feed.wrap(fetched[key]) if body is None else body for key, body in wanted])

    async def _settle_group(self, group: Group) -> None:
        """Deliver what waits in a group to its rooms."""
        behind = self._hand_out(group)
        group.clear()
        for room in behind:
            await self._catch_up(room)
        self.groups.drop_if_empty(group)

    def _hand_out(self, group: Group) -> list[Room]:
        """Deliver what waits to the rooms that are up to date; the rooms that something before it is missing for."""
        self._touched_rooms.update(group.rooms)
        return [room for room in group.rooms if not group.settle(room)]

    async def _catch_up_group(self, group: Group) -> None:
        for room in tuple(group.rooms):
            await self._catch_up(room)
        group.clear()

    async def _forget_groups(self) -> None:
        for group in self.groups.all():
            await self._settle_group(group)
        self.groups.clear()
        self._touched_groups.clear()

    # What rooms say themselves.

    async def _take_messages(self, room: Room, messages: payloads.Messages) -> None:
        group = self.groups.of(room)
        if group is not None and not group.settle(room):
            await self._catch_up(room)
        self._touched_rooms.add(room)
        for seq, message in zip(messages.numbers, messages.messages, strict=True):
            if room.is_idle() or not await self._is_next(room, seq):
                continue
            if message is None:
                message = await self._fetch(room, seq)
            # Somebody may have taken their place back while it was fetched, who has it from the log.
            if message is not None and room.next_seq in (None, seq):
                self._backlog.deliver(room, seq, message)
        last_seq = messages.numbers[-1]
        if room.next_seq == last_seq + 1:
            self.groups.place(room, messages.group_id, last_seq - messages.place)

    async def _go_on(self, room: Room, behind: payloads.Behind) -> None:
        """Have a room go on in another group. Where nobody has got anything yet, its log will tell."""
        group = self.groups.of(room)
        if group is not None and not group.settle(room):
            await self._catch_up(room)
        self._touched_rooms.add(room)
        if room.next_seq is not None and behind.seq >= room.next_seq:
            await self._catch_up(room)
        if room.next_seq == behind.seq + 1:
            self.groups.place(room, behind.group_id, behind.seq - behind.place)

    async def _is_next(self, room: Room, seq: int) -> bool:
        """Whether a message is the room's next, after what was missed before it has been read from the log."""
        if room.next_seq is not None and seq > room.next_seq:
            await self._catch_up(room)
        return room.next_seq is None or seq == room.next_seq

    async def _fetch(self, room: Room, seq: int) -> bytes | None:
        """A room's own message; None if it is gone from the log, so that members were sent away."""
        try:
            return await self._persist(lambda: self._log.read_message(room.room_id, seq))
        except (LookupError, DatabaseFaultError) as error:
            give_up(room, error)
            return None

    # What notifications did not carry.

    async def _catch_up(self, room: Room) -> None:
        self._touched_rooms.add(room)
        try:
            await self._persist(lambda: self._backlog.read(room))
        except (LookupError, DecodeError, DatabaseFaultError) as error:
            give_up(room, error)

    async def _persist(self, call: Callable[[], Awaitable[Result]]) -> Result:
        """Ask Postgres for something, however long it is away; what can be written is not held up by that."""
        while True:
            try:
                found = await call()
            except DatabaseAwayError as error:
                for group in self._touched_groups:
                    self._hand_out(group)
                self._write()
                await self._outage.wait(str(error))
            else:
                self._outage.end()
                return found
