"""What the stream dropped before the bridge took it is reported in feed_reject with its first and last sequence."""

import asyncio

from faults import streams
from harness.chain import STREAM, Chain, sport_event


async def test_messages_purged_while_no_bridge_was_there_are_a_reported_gap(chain: Chain) -> None:
    """Those after it are stored."""
    outcome = await streams.purge_stream(chain, messages=100)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(rows=150, reported_as_gone=50, silent=0) == {}
    assert await gaps(chain) == [(101, 150)]


async def test_a_gap_is_reported_though_nothing_is_left_after_it(chain: Chain) -> None:
    """And what comes later is stored."""
    await chain.make_stream()
    await chain.publish(*(sport_event(number) for number in range(1, 51)))
    await chain.ask(f"STREAM.PURGE.{STREAM}")
    await chain.start_bridge()
    await chain.until_taken()
    assert await gaps(chain) == [(1, 50)]
    await chain.publish(sport_event(51))
    await chain.until_taken()
    assert await chain.texts() == ["51"]


async def test_messages_deleted_from_the_middle_are_gaps_of_their_own(chain: Chain) -> None:
    """What is around them is stored."""
    await chain.make_stream()
    await chain.publish(*(sport_event(number) for number in range(1, 31)))
    for sequence in (5, 20, 21):
        await chain.ask(f"STREAM.MSG.DELETE.{STREAM}", {"seq": sequence})
    await chain.start_bridge()
    await chain.until_taken()
    assert await chain.texts() == [str(number) for number in range(1, 31) if number not in (5, 20, 21)]
    assert await gaps(chain) == [(5, 5), (20, 21)]


async def test_what_the_stream_dropped_while_postgres_was_away_is_reported(chain: Chain) -> None:
    """By its limits, while the bridge could not get rid of what it read."""
    bridge = await chain.start_bridge(FEED_STREAM_MAX_BYTES=str(4 * 1024 * 1024))
    chain.postgres.kill()
    published = 120_000
    await chain.publish(*(sport_event(number) for number in range(1, published + 1)))
    assert (await chain.stream_state())["first_seq"] > 8_000
    await asyncio.to_thread(chain.postgres.start)
    assert await chain.until_taken() == published
    rows, sequences = await chain.stored()
    dropped = sum(last - first + 1 for first, last in await gaps(chain))
    assert dropped > 0
    assert (rows, rows + dropped) == (sequences, published)
    bridge.require_alive()


async def test_a_stream_purged_while_postgres_was_away_is_reported(chain: Chain) -> None:
    """To nothing, by somebody's hand."""
    await chain.start_bridge()
    chain.postgres.kill()
    published = 20_000
    await chain.publish(*(sport_event(number) for number in range(1, published + 1)))
    await chain.ask(f"STREAM.PURGE.{STREAM}")
    await asyncio.to_thread(chain.postgres.start)
    await chain.until_at(published)
    rows, sequences = await chain.stored()
    dropped = sum(last - first + 1 for first, last in await gaps(chain))
    assert dropped > 0
    assert (rows, rows + dropped) == (sequences, published)


async def gaps(chain: Chain) -> list[tuple[int, int]]:
    """First and last sequences of the reported gaps, which are all that was rejected."""
    rejects = await chain.rejects()
    assert all(reject["message"] is None and "gone from the stream" in reject["error"] for reject in rejects)
    return [(reject["first_seq"], reject["last_seq"]) for reject in rejects]
