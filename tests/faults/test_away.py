"""Postgres goes away while a gateway is in the middle of something."""

import asyncio
import signal

import pytest
from websockets.exceptions import ConnectionClosed

from edgechat.client import JoinDeniedError
from faults.accounts import audit
from faults.databases import LISTENING
from faults.world import World
from harness.people import User
from harness.servers import frozen
from harness.waiting import until

MISSED = 5_000
CLOSED_TRY_LATER = 1013
DOCKER_SECONDS = 10
"""Between SIGTERM and SIGKILL."""
COMMENTS = "select count(*) from chat.chat_event where msgtype = chat.msgtype('COMMENT') and seq is not null"


async def test_a_gateway_that_loses_postgres_while_it_catches_up_goes_on_where_it_was(faulty: World) -> None:
    """It was lost again while what had been missed was read."""
    await faulty.start(gateways=1)
    await faulty.populate(4, rooms=2)
    await until_settled(faulty)
    gateway = faulty.gateways[0]
    gateway.part.child.send_signal(signal.SIGSTOP)
    try:
        await faulty.publisher.send(MISSED)
        await faulty.until_stored(MISSED)
        await faulty.crash_postgres(away=0)
    finally:
        gateway.part.child.send_signal(signal.SIGCONT)
    await faulty.until_logged(gateway, "the listening connection to the database is back")
    await faulty.crash_postgres(away=1)
    await faulty.stack.until_lost(gateway.part, LISTENING, times=2)
    outcome = faulty.outcome("Postgres killed while a gateway catches up")
    await audit(faulty, outcome, MISSED)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(lost=0, left_behind=0, gaps=0, doubles=0, truncated=0) == {}
    assert not any(resumer.closings for resumer in faulty.resumers)


@pytest.mark.slow
async def test_a_join_that_got_no_answer_does_not_keep_its_name(faulty: World) -> None:
    """Its user joins as soon as Postgres is there, and all works."""
    await faulty.start(gateways=1)
    adam = await User.at(faulty.ports[0])
    with frozen(faulty.postgres.server), pytest.raises(ConnectionClosed):
        await adam.enter("adam", 0)
    assert adam.closing[0] == CLOSED_TRY_LATER
    again = await until_joined(faulty, "adam")
    await again.set_filter("sport = 3", "NONE")
    await again.status("FILTERAPPLIED")
    await again.comment("here")
    await again.through("here")
    await again.close()


@pytest.mark.parametrize("is_noticed", [False, True])
async def test_a_gateway_can_be_stopped_while_postgres_answers_nothing(faulty: World, is_noticed: bool) -> None:
    """Whoever is in the middle of a request keeps it no longer than what Docker allows."""
    await faulty.start(gateways=1)
    gateway = faulty.gateways[0]
    users = [await User.at(gateway.port) for _ in range(5)]
    with frozen(faulty.postgres.server):
        if is_noticed:
            await gateway.part.until_said(f"waiting for {LISTENING}")
        for number, user in enumerate(users):
            await user.ask_to_join(f"user {number}", 0)
        await asyncio.sleep(0.5)
        gateway.part.child.send_signal(signal.SIGTERM)
        assert await gateway.part.wait(DOCKER_SECONDS) == 0
    for user in users:
        await user.close()


async def until_settled(world: World) -> None:
    """Wait until the gateway has the answers to all joins; members are told of theirs before, by a notification."""
    for resumer in world.resumers:
        await resumer.comment(f"{resumer.name} is in")

    async def have_commented() -> bool:
        return await world.value(COMMENTS) == len(world.resumers)

    await until(have_commented, "everybody's comment")


async def until_joined(world: World, name: str) -> User:
    """Try to join until it goes, within a bound."""
    async with asyncio.timeout(30):
        while True:
            user = await User.at(world.ports[0])
            try:
                await user.enter(name, 0)
            except (JoinDeniedError, ConnectionClosed):
                await user.close()
                await asyncio.sleep(0.2)
            else:
                return user
