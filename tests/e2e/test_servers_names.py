"""Whose a name is on three servers when members come back, gateways die, and claims are lost."""

import asyncio
import time

import pytest

from edgechat.client import JoinDeniedError
from harness.claims import Databases, words_of
from harness.parts import Gateway, Stack
from harness.people import People, User

pytestmark = pytest.mark.parametrize("server_count", [3])
ROOMS = {"NUM_CHATROOMS": "6", "MAX_NUMUSERS": "[50]"}
CLAIM = """
insert into chat.name_claim (word, name_key, username, room_id, gateway_id) values ('k:' || $1, $1, $1, 1, $2)
"""
GRACE_SECONDS = 5.0
LATE_SECONDS = 20.0
"""After the grace; on a busy machine."""


@pytest.fixture
async def gateways(stack: Stack, databases: Databases) -> list[Gateway]:
    """Two, on three servers."""
    assert await databases.names() == ["s1", "s2", "s3"]
    return [await stack.start_gateway(**ROOMS) for _ in range(2)]


async def may_join(people: People, port: int, name: str, room: int) -> bool:
    """Whether a name is free right now; whoever gets it leaves at once."""
    user = await people.connect(port)
    status = "USERJOINED"
    try:
        await user.enter(name, room)
    except JoinDeniedError as error:
        status = error.status
    await user.close()
    assert status in ("USERJOINED", "DENIED_NAMETAKEN")
    return status == "USERJOINED"


async def come_back(people: People, port: int, user: User, token: str | None = None) -> User:
    """Take somebody's place back with the token that they have, or with another."""
    back = await people.connect(port)
    await back.enter(user.name, user.joined.roomid, resume_token=token or user.joined.resume_token)
    return back


async def test_who_resumes_on_another_gateway_keeps_the_name(
    gateways: list[Gateway], people: People, databases: Databases
) -> None:
    """The old connection ends, and at no moment the name is anybody's; a token that was used is worth nothing."""
    here, there = gateways
    ann = await people.join(here.port, "ann", 0)
    back = await come_back(people, there.port, ann)
    assert not back.joined.HasField("seq")
    async for _ in ann.messages():
        pass
    assert ann.closing[0] == 1012
    for room in (1, 2, 0):
        assert not await may_join(people, here.port, "ann", room)
    await databases.until_claimed(words_of("ann"), seconds=1)
    for gateway in gateways:
        with pytest.raises(JoinDeniedError, match="DENIED_NAMETAKEN"):
            await come_back(people, gateway.port, ann)
    # What was asked for in vain has not cost ann the name.
    until = time.monotonic() + 4
    while time.monotonic() < until:
        assert not await may_join(people, here.port, "ann", 1)
    again = await come_back(people, here.port, back)
    assert not again.joined.HasField("seq")
    await again.close()
    await databases.until_claimed([])
    assert await may_join(people, there.port, "ann", 1)


async def test_the_name_of_who_was_on_a_killed_gateway(
    gateways: list[Gateway], people: People, databases: Databases
) -> None:
    """Is free after the grace, and not before; who comes back meanwhile keeps theirs. No claim is left."""
    here, there = gateways
    users = [await people.join(here.port, f"user {room}", room) for room in range(6)]
    eve = await people.join(here.port, "eve", 1)
    assert len(await databases.claims()) == 14
    here.part.kill()
    killed_at = time.monotonic()
    back = await come_back(people, there.port, eve)
    assert not back.joined.HasField("seq")
    free_after: dict[str, float] = {}
    while len(free_after) < len(users):
        for user in users:
            room = (user.joined.roomid + 1) % 6
            if user.name not in free_after and await may_join(people, there.port, user.name, room):
                free_after[user.name] = time.monotonic() - killed_at
        assert time.monotonic() - killed_at < GRACE_SECONDS + LATE_SECONDS, free_after
    assert min(free_after.values()) > GRACE_SECONDS - 0.1
    assert not await may_join(people, there.port, "eve", 2)
    await back.close()
    await databases.until_claimed([])


async def test_a_gateway_that_stops_leaves_its_members_their_names(
    gateways: list[Gateway], people: People, databases: Databases
) -> None:
    """For the grace: those who come back have them, those who do not have not."""
    here, there = gateways
    ann, bob = await people.join(here.port, "ann", 0), await people.join(here.port, "bob", 1)
    assert here.part.stop() == 0
    stopped_at = time.monotonic()
    back = await come_back(people, there.port, ann)
    assert not back.joined.HasField("seq")
    while not await may_join(people, there.port, bob.name, 2):
        assert time.monotonic() - stopped_at < GRACE_SECONDS + LATE_SECONDS
    assert not await may_join(people, there.port, "ann", 2)
    await databases.until_claimed(words_of("ann"))


async def test_a_gateway_that_dies_amid_a_resume_takes_nobodys_name(
    gateways: list[Gateway], people: People, databases: Databases
) -> None:
    """It has claimed the name for who came back, and asked nothing of the room's server: the token is as good."""
    here, there = gateways
    ann = await people.join(here.port, "ann", 0)
    here.part.kill()
    await databases.claim_again("ann", 0, "lost with the gateway", ann.joined.resume_token)
    back = await come_back(people, there.port, ann)
    assert not back.joined.HasField("seq")
    for _ in range(2):
        await databases.claim_again("ann", 0, "lost with another", back.joined.resume_token)
    again = await come_back(people, there.port, back)
    assert not again.joined.HasField("seq")


async def test_a_claim_that_is_lost_is_made_anew(gateways: list[Gateway], people: People, databases: Databases) -> None:
    """As by a standby that lacked the last moments; the member's token counts for it as before."""
    here, there = gateways
    ann = await people.join(here.port, "ann", 0)
    assert await databases.lose_claims("ann") == 2
    await databases.until_claimed(words_of("ann"))
    assert not await may_join(people, there.port, "ann", 1)
    here.part.kill()
    back = await come_back(people, there.port, ann)
    assert not back.joined.HasField("seq")


async def test_of_two_who_have_a_name_one_goes(gateways: list[Gateway], people: People, databases: Databases) -> None:
    """The one whose claim was lost: by the other's time the name was free."""
    here, there = gateways
    ann = await people.join(here.port, "ann", 0)
    assert await databases.lose_claims("ann") == 2
    other = await people.join(there.port, "ann", 1)
    async with asyncio.timeout(30):
        async for _ in ann.messages():
            pass
    assert ann.closing == (1012, "your place in the room is gone: join again")
    await other.comment("still here")
    await other.through("still here")
    await databases.until_claimed(words_of("ann"))
    await people.until_empty(there.port, 0)


async def test_claims_of_nobody_are_dropped(gateways: list[Gateway], people: People, databases: Databases) -> None:
    """Whoever made them: a living gateway that forgot, one that there never was, or nobody."""
    await people.join(gateways[0].port, "ann", 0)
    for number, database in enumerate(databases.connections):
        for gateway_id in (await database.fetchval("select min(gateway_id) from chat.gateway"), 999, None):
            await database.execute(CLAIM, f"ghost {number} {gateway_id}", gateway_id)
    assert len(await databases.claims()) == 11
    await databases.until_claimed(words_of("ann"))
