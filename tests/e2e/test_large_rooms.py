"""Hundreds in one room: what each is told has one size however many there are, and each knows who is there."""

import asyncio

import pytest

from edgechat.client import Client
from harness.parts import Stack
from harness.people import People, User
from harness.rooms import Rooms, make_event
from proto.chatmessage_pb2 import USERS, chatmessage

MEMBERS, LEAVERS, NAMED = 300, 20, 64
MOST_BYTES = 150
AT_ONCE = 50


class Watcher:
    """A member who keeps what came, up to a comment."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.messages: list[chatmessage] = []

    async def watch(self, last: str) -> None:
        """Take everything up to this comment."""
        async for message in self.client:
            self.messages.append(message)
            if message.comment == last:
                return


@pytest.mark.timeout(300)
async def test_statuses_stay_small_and_each_list_is_right(stack: Stack) -> None:
    """300 join, 20 of them leave and others come; half ask for the list at once, half in the end, none asks twice."""
    gateway = await stack.start_gateway(NUM_CHATROOMS="1", MAX_NUMUSERS=f"[{MEMBERS + LEAVERS}]")
    url = f"ws://127.0.0.1:{gateway.port}"
    watchers = [Watcher(await Client(url).__aenter__()) for _ in range(MEMBERS)]
    tasks = []
    for start in range(0, MEMBERS, AT_ONCE):
        some = watchers[start : start + AT_ONCE]
        await asyncio.gather(*(each.client.join(f"user {start + n}", 0) for n, each in enumerate(some)))
        await asyncio.gather(*(each.client.list_users() for each in some[::2]))
        tasks += [asyncio.create_task(each.watch("end")) for each in some]
    for task, each in zip(tasks[:LEAVERS], watchers, strict=False):
        task.cancel()
        await each.client.close()
    await asyncio.gather(*tasks[:LEAVERS], return_exceptions=True)
    late = [Watcher(await Client(url).__aenter__()) for _ in range(LEAVERS)]
    await asyncio.gather(*(each.client.join(f"late {n}", 0) for n, each in enumerate(late)))
    tasks += [asyncio.create_task(each.watch("end")) for each in late]
    staying = watchers[LEAVERS:] + late
    async with Client(url) as last:
        await last.join("last", 0)
        await last.comment("end")
        await asyncio.gather(*tasks[LEAVERS:])
        there = {"last", *(f"user {n}" for n in range(LEAVERS, MEMBERS)), *(f"late {n}" for n in range(LEAVERS))}
        for each in staying:
            assert set(await each.client.list_users()) == there
            assert each.client.state.users == await each.client.list_users()
            assert each.client.state.user_count == len(there)
        told = [m for each in staying for m in each.messages if m.userstatus in ("USERJOINED", "USEREXITED")]
        large = [message for message in told if message.rooms[0].HasField("numusers")]
        assert all(message.rooms[0].numusers > NAMED and not message.rooms[0].currusers for message in large)
        assert max(message.ByteSize() for message in large) < MOST_BYTES
        assert all(len(message.rooms[0].currusers) <= NAMED for message in told)
        assert len(large) > MEMBERS * MEMBERS / 4
    for each in staying:
        await each.client.close()


async def test_the_list_is_had_for_the_asking(stack: Stack, people: People, rooms: Rooms) -> None:
    """USERS names everybody, with the seq behind which that is so; who connects is told the number only."""
    gateway = await stack.start_gateway(NUM_CHATROOMS="2", MAX_NUMUSERS="[100]")
    adam = await people.join(gateway.port, "adam")
    await rooms.connection.execute(
        "select chat.join_rooms(1, array_agg('user ' || n), array_agg(0)) from generate_series(1, 80) as n"
    )
    await adam.send(chatmessage(mtype=USERS, request=7))
    [*_, answer] = await adam.until(lambda message: message.mtype == USERS)
    [room] = answer.rooms
    assert (answer.request, answer.seq, room.roomid, room.maxusers, room.HasField("numusers")) == (7, 81, 0, 100, False)
    assert room.currusers[0] == "adam"
    assert set(room.currusers) == {"adam", *(f"user {n}" for n in range(1, 81))}
    large, small = (await people.connect(gateway.port)).welcome.rooms
    assert (large.numusers, len(large.currusers), small.HasField("numusers")) == (81, 0, False)
    original = await people.connect(gateway.port, as_original=True)
    await original.enter("eve")
    assert original.joined.rooms[0].numusers == 82


@pytest.mark.timeout(300)
async def test_members_who_come_back_together_miss_nothing(stack: Stack, people: People, rooms: Rooms) -> None:
    """Their gateway is killed amid a feed; each resumes with what came meanwhile, and the rooms see nothing."""
    settings = {"NUM_CHATROOMS": "3", "MAX_NUMUSERS": "[60]"}
    first, second = await stack.start_gateway(**settings), await stack.start_gateway(**settings)
    watcher = await people.join(second.port, "watcher")
    lost: list[User] = [await people.join(first.port, f"user {n}", n % 3) for n in range(90)]
    await rooms.store_events([make_event(text=f"before {n}") for n in range(5)])
    seqs = [(await user.until(lambda message: message.eventmsg.data_event == "before 4"))[-1].seq for user in lost]
    first.part.kill()
    await rooms.store_events([make_event(text=f"meanwhile {n}") for n in range(7)])
    back = [await people.connect(second.port) for _ in lost]

    async def come_back(new: User, old: User, seq: int) -> None:
        await new.enter(old.name, old.joined.roomid, resume_after=seq, resume_token=old.joined.resume_token)

    async with asyncio.TaskGroup() as tasks:
        for new, old, seq in zip(back, lost, seqs, strict=True):
            tasks.create_task(come_back(new, old, seq))
        await rooms.store_events([make_event(text=f"later {n}") for n in range(3)])
    await rooms.store_events([make_event(text="end")])
    for new, seq in zip(back, seqs, strict=True):
        assert not new.joined.HasField("seq")
        got = await new.until(lambda message: message.eventmsg.data_event == "end")
        assert [message.seq for message in got] == list(range(seq + 1, seq + 12))
        assert [m.eventmsg.data_event for m in got[:7]] == [f"meanwhile {n}" for n in range(7)]
    seen = await watcher.until(lambda message: message.eventmsg.data_event == "end")
    assert not [message for message in seen if message.userstatus == "USEREXITED"]
    assert len([message for message in seen if message.userstatus == "USERJOINED"]) == 30


async def test_a_gateway_that_stops_spreads_the_returns(stack: Stack, people: People) -> None:
    """Each client is told another moment, the first one at once."""
    gateway = await stack.start_gateway()
    users = [await people.join(gateway.port, f"user {n}", n % 5) for n in range(12)]
    gateway.part.stop()
    reasons = set()
    for user in users:
        _ = [message async for message in user.messages()]
        code, reason = user.closing
        assert code == 1001
        assert reason is not None
        assert reason.startswith("the gateway stops: resume in ")
        reasons.add(reason)
    assert "the gateway stops: resume in 0.00 s" in reasons
