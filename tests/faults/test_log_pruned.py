"""What a gateway missed and cannot read any more is not skipped: the members are sent away, resume and are told."""

import asyncio
import signal

import asyncpg

from harness.parts import Stack
from harness.people import People
from harness.rooms import Rooms, make_event

END_LISTENER = """
select pg_terminate_backend(pid, 10000) from pg_stat_activity
where datname = current_database() and application_name = 'edgechat gateway listener'
"""


async def test_members_of_a_gateway_that_slept_while_the_log_was_pruned_are_told(
    stack: Stack, people: People, rooms: Rooms, connection: asyncpg.Connection
) -> None:
    """A gateway that slept while the log was pruned closes with 1012; the resume begins with HISTORY_TRUNCATED."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    await rooms.store_events([make_event()])
    assert (await adam.feed(1))[0].seq == 2
    gateway.part.child.send_signal(signal.SIGSTOP)
    try:
        # First, or Postgres would have sent what comes next, and it would be read on waking.
        assert await connection.fetchval(END_LISTENER)
        for number in range(5):
            await rooms.store_events([make_event(text=f"missed {number}")])
        await connection.execute("delete from chat.block_log where batch_id <= 3")
    finally:
        gateway.part.child.send_signal(signal.SIGCONT)
    async with asyncio.timeout(30):
        assert [message async for message in adam.messages()] == []
    assert adam.closing[0] == 1012
    await people.until_empty(gateway.port)
    again = await people.join(gateway.port, "adam", resume_after=2)
    told = await again.receive()
    assert (told.userstatus, told.seq) == ("HISTORY_TRUNCATED", 4)
    await again.comment("end")
    seqs = [message.seq for message in await again.through("end")]
    assert seqs == [*range(5, seqs[-1] + 1)]
