"""A new member can have what the room got before: after a sequence, or the last messages; never with a silent gap."""

import asyncio
from itertools import pairwise

import asyncpg
import pytest

from harness.parts import Stack
from harness.people import People, User
from harness.rooms import Rooms, make_event, make_execution
from harness.shards import one_server


async def live_through(user: User, rooms: Rooms) -> None:
    """Have a member and the feeds give their room some of everything."""
    await user.comment("first")
    await user.comments()
    await rooms.store_events([make_event(text=f"{number}") for number in range(20)])
    await user.set_filter("sport = 3 and data_event < '5'", "NONE")
    await user.status("FILTERAPPLIED")
    await rooms.store_events([make_event(text=f"{number}") for number in range(20)])
    await rooms.store_executions([make_execution(f"{number}") for number in range(3)])
    await user.comment("x" * 10_000)
    await user.comment("last")
    await user.comments(2)


async def test_all_members_get_the_same(stack: Stack, people: People, rooms: Rooms) -> None:
    """Every member gets the same messages under the same gapless sequences; a history repeats them byte for byte."""
    gateway = await stack.start_gateway(MAX_NUMUSERS="[10]")
    adam = await people.join(gateway.port, "adam")
    eve = await people.join(gateway.port, "eve")
    writer = await people.join(gateway.port, "writer")
    await live_through(writer, rooms)
    at_adam = [adam.joined, *await adam.through("last")]
    at_eve = [eve.joined, *await eve.through("last")]
    assert [m.seq for m in at_adam] == list(range(1, len(at_adam) + 1))
    # The own USERJOINED alone may hold what is only the receiver's.
    assert at_adam[2:] == at_eve[1:]
    late = await people.join(gateway.port, "late", history=10_000)
    repeated = await late.through("last")
    assert [m.seq for m in repeated] == list(range(1, len(at_adam) + 1))
    # Those of the own USERJOINED alone hold what is only the receiver's.
    assert repeated[2:] == at_adam[2:]
    own = await late.receive()
    assert (own.userstatus, own.user, own.seq) == ("USERJOINED", "late", len(at_adam) + 1)
    assert not own.HasField("resume_token")


async def test_resume_after_repeats_what_follows(stack: Stack, people: People, rooms: Rooms) -> None:
    """resume_after repeats exactly what comes after it; the own USERJOINED comes first, and in its place."""
    gateway = await stack.start_gateway(MAX_NUMUSERS="[30]")
    adam = await people.join(gateway.port, "adam")
    await live_through(adam, rooms)
    for number, resume_after in enumerate([1, 2, 10, 21, 22, 23, 40, 47]):
        user = await people.join(gateway.port, f"user {number}", resume_after=resume_after)
        await user.comment(f"end {number}")
        heard = await user.through(f"end {number}")
        assert not user.joined.HasField("seq")
        own = [m.seq for m in heard if (m.userstatus, m.user) == ("USERJOINED", user.name)]
        assert own == [heard[-1].seq - 1]
        assert [m.seq for m in heard] == [*range(resume_after + 1, own[0] + 2)], resume_after


async def test_history_repeats_the_last_messages(stack: Stack, people: People, rooms: Rooms) -> None:
    """history=N repeats the last N messages; more than there are is all there are; 0 is none."""
    gateway = await stack.start_gateway(MAX_NUMUSERS="[30]")
    adam = await people.join(gateway.port, "adam")
    await live_through(adam, rooms)
    for number, count in enumerate([0, 1, 5, 30, 2**32 - 1]):
        user = await people.join(gateway.port, f"user {number}", history=count)
        await user.comment(f"end {number}")
        heard = await user.through(f"end {number}")
        joined = user.joined.seq or heard[-2].seq
        assert [m.seq for m in heard] == [*range(max(1, joined - count), joined + bool(count)), joined + 1], count


async def test_resume_after_wins_over_history(stack: Stack, people: People, rooms: Rooms) -> None:
    """resume_after wins over history; who is ahead of the room is told that its log is not the one they knew."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    await live_through(adam, rooms)
    eve = await people.join(gateway.port, "eve", resume_after=2**64 - 1, history=3)
    told = await eve.receive()
    assert told.userstatus == "HISTORY_TRUNCATED"
    assert "begun anew" in told.reason
    await eve.comment("end")
    own, end = await eve.through("end")
    assert (own.userstatus, own.user) == ("USERJOINED", "eve")
    assert [told.seq, own.seq, end.seq] == [own.seq - 1, own.seq, own.seq + 1]


async def test_a_new_room_has_no_history(stack: Stack, people: People) -> None:
    """The first member of a room gets no history, however they ask."""
    gateway = await stack.start_gateway()
    for room, wanted in enumerate([{"resume_after": 0}, {"resume_after": 5}, {"history": 9}]):
        user = await people.join(gateway.port, f"user {room}", room, **wanted)
        if wanted == {"resume_after": 5}:
            told = await user.receive()
            assert (told.userstatus, told.seq) == ("HISTORY_TRUNCATED", 0)
        await user.comment("end")
        assert [m.seq for m in await user.through("end")] == [1, 2]


async def test_a_history_may_go_back_to_the_start(stack: Stack, people: People, rooms: Rooms) -> None:
    """resume_after=0 is the start that is still kept."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    await live_through(adam, rooms)
    eve = await people.join(gateway.port, "eve", resume_after=0)
    await eve.comment("end")
    heard = await eve.through("end")
    assert [m.seq for m in heard] == [*range(1, heard[-1].seq + 1)]


