"""Rooms that go from one server to another: their messages, their seqs, their filters, their members."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from edgechat.server.transfer import Transfer
from gateway.postgres import payloads
from harness.rooms import Rooms, make_event
from proto.chatmessage_pb2 import chatmessage

STREAM, EPOCH = "CHATFEED", "2026-01-01"
NAME_SERVER = "select chat.name_server($1, $2)"
OPEN_POSITION = "select chat.open_position($1, $2)"
ADVANCE = "select chat.advance_position($1, $2, $3, $3, null), feed.store_sport_event($4, $5, $6, $7, $8)"
READ_LOG = "select seq, feed_id, message from chat.read_room_log($1, 0, 1000000, 1000000)"
MEMBERS = "select username, room_id, resume_hash from chat.member order by username"
GROUP = "select group_id, last_place from chat.room join chat.group_place using (group_id) where room_id = 1"
LOG_FROM = "select log_from from chat.room where room_id = 1"
JOIN = "select member_id, denial from chat.join_rooms($1, '{mia}', '{1}')"
REFUSE_SLOTS = """
create function public.refuse() returns trigger language plpgsql as 'begin raise exception ''not now''; end';
create trigger refuse before insert on chat.slot for each row execute function public.refuse()
"""
ROOMS_LEFT = """
select room_id from chat.room where room_id = 1 union all select room_id from chat.room_log where room_id = 1
"""


@pytest.fixture
def server_count() -> int:
    """Two servers: the test's own database, and another."""
    return 2


@pytest.fixture
async def there(other_databases: list[str]) -> AsyncIterator[asyncpg.Connection]:
    """A connection to the other server."""
    connection = await asyncpg.connect(other_databases[0], timeout=30, command_timeout=60)
    yield connection
    connection.terminate()


class Feed:
    """The sport feed as both servers' bridges store it, each up to where it has come."""

    def __init__(self) -> None:
        self.seqs: dict[asyncpg.Connection, int] = {}

    async def open(self, connection: asyncpg.Connection) -> None:
        """Begin the stream."""
        await connection.execute(OPEN_POSITION, STREAM, EPOCH)
        self.seqs[connection] = 0

    async def store(self, connection: asyncpg.Connection, count: int) -> None:
        """The next messages on one server, each in a batch of its own."""
        for _ in range(count):
            seq = self.seqs[connection] = self.seqs[connection] + 1
            row = make_event(text=f"row {seq}")
            arguments = [seq], [row.SerializeToString()], [row.sport], [row.match_title], [row.data_event]
            await connection.execute(ADVANCE, STREAM, EPOCH, seq, *arguments)


async def texts(connection: asyncpg.Connection, room: int) -> list[str]:
    """What a room got, in order and without a gap."""
    rows = await connection.fetch(READ_LOG, room)
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    found = []
    for row in rows:
        message = chatmessage.FromString(row["message"]) if row["feed_id"] is None else None
        if message is None:
            feed = chatmessage()
            feed.eventmsg.ParseFromString(row["message"])
            found.append(feed.eventmsg.data_event)
        else:
            assert message.seq in (0, row["seq"])
            found.append(message.comment or message.eventmsg.data_event or message.userstatus)
    return found


async def prepare(rooms: Rooms, there: asyncpg.Connection, feed: Feed) -> None:
    """Two servers, of which the first has all rooms; eve is in room 1, and the feed has begun."""
    here = rooms.connection
    await here.execute(NAME_SERVER, "a", list(range(1024)))
    await there.execute(NAME_SERVER, "b", [])
    await rooms.open(4, 4, 4)
    for connection in (here, there):
        await feed.open(connection)
        await connection.execute("update chat.server set num_rooms = 3")
    await rooms.join("eve", 1)


async def publish(slots: list[int]) -> None:
    """There is no map here."""


