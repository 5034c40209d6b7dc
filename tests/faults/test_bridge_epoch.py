"""A stream that is made anew, or that lost its end, gives its numbers a second time; the bridge tells them apart."""

import asyncio
import shutil

import pytest

from faults import streams
from faults.streams import EPOCHS
from harness.chain import STREAM, Chain, sport_event


async def test_deleted_and_made_again(chain: Chain) -> None:
    """The new stream is a new epoch: everything in it is stored, from sequence 1, and the old one's rows stay."""
    outcome = await streams.remake_stream(chain, messages=100)
    print(outcome)
    assert outcome.is_passed


async def test_made_again_while_the_bridge_is_away(chain: Chain) -> None:
    """The same if the bridge finds the new stream when it starts."""
    bridge = await chain.start_bridge()
    await chain.publish(*(sport_event(number) for number in range(1, 101)))
    await chain.until_taken()
    bridge.stop()
    await chain.ask(f"STREAM.DELETE.{STREAM}")
    await chain.make_stream()
    await chain.publish(*(sport_event(number) for number in range(101, 151)))
    await chain.start_bridge()
    await chain.until(lambda position: position == 50)
    assert await chain.texts() == [str(number) for number in range(1, 151)]
    assert [row["last_seq"] for row in await chain.fetch(EPOCHS)] == [100, 50]
    assert await chain.rejects() == []


async def test_deleted_with_messages_in_it(chain: Chain) -> None:
    """What was known to be in a stream when it was deleted is either stored or reported: nothing goes silently."""
    await chain.start_bridge()
    chain.postgres.kill()
    published = 20_000
    await chain.publish(*(sport_event(number) for number in range(1, published + 1)))
    # Its watch asks every two seconds how far the stream goes.
    await asyncio.sleep(3.0)
    await chain.ask(f"STREAM.DELETE.{STREAM}")
    await asyncio.to_thread(chain.postgres.start)
    async with asyncio.timeout(60):
        while len(epochs := await chain.fetch(EPOCHS)) < 2:
            await asyncio.sleep(0.05)
    assert [row["last_seq"] for row in epochs] == [published, 0]
    rows, sequences = await chain.stored()
    (reject,) = await chain.rejects()
    assert "when the stream was deleted" in reject["error"]
    assert (rows, rows + reject["last_seq"] - reject["first_seq"] + 1) == (sequences, published)


@pytest.mark.parametrize("is_running", [True, False], ids=["while the bridge runs", "while it is away"])
async def test_lost_its_end(chain: Chain, is_running: bool) -> None:
    """A stream put back to an earlier state gives numbers again that were taken: the bridge goes back with it.

    So does a bridge that was away, though by the time it starts the stream is longer than what was taken of it.
    """
    bridge = await chain.start_bridge()
    await chain.publish(*(sport_event(number) for number in range(1, 51)))
    await chain.until_taken()
    server = chain.nats_server
    server.stop()
    saved = server.data_dir.with_name("saved")
    shutil.copytree(server.data_dir, saved)
    await asyncio.to_thread(server.start)
    await chain.publish(*(sport_event(number) for number in range(51, 101)))
    await chain.until_taken()
    if not is_running:
        bridge.stop()
    server.stop()
    shutil.rmtree(server.data_dir)
    saved.rename(server.data_dir)
    await asyncio.to_thread(server.start)
    assert (await chain.stream_state())["last_seq"] == 50
    await chain.publish(*(sport_event(number) for number in range(101, 171)))
    if not is_running:
        bridge = await chain.start_bridge()
    await chain.until_at(120)
    assert await chain.texts() == [str(number) for number in range(1, 171)]
    assert await chain.position() == 120
    assert "going back" in bridge.output
