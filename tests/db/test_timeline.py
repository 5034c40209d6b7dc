"""A server that was promoted and may lack the last messages gives none of their numbers again."""

import asyncpg
import pytest

from gateway.postgres.log import LogReader
from harness.rooms import Rooms

pytestmark = pytest.mark.parametrize("postgres_version", [18, 16])

PROMOTE = "update chat.timeline set number = number - 1, is_synchronous = $1"
TIMELINE = "select number - chat.present_timeline(), is_synchronous from chat.timeline"
NEWEST = "select chat.newest_seq(0)"
OPEN_HISTORY = "select after_seq, truncated from chat.open_history('adam', 0, $1, $2, null)"
NEXT_GATEWAY = "select nextval('chat.gateway_gateway_id_seq')"


@pytest.fixture
async def room(rooms: Rooms) -> Rooms:
    """A room with adam in it, and one comment."""
    await rooms.open(4)
    await rooms.join("adam")
    await rooms.comment("adam", "before")
    return rooms


async def test_nothing_is_passed_over_while_the_timeline_stays(room: Rooms) -> None:
    """Numbers go on one by one."""
    assert tuple(await room.connection.fetchrow(TIMELINE) or ()) == (0, False)
    await room.comment("adam", "after")
    assert await room.connection.fetchval(NEWEST) == 3


async def test_what_a_standby_may_lack_is_passed_over(room: Rooms) -> None:
    """Whoever has what it lacks, and resumes after that, is told; so is whoever resumes from before."""
    gateway_id = await room.connection.fetchval(NEXT_GATEWAY)
    await room.connection.execute(PROMOTE, False)
    await room.comment("adam", "after")
    newest = await room.connection.fetchval(NEWEST)
    assert newest == 1_000_003
    for resume_after in (1, 2, 7):
        row = await room.connection.fetchrow(OPEN_HISTORY, newest + 1, resume_after)
        assert row is not None
        assert row["after_seq"] == newest - 1
        assert row["truncated"] is not None
    assert await room.connection.fetchval(NEXT_GATEWAY) > gateway_id + 1_000
    await room.comment("adam", "once only")
    assert await room.connection.fetchval(NEWEST) == newest + 1


async def test_a_synchronous_standby_lacks_nothing(room: Rooms) -> None:
    """Its numbers go on one by one; from then on it is a primary without a standby."""
    await room.connection.execute(PROMOTE, True)
    await room.comment("adam", "after")
    assert await room.connection.fetchval(NEWEST) == 3
    assert tuple(await room.connection.fetchrow(TIMELINE) or ()) == (0, False)


async def test_a_room_that_went_back_is_noticed(room: Rooms, database: str) -> None:
    """Where a standby lacks what nobody expected it to lack, members here are ahead of the room."""
    async with asyncpg.create_pool(database, min_size=1, max_size=1) as pool:
        with pytest.raises(LookupError, match="the room is at 2, though it was at 5"):
            assert [entry async for entry in LogReader(pool).read(0, 5)]
        assert [entry async for entry in LogReader(pool).read(0, 2)] == []
        pool.terminate()