@pytest.mark.parametrize("lead", [-2, 0, 3])
async def test_a_room_goes_on_where_it_was(rooms: Rooms, there: asyncpg.Connection, lead: int) -> None:
    """Nothing is lost or doubled, whichever of the two servers has more of the feed; what comes then goes on."""
    here, feed = rooms.connection, Feed()
    await prepare(rooms, there, feed)
    await rooms.set_filters("eve", sport="data_event <> 'row 5'")
    await rooms.comment("eve", "hello")
    await feed.store(here, 6)
    await feed.store(there, 6 + min(lead, 0))
    transfer = Transfer(here, there, "b")
    assert await transfer.prepare([1]) == 1
    await rooms.comment("eve", "still here")
    before = await texts(here, 1)
    if lead > 0:
        await feed.store(there, lead)
    await transfer.leave([1])
    await feed.store(here, 4)
    assert await rooms.post(("eve", "too late")) == [False]
    if lead < 0:
        await feed.store(there, -lead)
    await transfer.finish(publish)
    await feed.store(there, 10 - feed.seqs[there])
    expected = [*before, *(f"row {seq}" for seq in range(7, 11))]
    assert before[-2:] == ["row 6", "still here"]
    assert "row 5" not in before
    assert await texts(there, 1) == expected
    assert await here.fetch(ROOMS_LEFT) == []
    [member] = await there.fetch(MEMBERS)
    assert (member["username"], member["room_id"]) == ("eve", 1)


async def test_it_can_be_undone(rooms: Rooms, there: asyncpg.Connection) -> None:
    """Rooms that left and did not arrive are opened again, and get what came meanwhile."""
    here, feed = rooms.connection, Feed()
    await prepare(rooms, there, feed)
    await feed.store(here, 2)
    before = await texts(here, 1)
    transfer = Transfer(here, there, "b")
    await transfer.prepare([1])
    await transfer.leave([1])
    await feed.store(here, 2)
    await transfer.undo([1])
    await feed.store(here, 1)
    assert await texts(here, 1) == [*before, "row 3", "row 4", "row 5"]
    assert [row["username"] for row in await here.fetch(MEMBERS)] == ["eve"]


@pytest.mark.parametrize("count", [0, 2])
async def test_rooms_with_the_same_filters_go_on_meanwhile(rooms: Rooms, there: asyncpg.Connection, count: int) -> None:
    """What a room got before it left can be read after it is back, though others of its group got rows since then."""
    here, feed = rooms.connection, Feed()
    await prepare(rooms, there, feed)
    await rooms.join("adam", 2)
    await feed.store(here, 3)
    before = await texts(here, 1)
    transfer = Transfer(here, there, "b")
    await transfer.leave([1])
    await feed.store(here, count)
    await transfer.undo([1])
    await feed.store(here, 1)
    assert await texts(here, 1) == [*before, *(f"row {seq}" for seq in range(4, 5 + count))]


async def test_it_is_finished_whenever_it_broke_off(rooms: Rooms, there: asyncpg.Connection) -> None:
    """Each step may be repeated, and so may all of them; a room may come back, too."""
    here, feed = rooms.connection, Feed()
    await prepare(rooms, there, feed)
    await feed.store(here, 3)
    await feed.store(there, 3)
    transfer = Transfer(here, there, "b")
    await transfer.prepare([1, 2])
    await transfer.leave([1, 2])
    before = {room: await texts(here, room) for room in (1, 2)}

    async def break_off(slots: list[int]) -> None:
        raise RuntimeError("killed")

    for _ in range(2):
        with pytest.raises(RuntimeError):
            await transfer.finish(break_off)
    await feed.store(there, 1)
    await transfer.finish(publish)
    assert await transfer.departed() == []
    for room in (1, 2):
        assert await texts(there, room) == [*before[room], "row 4"]
    back = Transfer(there, here, "a")
    await feed.store(here, 1)
    await back.prepare([1])
    await back.leave([1])
    await back.finish(publish)
    assert await texts(here, 1) == [*before[1], "row 4"]


async def test_places_are_kept_until_the_rooms_have_arrived(rooms: Rooms, there: asyncpg.Connection) -> None:
    """The grace of members begins when they can come back, however long a broken move lay there."""
    here, feed = rooms.connection, Feed()
    await prepare(rooms, there, feed)
    await there.execute("update chat.setting set gateway_grace = '0'")
    transfer = Transfer(here, there, "b")
    await transfer.leave([1])

    async def break_off(slots: list[int]) -> None:
        await there.execute("delete from chat.slot")
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        await transfer.finish(break_off)
    for _ in range(3):
        await there.execute("select chat.run_chores()")
    assert [row["username"] for row in await there.fetch(MEMBERS)] == ["eve"]
    await transfer.finish(publish)
    for _ in range(3):
        await there.execute("select chat.run_chores()")
    assert await there.fetch(MEMBERS) == []


