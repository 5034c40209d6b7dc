"""Names that are shared: of channels, kinds of notifications and locks, and limits."""

import asyncpg
import pytest

from gateway.postgres import queries
from gateway.postgres.payloads import CONTENTS, DROP, LINES, MESSAGES, ROWS, room_channel
from harness.rooms import Rooms, make_event

ROOM_CHANNELS = "select chat.room_channel(n) from unnest($1::integer[]) with ordinality as u(n, place) order by place"
FLUSH = "select pg_notify('flushed', '')"
ROOM = 1


async def test_channels_of_rooms_are_named_alike_everywhere(connection: asyncpg.Connection) -> None:
    """A gateway listens where a room speaks."""
    room_ids = [0, 1, 9, 10, 12_345, 2**31 - 1]
    names = [name for (name,) in await connection.fetch(ROOM_CHANNELS, room_ids)]
    assert names == [room_channel(room_id) for room_id in room_ids]


async def test_kinds_of_notifications_are_named_alike_everywhere(rooms: Rooms, database: str) -> None:
    """Every kind begins with its letter, on the channel that is its own."""
    await rooms.open(1, 1)
    feeds = await rooms.connection.fetch(queries.LIST_FEEDS)
    channels = {
        "feed": feeds[0]["channel"],
        "room": room_channel(ROOM),
        "gateway": await rooms.connection.fetchval(queries.GATEWAY_CHANNEL, rooms.gateway_id),
    }
    heard: list[tuple[str, str]] = []
    listener = await asyncpg.connect(database)
    try:
        for name, channel in channels.items():
            await listener.add_listener(channel, lambda *args, name=name: heard.append((name, args[3].split(" ")[0])))
        for old, new in ((None, "first"), ("first", "second")):
            await rooms.connection.fetch(
                queries.JOIN_ROOMS, rooms.gateway_id, ["adam"], [ROOM], [new], [old], [True], [], []
            )
        await rooms.store_events([make_event()])
        # A notification to itself comes after all that were committed before.
        await listener.execute(FLUSH)
        await listener.fetchval("select 1")
    finally:
        await listener.close()
    assert heard == [("room", MESSAGES), ("gateway", DROP), ("feed", CONTENTS), ("room", ROWS.strip()), ("feed", LINES)]


@pytest.mark.parametrize("name", ["lock_class", "payload_limit"])
async def test_a_name_that_is_none_is_refused(connection: asyncpg.Connection, name: str) -> None:
    """A wrong name is an error, and not the null that would take no lock and send no notification."""
    with pytest.raises(asyncpg.CaseNotFoundError):
        await connection.fetchval(f"select chat.{name}('logs')")
