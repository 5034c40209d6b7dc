"""Who is a member in Postgres's eyes and who is here are compared: ghosts leave, strangers are sent away."""

import asyncpg
import pytest
from websockets.exceptions import ConnectionClosed

from harness.parts import Stack
from harness.people import People
from harness.waiting import until

ADD_GHOST = """
insert into chat.member (username, name_key, room_id, gateway_id, resume_hash)
select 'ghost', 'ghost', room_id, gateway_id, resume_hash from chat.member where username = 'adam'
"""
MEMBERS = "select array_agg(username order by username) from chat.member"
PLACE_GONE = 1012


async def test_a_ghost_leaves(stack: Stack, people: People, connection: asyncpg.Connection) -> None:
    """A member of a gateway that has no such connection; the room is told, and nobody else is disturbed."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    await connection.execute(ADD_GHOST)
    await adam.status("USEREXITED", user="ghost")
    assert await connection.fetchval(MEMBERS) == ["adam"]
    await adam.comment("still here")
    await adam.through("still here")


@pytest.mark.slow
async def test_a_stranger_is_sent_away(stack: Stack, people: People, connection: asyncpg.Connection) -> None:
    """A connection whose member an operator has deleted is told so, and joins again; others stay."""
    gateway = await stack.start_gateway()
    adam, eve = [await people.join(gateway.port, name) for name in ("adam", "eve")]
    await connection.execute("delete from chat.member where username = 'adam'")
    with pytest.raises(ConnectionClosed) as closed:
        await adam.status("never")
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (
        PLACE_GONE,
        "your place in the room is gone: join again",
    )
    await people.join(gateway.port, "adam", resume_after=0)
    await eve.comment("still here")
    await eve.through("still here")


async def test_who_comes_and_goes_is_neither(stack: Stack, people: People, connection: asyncpg.Connection) -> None:
    """Roll calls under a crowd that joins and leaves find nothing to put right."""
    gateway = await stack.start_gateway(MAX_NUMUSERS="[100]")
    watcher = await people.join(gateway.port, "watcher")
    for turn in range(12):
        crowd = [await people.join(gateway.port, f"user {turn} {number}") for number in range(10)]
        for user in crowd:
            await user.close()
        assert all(user.closing[0] != PLACE_GONE for user in crowd)

    async def are_alone() -> bool:
        return bool(await connection.fetchval(MEMBERS) == ["watcher"])

    await until(are_alone, "everybody else to have left")
    await watcher.comment("still here")
    await watcher.through("still here")
