"""Messages gather while a batch is stored, in batches within limits, and come out in their order."""

import asyncio

import pytest

from bridge.batch import MAX_BYTES, MAX_MESSAGES, Reject
from bridge.errors import SourceError
from bridge.intake import Intake


def item(number: int) -> Reject:
    """Something with a sequence."""
    return Reject(number, number, None, None, "")


async def test_batch_is_what_gathered() -> None:
    """One message is a batch of one; what came meanwhile is the next batch."""
    intake = Intake()
    taking = asyncio.create_task(intake.take())
    await asyncio.sleep(0)
    intake.add(item(1), 10)
    assert (await taking).items == [item(1)]
    for number in range(2, 7):
        intake.add(item(number), 10)
    assert (intake.messages, intake.bytes) == (5, 50)
    batch = await intake.take()
    assert (batch.first_seq, batch.last_seq, len(batch.items)) == (2, 6, 5)
    assert (intake.messages, intake.bytes) == (0, 0)


async def test_intake_is_limited_in_messages_and_bytes() -> None:
    """A batch ends at its limit of messages or of bytes; a message over the limit of bytes is a batch alone."""
    intake = Intake()
    for number in range(MAX_MESSAGES + 1):
        intake.add(item(number), 1)
    assert [len((await intake.take()).items) for _ in range(2)] == [MAX_MESSAGES, 1]
    for size in (MAX_BYTES // 2, MAX_BYTES // 2, 1, MAX_BYTES + 1, 1):
        intake.add(item(0), size)
    assert [(await intake.take()).size for _ in range(4)] == [MAX_BYTES, 1, MAX_BYTES + 1, 1]


async def test_a_closed_intake_gives_out_what_it_has() -> None:
    """Closed, it still hands out what is there, then raises the first reason."""
    intake = Intake()
    intake.add(item(1), 1)
    intake.close(SourceError("first"))
    intake.close(SourceError("second"))
    assert (await intake.take()).items == [item(1)]
    with pytest.raises(SourceError, match="first"):
        await intake.take()


async def test_closing_wakes_whoever_waits() -> None:
    """Closing wakes whoever waits."""
    intake = Intake()
    taking = asyncio.create_task(intake.take())
    await asyncio.sleep(0)
    intake.close(SourceError("gone"))
    with pytest.raises(SourceError, match="gone"):
        await taking