async def test_between_history_and_present_nothing_is_missed(stack: Stack, people: People, rooms: Rooms) -> None:
    """Members who resume while the room is busy miss nothing between the stored and the live, and get nothing twice."""
    gateway = await stack.start_gateway(MAX_NUMUSERS="[30]")
    adam = await people.join(gateway.port, "adam")
    done = asyncio.Event()

    async def keep_busy() -> None:
        number = 0
        while not done.is_set():
            await rooms.store_events([make_event(text=f"{number}") for _ in range(7)])
            number += 1

    busy = asyncio.create_task(keep_busy())
    await adam.feed(500)
    users = await asyncio.gather(*(people.join(gateway.port, f"user {n}", resume_after=1) for n in range(10)))
    await adam.feed(300)
    done.set()
    await busy
    await adam.comment("end")
    for user in users:
        heard = [m.seq for m in await user.through("end")]
        assert heard == [*range(2, heard[-1] + 1)]


async def test_a_room_that_went_cold_has_a_gap_that_is_told(
    stack: Stack, people: People, rooms: Rooms, connection: asyncpg.Connection
) -> None:
    """Whoever resumes across a time when nobody was there is told first, with the last seq that is gone."""
    await connection.execute("update chat.setting set resume_window = '0'")
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    eve = await people.join(gateway.port, "eve", 1)
    await eve.set_filter("sport = 3", "NONE")
    await eve.status("FILTERAPPLIED")
    await adam.close()
    # Seen by nobody, and not kept; eve's room shows that it was routed.
    await people.until_empty(gateway.port)
    await connection.execute("select chat.retire_cold_groups()")
    await rooms.store_events([make_event()])
    await eve.feed(1)
    back = await people.join(gateway.port, "adam", resume_after=1)
    told = await back.receive()
    assert (told.userstatus, told.user, told.roomid) == ("HISTORY_TRUNCATED", "adam", 0)
    assert told.reason
    assert told.seq == 2
    await back.comment("end")
    assert [m.seq for m in await back.through("end")] == [3, 4]
    # From there on it is complete again.
    late = await people.join(gateway.port, "late", resume_after=told.seq)
    assert [m.seq for m in await late.through("end")] == [3, 4]


@one_server
async def test_cold_beside_a_live_one(
    stack: Stack, people: People, rooms: Rooms, connection: asyncpg.Connection
) -> None:
    """A room that nobody was in has missed nothing while another room with the same filters was live."""
    await connection.execute("update chat.setting set resume_window = '0'")
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    eve = await people.join(gateway.port, "eve", 1)
    await adam.close()
    await people.until_empty(gateway.port)
    await rooms.store_events([make_event(text="meanwhile")])
    await eve.feed(1)
    back = await people.join(gateway.port, "adam", resume_after=1)
    exited, event, own = [await back.receive() for _ in range(3)]
    assert (exited.userstatus, exited.seq) == ("USEREXITED", 2)
    assert (event.eventmsg.data_event, event.seq) == ("meanwhile", 3)
    assert (own.userstatus, own.seq) == ("USERJOINED", 4)


async def test_a_pruned_log_has_a_gap_that_is_told(
    stack: Stack, people: People, connection: asyncpg.Connection
) -> None:
    """What an operator has deleted of a room's log is told as gone, not skipped."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    for number in range(10):
        await adam.comment(f"{number}")
        await adam.comments()
    await connection.execute("delete from chat.room_log where seq <= 5")
    eve = await people.join(gateway.port, "eve", resume_after=2)
    assert (await eve.receive()).seq == 5
    assert [m.seq for m in await eve.through("9")] == [6, 7, 8, 9, 10, 11]
    start = await people.join(gateway.port, "start", resume_after=0)
    seqs = [m.seq for m in await start.through("9")]
    assert seqs[0] == 6
    assert all(after - before == 1 for before, after in pairwise(seqs))


@pytest.mark.parametrize(
    ("deletion", "heard"),
    [
        ("delete from feed.sport_event where data_event::integer < 25", [12, *range(28, 33)]),
        ("delete from feed.sport_event where data_event::integer between 5 and 20", [*range(2, 7), 12, *range(24, 33)]),
        ("delete from chat.chat_event where commentxt = 'amid'", [*range(2, 12), *range(13, 33)]),
        ("delete from feed.sport_event", [12]),
    ],
)
async def test_deleted_rows_leave_gaps_that_are_told(
    stack: Stack, people: People, rooms: Rooms, deletion: str, heard: list[int]
) -> None:
    """Whoever resumes after each close gets on each time: all that is there, and before each gap's end word of it."""
    gateway = await stack.start_gateway(MAX_NUMUSERS="[9]")
    adam = await people.join(gateway.port, "adam")
    await rooms.store_events([make_event(text=f"{number}") for number in range(10)])
    await adam.comment("amid")
    await adam.comments()
    await rooms.store_events([make_event(text=f"{number}") for number in range(10, 30)])
    await adam.feed(20)
    await rooms.connection.execute(deletion)
    got = [1]
    told = [1]
    while got[-1] < 32 and len(told) < 9:
        user = await people.join(gateway.port, f"user {len(told)}", resume_after=got[-1])
        async for message in user.messages():
            if message.userstatus == "HISTORY_TRUNCATED":
                told.append(message.seq + 1)
            else:
                got.append(message.seq)
                if message.seq >= 32:
                    break
        await user.close()
    assert [seq for seq in got[1:] if seq <= 32] == heard
    gaps = [after for before, after in pairwise(got) if after != before + 1]
    assert told[1:] == gaps
