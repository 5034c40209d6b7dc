"""Reads of a room's log what notifications did not carry, and which group the room is in behind it."""

from gateway.delivery.feeds import Feeds
from gateway.delivery.groups import Groups
from gateway.delivery.parcel import Row
from gateway.delivery.room import Room
from gateway.postgres.log import LogReader


class Backlog:
    """That of any room. Each call raises what LogReader does."""

    def __init__(self, log: LogReader, feeds: Feeds, groups: Groups) -> None:
        self._log = log
        self._feeds = feeds
        self._groups = groups

    async def read(self, room: Room) -> None:
        """Have a room take everything that its log has and the room has not."""
        start = room.start_of_log()
        if start is None:
            return
        async for entry in self._log.read(room.room_id, start - 1):
            if room.next_seq is not None and entry.seq < room.next_seq:
                continue
            if entry.feed_id is None:
                self.deliver(room, entry.seq, entry.message)
            else:
                feed = await self._feeds.find(entry.feed_id)
                room.append(Row(feed.wrap(entry.message), entry.seq, feed.is_added))
            if entry.group_id is not None and entry.place is not None and room.next_seq is not None:
                self._groups.place(room, entry.group_id, entry.seq - entry.place)
        await self._find_group(room)

    def deliver(self, room: Room, seq: int, message: bytes) -> None:
        """Have a room take a message of its own, which is its next."""
        self._feeds.look_at(message)
        room.take(seq, message)

    async def _find_group(self, room: Room) -> None:
        """Learn which group a room is in, if that is not known."""
        while room.next_seq is not None and room.group_id is None:
            next_seq = room.next_seq
            found = await self._log.find_group(room.room_id, next_seq - 1)
            # Its members may have left meanwhile, and others come.
            if room.next_seq == next_seq:
                self._groups.place(room, *found)