async def test_nobody_gets_into_a_room_on_its_way(rooms: Rooms, there: asyncpg.Connection) -> None:
    """Neither where it was nor where it will be, though a gateway starts and opens all rooms that there are."""
    here, feed = rooms.connection, Feed()
    await prepare(rooms, there, feed)
    transfer = Transfer(here, there, "b")
    await transfer.prepare([1])
    await transfer.leave([1])

    async def try_to_join(slots: list[int]) -> None:
        for connection in (here, there):
            while await connection.fetchval("select chat.configure_rooms(array[4, 4, 4])"):
                pass
            gateway_id = await connection.fetchval("select chat.open_gateway()")
            [join] = await connection.fetch(JOIN, gateway_id)
            assert (join["member_id"], join["denial"]) == (None, None)
        raise RuntimeError("killed")

    await here.execute("update chat.server set num_rooms = 3")
    departed = await transfer.departed()
    with pytest.raises(RuntimeError):
        await try_to_join([row["slot"] for row in departed])
    await transfer.finish(publish)
    gateway_id = await there.fetchval("select chat.open_gateway()")
    [join] = await there.fetch(JOIN, gateway_id)
    assert join["member_id"] is not None


async def test_what_is_undone_leaves_nothing_behind(rooms: Rooms, there: asyncpg.Connection) -> None:
    """A room that was open there already is gone again, and comes whole when it goes there another time."""
    here, feed = rooms.connection, Feed()
    await prepare(rooms, there, feed)
    for connection in (here, there):
        await feed.store(connection, 2)
    transfer = Transfer(here, there, "b")
    await transfer.prepare([1])
    await transfer.leave([1])
    await there.execute(REFUSE_SLOTS)
    with pytest.raises(asyncpg.RaiseError):
        await transfer.finish(publish)
    await feed.store(there, 1)
    assert [row["username"] for row in await there.fetch(MEMBERS)] == ["eve"]
    await transfer.undo([1])
    assert await there.fetch(ROOMS_LEFT) == await there.fetch(MEMBERS) == []
    await feed.store(here, 1)
    await rooms.join("zoe", 1)
    await rooms.set_filters("zoe", sport="data_event <> 'row 4'")
    for connection in (here, there):
        await feed.store(connection, 2)
    before = await texts(here, 1)
    await there.execute("drop trigger refuse on chat.slot")
    await transfer.prepare([1])
    await transfer.leave([1])
    await transfer.finish(publish)
    assert await texts(there, 1) == before


async def test_what_a_room_got_can_be_read_wherever_it_is(rooms: Rooms, there: asyncpg.Connection) -> None:
    """From where it could be before: after it has come to a server where no room has its filters, and after an undo."""
    here, feed = rooms.connection, Feed()
    await prepare(rooms, there, feed)
    for connection in (here, there):
        await feed.store(connection, 2)
    transfer = Transfer(here, there, "b")
    assert await here.fetchval(LOG_FROM) == 1
    await transfer.leave([1])
    await transfer.undo([1])
    assert await here.fetchval(LOG_FROM) == 1
    await transfer.leave([1])
    await transfer.finish(publish)
    assert await there.fetchval(LOG_FROM) == 1


async def test_gateways_are_told_that_a_room_goes_on_otherwise(rooms: Rooms, there: asyncpg.Connection) -> None:
    """Rows of the room's former group come right behind its departure, and are none of the room's any more."""
    here, feed, heard = rooms.connection, Feed(), list[str]()
    await prepare(rooms, there, feed)
    await rooms.join("adam", 2)
    await feed.store(here, 2)
    newest = await rooms.last_seq(1)
    await here.add_listener(payloads.room_channel(1), lambda *told: heard.append(told[-1]))
    transfer = Transfer(here, there, "b")
    for step in (transfer.leave, transfer.undo):
        await step([1])
        group_id, place = await here.fetchrow(GROUP) or (0, 0)
        told = payloads.parse(heard[-1])
        assert told == payloads.Behind(newest, group_id, place)
