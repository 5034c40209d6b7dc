"""Moves slots with their rooms from one server to another, while people talk in them.

What the rooms got is copied while they go on. Then they leave (db/functions/moving/leave_slots.sql): their members are
told to resume, and nothing comes any more. The rest is copied, the rooms are opened on the other server, and the map is
changed: for as long the rooms are held up. What is left on the first server is dropped at last.

That slots have left is noted on the server that they leave, until all of this is done. So whatever is killed on the
way, whoever looks next finds it there and finishes it: each step does nothing if it was done.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

import asyncpg

from edgechat.server.database import EXPORT_CLAIMS, HOLD, RECEIVE_CLAIMS

AHEAD = 200
"""Messages that may be left to copy when a room is held up."""
PORTION = 200
"""Messages that are copied at a time; each may have 1 MiB."""
WAIT_SECONDS = 0.02
"""Between two looks whether the other server has the feeds' rows that the room has."""
BRIDGE_SECONDS = 60.0
"""How long its bridge may take for that."""

RECEIVE_ROOM = "select chat.receive_room($1)"
EXPORT_LOG = "select chat.export_log($1, $2, $3)"
RECEIVE_LOG = "select chat.receive_log($1, $2::jsonb)"
NEWEST_SEQ = "select chat.newest_seq($1)"
LOGGED_SEQ = "select coalesce(max(seq), 0) from chat.room_log where room_id = $1"
ROOMS_OF = "select room_id from chat.room where chat.slot_of(room_id) = any ($1) order by room_id"
LEAVE_SLOTS = "select chat.leave_slots($1, $2)"
LIST_DEPARTURES = "select slot, server, stream, epoch, last_seq, room_ids from chat.list_departures()"
EXPORT_ROOM = "select chat.export_room($1)"
ADMIT_ROOM = "select chat.admit_room($1::jsonb, $2, $3, $4)"
FORGET_DEPARTED = "select chat.forget_departed($1)"
FORGET_ARRIVALS = "select chat.forget_arrivals($1)"
TAKE_SLOTS_BACK = "select chat.take_slots_back($1)"


class Transfer:
    """Slots on their way from one server to another; the connections have the rights of the schema's owner."""

    def __init__(self, source: asyncpg.Connection, target: asyncpg.Connection, target_name: str) -> None:
        self._source = source
        self._target = target
        self._target_name = target_name

    async def prepare(self, slots: Sequence[int]) -> int:
        """Copy what the rooms got while they go on; how many rooms there are."""
        rooms = [row["room_id"] for row in await self._source.fetch(ROOMS_OF, slots)]
        for room_id in rooms:
            await self._target.execute(RECEIVE_ROOM, room_id)
            while await self._copy(room_id) == PORTION:
                newest = await self._source.fetchval(NEWEST_SEQ, room_id)
                if newest - await self._target.fetchval(LOGGED_SEQ, room_id) < AHEAD:
                    break
        return len(rooms)

    async def leave(self, slots: Sequence[int]) -> None:
        """Have the rooms leave. From here on it is to be finished: see `departed`."""
        await self._source.execute(LEAVE_SLOTS, slots, self._target_name)

    async def departed(self) -> list[asyncpg.Record]:
        """What has left the first server for the other one, and is not done: `slot`, `room_ids` and where the stream
        was."""
        rows = await self._source.fetch(LIST_DEPARTURES)
        return [row for row in rows if row["server"] == self._target_name]

    async def finish(self, publish: Callable[[list[int]], Awaitable[None]]) -> float:
        """Finish what has left: open the rooms on the other server, and have the map say so by `publish`, which gets
        the slots; then drop what is left. Returns for how many seconds rooms were held up here."""
        began = time.monotonic()
        departed = await self.departed()
        slots = [row["slot"] for row in departed]
        if not slots:
            return 0.0
        for row in departed:
            for room_id in row["room_ids"]:
                await self._admit(room_id, row["stream"], row["epoch"], row["last_seq"])
        claims = await self._source.fetchval(EXPORT_CLAIMS, slots)
        if claims is not None:
            await self._target.execute(RECEIVE_CLAIMS, claims)
        await self._target.execute(HOLD, slots)
        await publish(slots)
        held_up = time.monotonic() - began
        while await self._source.fetchval(FORGET_DEPARTED, slots):
            pass
        return held_up

    async def undo(self, slots: Sequence[int]) -> None:
        """Have slots back that have left, and have arrived nowhere; what did arrive of their rooms is dropped there."""
        # First: once the rooms go on here, nothing tells any more that there is something to drop.
        await self._target.execute(FORGET_ARRIVALS, slots)
        await self._source.execute(TAKE_SLOTS_BACK, slots)

    async def _admit(self, room_id: int, stream: str | None, epoch: str | None, last_seq: int | None) -> None:
        await self._target.execute(RECEIVE_ROOM, room_id)
        while await self._copy(room_id):
            pass
        room = await self._source.fetchval(EXPORT_ROOM, room_id)
        arguments = room, stream, epoch, last_seq
        async with asyncio.timeout(BRIDGE_SECONDS):
            while not await self._target.fetchval(ADMIT_ROOM, *arguments):  # noqa: ASYNC110
                await asyncio.sleep(WAIT_SECONDS)

    async def _copy(self, room_id: int) -> int:
        """Copy the next messages of a room, and tell how many there were."""
        known = await self._target.fetchval(LOGGED_SEQ, room_id)
        events = await self._source.fetchval(EXPORT_LOG, room_id, known, PORTION)
        if events is None:
            return 0
        return int(await self._target.fetchval(RECEIVE_LOG, room_id, events)) - int(known)
