"""A stream that is made anew, or that lost its end, gives its numbers a second time; the bridge tells them apart."""

import asyncio
import shutil

import pytest

from faults import streams
from faults.streams import EPOCHS
from harness.chain import STREAM, Chain, sport_event
from harness.waiting import until


async def test_a_new_stream_is_read_from_its_start_and_the_old_ones_rows_stay(chain: Chain) -> None:
    """It is a new epoch, though it gives the same numbers again."""
    outcome = await streams.remake_stream(chain, messages=100)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(epochs=2, positions="100, 100", rows=200, silent=0) == {}


async def test_a_stream_made_again_while_the_bridge_was_away_is_read_from_its_start(chain: Chain) -> None:
    """The bridge finds it when it starts."""
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


async def test_messages_of_a_deleted_stream_are_stored_or_reported(chain: Chain) -> None:
    """As far as the bridge knew of them: nothing goes silently."""
    await chain.start_bridge()
    chain.postgres.kill()
    published = 20_000
    await chain.publish(*(sport_event(number) for number in range(1, published + 1)))
    await chain.until_watched()
    await chain.ask(f"STREAM.DELETE.{STREAM}")
    await asyncio.to_thread(chain.postgres.start)
    await until(lambda: streams.has_epochs(chain, 2), "the new stream's epoch", 60)
    epochs = await chain.fetch(EPOCHS)
    assert [row["last_seq"] for row in epochs] == [published, 0]
    rows, sequences = await chain.stored()
    (reject,) = await chain.rejects()
    assert "when the stream was deleted" in reject["error"]
    assert (rows, rows + reject["last_seq"] - reject["first_seq"] + 1) == (sequences, published)


@pytest.mark.parametrize("is_running", [True, False], ids=["while the bridge runs", "while it is away"])
async def test_a_bridge_goes_back_with_a_stream_that_lost_its_end(chain: Chain, is_running: bool) -> None:
    """A stream put back to an earlier state gives numbers again that were taken.

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
