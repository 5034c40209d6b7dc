"""Another stream that has the feeds' subjects is named, and what it caught is counted; then the bridge goes on."""

import pytest

from faults import foreign
from harness.chain import STREAM, Chain, sport_event
from harness.waiting import until


@pytest.mark.parametrize("is_deleted", [True, False], ids=["deleted", "without them"])
async def test_a_stream_in_the_way_is_named_and_what_it_caught_is_counted(chain: Chain, is_deleted: bool) -> None:
    """In status, health and the log, with the remedies; once it is out of the way, the bridge goes on by itself."""
    # Health bears with it for some seconds.
    seconds = 1 if is_deleted else 0
    outcome = await foreign.wait_for_subjects(chain, messages=50, seconds=seconds, is_deleted=is_deleted)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(caught=100, counted_as_lost=100, rows=50) == {}


async def test_a_subject_that_is_taken_from_the_stream_is_missed(chain: Chain) -> None:
    """Whoever gives it to another stream is told; what the feeds' stream still gets waits there, and is stored."""
    bridge = await chain.start_bridge()
    await chain.publish(sport_event(1))
    await chain.until_taken()
    config = (await chain.ask(f"STREAM.INFO.{STREAM}"))["config"]
    # Just after the bridge has looked: it looks every second, and takes the subject back if nobody has it.
    await chain.until_watched()
    await chain.ask(f"STREAM.UPDATE.{STREAM}", config | {"subjects": ["sport_event"]})
    await foreign.make_other(chain, "execution")
    await bridge.until_said("the stream OTHER has the subject execution: delete it, or take the subject from it")
    assert "FEED_STREAM=OTHER" not in bridge.output
    await chain.publish(sport_event(2))
    await chain.ask(f"STREAM.DELETE.{foreign.OTHER}")
    await until(lambda: is_taken(chain, 2), "what waited in the stream")
    assert await chain.rejects() == []


async def is_taken(chain: Chain, count: int) -> bool:
    """Whether so many rows are stored."""
    return await chain.stored() == (count, count)
