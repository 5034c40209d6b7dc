"""`edgechat gateway --workers N`: several gateways behind one port are one service, and one process to its starter."""

import asyncio
import signal
import socket
import time

import asyncpg
import psutil
import pytest

from edgechat.client import JoinDeniedError
from harness.parts import START_SECONDS, Gateway, Stack
from harness.people import People, User
from harness.rooms import Rooms, make_event

STOP_SECONDS = 10.0
COUNT_COMMENTS = "select count(*) from chat.chat_event where msgtype = chat.msgtype('COMMENT')"
COUNT_GATEWAYS = "select count(*) from chat.gateway"
NAMES_BY_GATEWAY = "select array_agg(username) as names from chat.member group by gateway_id"
MOST_USERS = 40
"""Who all came to the same worker of two would be one case in 2^39."""


async def start(stack: Stack, connection: asyncpg.Connection) -> tuple[Gateway, list[psutil.Process]]:
    """A gateway of two workers, and these."""
    gateway = await stack.start_gateway(GATEWAY_WORKERS="2", MAX_NUMUSERS=f"[{MOST_USERS}]")
    async with asyncio.timeout(START_SECONDS):
        while await connection.fetchval(COUNT_GATEWAYS) < 2:
            await asyncio.sleep(0.02)
    return gateway, psutil.Process(gateway.part.child.pid).children()


async def fill(people: People, gateway: Gateway, connection: asyncpg.Connection) -> list[list[User]]:
    """Members of room 0, by the worker that they came to; at least two of each."""
    users: dict[str, User] = {}
    while len(users) < MOST_USERS:
        name = f"user {len(users)}"
        users[name] = await people.join(gateway.port, name)
        groups = [row["names"] for row in await connection.fetch(NAMES_BY_GATEWAY)]
        if [len(names) >= 2 for names in groups] == [True, True]:
            return [[users[name] for name in names] for names in groups]
    raise AssertionError(f"the connections came to {len(groups)} worker")


async def until_gone(processes: list[psutil.Process]) -> None:
    """Wait until none of the processes runs."""
    async with asyncio.timeout(STOP_SECONDS):
        while any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes):
            await asyncio.sleep(0.05)


async def test_workers_are_one_service(
    stack: Stack, people: People, rooms: Rooms, connection: asyncpg.Connection
) -> None:
    """Users come to both workers, get the same under the same sequences, and no name is given twice."""
    gateway, workers = await start(stack, connection)
    assert len(workers) == 2
    users = [user for group in await fill(people, gateway, connection) for user in group]
    for user in users:
        await user.comment(f"by {user.name}")
        await rooms.store_events([make_event(text=user.name)])
    # The other worker's comments may still be on their way.
    async with asyncio.timeout(START_SECONDS):
        while await connection.fetchval(COUNT_COMMENTS) < len(users):
            await asyncio.sleep(0.02)
    await users[0].comment("end")
    heard = [[m for m in await user.through("end") if m.userstatus != "USERJOINED"] for user in users]
    assert [m.seq for m in heard[0]] == list(range(len(users) + 1, 3 * len(users) + 2))
    assert all(messages == heard[0] for messages in heard)
    for _ in range(6):
        stranger = await people.connect(gateway.port)
        with pytest.raises(JoinDeniedError, match="DENIED_NAMETAKEN"):
            await stranger.enter(users[0].name, 3)


async def test_a_killed_worker_is_replaced(stack: Stack, people: People, connection: asyncpg.Connection) -> None:
    """The others go on, its own members resume with their tokens, and it is started again, which the log tells."""
    gateway, workers = await start(stack, connection)
    groups = await fill(people, gateway, connection)
    workers[0].kill()
    async with asyncio.timeout(STOP_SECONDS):
        while not any(all(user.closing[0] for user in group) for group in groups):
            await asyncio.sleep(0.02)
    lost, living = sorted(groups, key=lambda group: group[0].closing[0] is None)
    assert {user.closing[0] for user in lost} == {1006}
    assert {user.closing[0] for user in living} == {None}
    await living[0].comment("meanwhile")
    for user in lost:
        again = await people.connect(gateway.port)
        joined = await again.join(user.name, 0, resume_after=user.joined.seq, resume_token=user.joined.resume_token)
        assert not joined.seq, "the place was taken back"
        await again.through("meanwhile")
    await living[1].comment("end")
    heard = await living[0].through("end")
    assert [m.userstatus for m in heard if m.userstatus == "USEREXITED"] == []
    async with asyncio.timeout(START_SECONDS):
        while "is back" not in gateway.part.output:
            await asyncio.sleep(0.05)
    assert "was ended by SIGKILL; starting it again in 1 s" in gateway.part.output
    now = psutil.Process(gateway.part.child.pid).children()
    assert workers[1] in now
    assert len(now) == 2


async def test_workers_stop_together(stack: Stack, people: People, connection: asyncpg.Connection) -> None:
    """SIGTERM says goodbye to everybody and ends all workers, and then the one that looks after them."""
    gateway, workers = await start(stack, connection)
    groups = await fill(people, gateway, connection)
    asked_at = time.monotonic()
    gateway.part.child.send_signal(signal.SIGTERM)
    assert await gateway.part.wait(STOP_SECONDS) == 0
    assert time.monotonic() - asked_at < STOP_SECONDS
    assert not any(worker.is_running() for worker in workers)
    for user in (user for group in groups for user in group):
        async for _ in user.messages():
            pass
        assert user.closing[0] == 1001


async def test_workers_end_with_a_killed_parent(stack: Stack, connection: asyncpg.Connection) -> None:
    """Workers notice when nobody looks after them any more; the port is free again."""
    gateway, workers = await start(stack, connection)
    gateway.part.kill()
    await until_gone(workers)
    with socket.create_server(("127.0.0.1", gateway.port)):
        pass


async def test_a_taken_port_is_named(stack: Stack, connection: asyncpg.Connection) -> None:
    """One line names the port and the setting, whether a stranger listens there or other workers."""
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        await refused(stack, stranger.getsockname()[1])
    gateway, workers = await start(stack, connection)
    await refused(stack, gateway.port)
    assert all(worker.is_running() for worker in workers)


async def refused(stack: Stack, port: int) -> None:
    """Start workers on a port that is taken."""
    part = stack.run("-m", "edgechat", "gateway", "--workers", "2", CONTAINER_PORT=str(port))
    assert await part.wait() == 1
    (line,) = part.output.splitlines()
    assert f"port {port} on 127.0.0.1 is taken" in line
    assert "CONTAINER_PORT" in line
