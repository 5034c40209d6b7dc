"""`docker-compose up -d --scale gateway=2`: three gateways, one service at one port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from edgechat.client import JoinDeniedError
from harness.containers import GATEWAYS, Containers
from harness.people import People, User
from harness.resumer import Resumer, Transcript

PLACES = """
select m.username, m.gateway_id
from chat.member as m
where m.username like $1
order by m.username
"""
ADDRESS = """
select host(a.client_addr)
from chat.list_lock_holders('gateway') as l
join pg_stat_activity as a on a.pid = l.pid
where l.id = $1
"""
USERS = 9


@pytest.fixture
async def three(running: Containers) -> Containers:
    """The stack with three gateways, all of which the proxy uses."""
    if [container["State"]["Running"] for container in await running.containers(*GATEWAYS)] != [True] * 3:
        await running.scale(3)
    await running.wait_healthy()
    return running


async def join_all(containers: Containers, people: People) -> list[User]:
    """Nine users in one room."""
    return [await people.join(containers.port, f"user {number}", 5) for number in range(USERS)]


async def test_connections_are_spread_over_the_gateways(
    three: Containers, people: People, outside: asyncpg.Connection
) -> None:
    """The proxy spreads the users evenly."""
    await join_all(three, people)
    gateways = [row["gateway_id"] for row in await outside.fetch(PLACES, "user %")]
    assert sorted(gateways.count(gateway) for gateway in set(gateways)) == [3, 3, 3]


async def test_members_of_one_room_on_many_gateways_hear_each_other(three: Containers, people: People) -> None:
    """Users of a room on different gateways get the same messages with the same seq."""
    users = await join_all(three, people)
    await users[0].comment("begin")
    begun = [(await user.through("begin"))[-1].seq for user in users]
    assert len(set(begun)) == 1
    await asyncio.sleep(1)
    await users[1].comment("end")
    heard = [[message.SerializeToString() for message in await user.through("end")] for user in users]
    assert len(heard[0]) > 10
    assert all(messages == heard[0] for messages in heard)


async def test_names_and_places_count_over_all_gateways(three: Containers, people: People) -> None:
    """A name taken on one is taken on all, and a room's size counts all."""
    for number in range(2):
        await people.join(three.port, f"user {number}", 4)
    for number in range(3):
        with pytest.raises(JoinDeniedError) as denied:
            await people.join(three.port, "user 0", 1)
        assert denied.value.status == "DENIED_NAMETAKEN"
        with pytest.raises(JoinDeniedError) as denied:
            await people.join(three.port, f"late {number}", 4)
        assert denied.value.status == "DENIED_ROOMFULL"


async def gateway_of(containers: Containers, outside: asyncpg.Connection, username: str) -> str:
    """The id of the container that a user is connected to."""
    (place,) = await outside.fetch(PLACES, username)
    address = await outside.fetchval(ADDRESS, place["gateway_id"])
    for container in await containers.containers(*GATEWAYS):
        if address in {network["IPAddress"] for network in container["NetworkSettings"]["Networks"].values()}:
            return str(container["Id"])
    raise AssertionError(f"no gateway has the address {address}")


@asynccontextmanager
async def members(containers: Containers, least_resumed: int) -> AsyncIterator[list[Resumer]]:
    """Nine members who resume when they must; in the end all have 60 more messages, and nobody was seen to leave."""
    transcript = Transcript()
    users = [Resumer(f"member {number}", 5, [containers.port], transcript) for number in range(USERS)]
    try:
        for user in users:
            await user.start()
        yield users
        goal = users[0].last + 60
        for user in users:
            await user.reach(goal)
        assert sum(user.tokens_used for user in users) >= least_resumed
        assert not [(user.name, user.gaps, user.doubles, user.truncated) for user in users if user.is_flawed]
        assert transcript.differing == 0
        # The exit of somebody from the test before may come late.
        assert not [name for name in transcript.exits if name.startswith("member")]
    finally:
        for user in users:
            await user.stop()


@pytest.mark.parametrize("signal", ["KILL", pytest.param("TERM", marks=pytest.mark.slow)])
async def test_the_end_of_one_gateway_costs_nobody_a_message(
    three: Containers, outside: asyncpg.Connection, signal: str
) -> None:
    """Users of a gateway that stops or dies resume on another: nothing missing or double, and no exit is announced."""
    async with members(three, least_resumed=3) as users:
        await users[0].reach(users[0].last + 20)
        ended = await gateway_of(three, outside, users[0].name)
        (container,) = [found for found in await three.containers(*GATEWAYS) if found["Id"] == ended]
        if signal == "TERM":
            await three.stop(container)
        else:
            await three.crash(container)


@pytest.mark.slow
async def test_scaling_down_costs_nobody_a_message(three: Containers) -> None:
    """With two of the gateways taken away, all users go on at the one that stays."""
    async with members(three, least_resumed=6):
        await three.scale(1)
