"""Names that are claimed on their home server: who gets them, and when a claim counts as nobody's."""

import asyncpg
import pytest

from harness.rooms import Rooms

NAME_SERVER = "select chat.name_server('a', $1)"
CLAIM = """
select is_claimed, is_elsewhere
from chat.claim_names($1, '{k:ann}', '{2}', '{ann}', '{ann}', array[$2::integer], array[$3::text], array[$4::text])
"""
DISOWN = "select chat.disown_names($1, '{k:ann}', '{ann}')"
DROP = "select chat.drop_claims('{k:ann}', '{ann}', '{null}')"
LOST = "select name_key, room_id from chat.list_lost_claims('k:ann')"
PRESENT = "select name_key from chat.list_present($1, $2)"
MINE, YOURS = 1, 2


@pytest.fixture
async def home(rooms: Rooms) -> asyncpg.Connection:
    """A server that has half of the slots, and among them those of rooms 0 to 511."""
    await rooms.connection.execute(NAME_SERVER, list(range(512)))
    await rooms.open(4, 4)
    return rooms.connection


async def claim(
    home: asyncpg.Connection, gateway: int, room: int, new: str, old: str | None = None
) -> tuple[bool, bool]:
    """Whether 'ann' was claimed, and whether another gateway has it."""
    [row] = await home.fetch(CLAIM, gateway, room, new, old)
    return row["is_claimed"], row["is_elsewhere"]


async def test_whoever_is_in_no_room_here_is_gone_only_from_rooms_here(home: asyncpg.Connection, rooms: Rooms) -> None:
    """A gateway with an old map asks a server that the room has left: that one must not say that the member is gone."""
    await rooms.join("eve", 1)
    rows = await home.fetch(PRESENT, ["eve", "ann", "mia"], [1, 600, 1])
    assert {row["name_key"] for row in rows} == {"eve", "ann"}


async def test_a_token_counts_until_the_rooms_server_has_answered(home: asyncpg.Connection) -> None:
    """Whoever asks in vain while their room moves gets the name with the same token again, at whichever gateway."""
    assert await claim(home, MINE, 1, "first") == (True, False)
    for gateway, new in (MINE, "second"), (YOURS, "third"), (MINE, "third"):
        assert await claim(home, gateway, 1, new, "first") == (True, False)
    assert await claim(home, YOURS, 1, "mallory's", "guessed") == (False, True)
    assert await claim(home, YOURS, 0, "fourth", "first") == (False, True)


async def test_a_token_counts_though_the_claim_was_lost(home: asyncpg.Connection) -> None:
    """Made anew, a claim knows the token that it was asked for with, which is the member's."""
    for new in "first", "second", "third":
        assert await claim(home, MINE, 1, new, "the member's") == (True, False)


async def test_a_claim_of_nobody_is_the_rooms_servers_to_judge(home: asyncpg.Connection) -> None:
    """In the same room whoever asks gets it, for that server knows who the member is; in another nobody does."""
    assert await claim(home, MINE, 1, "first") == (True, False)
    await home.execute(DISOWN, MINE)
    assert [tuple(row) for row in await home.fetch(LOST)] == [("ann", 1)]
    assert await claim(home, YOURS, 0, "second") == (False, True)
    assert await claim(home, YOURS, 1, "second") == (True, False)
    assert await home.fetch(LOST) == []
    await home.execute(DISOWN, YOURS)
    assert await claim(home, MINE, 1, "third", "first") == (True, False)
    await home.execute(DISOWN, MINE)
    await home.execute(DROP)
    assert await claim(home, YOURS, 0, "fourth") == (True, False)
