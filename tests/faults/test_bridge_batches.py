"""A backlog is taken in few statements: the cost of the bridge in counts, which no slow machine changes."""

from harness.chain import Chain, sport_event

MESSAGES = 6000
# Batches hold up to 2,000; the first ones are smaller, since nothing waits for them to fill.
MOST_TRANSACTIONS = 60
TRANSACTIONS = "select xmin::text as id, count(*) as rows from feed.sport_event group by xmin"


async def test_a_backlog_is_stored_in_large_batches(chain: Chain) -> None:
    """Thousands of messages take tens of transactions, each of them one statement, and batches grow by themselves."""
    await chain.make_stream()
    await chain.publish(*(sport_event(number) for number in range(MESSAGES)))
    await chain.start_bridge()
    await chain.until_taken()
    sizes = [row["rows"] for row in await chain.fetch(TRANSACTIONS)]
    assert sum(sizes) == MESSAGES
    assert len(sizes) <= MOST_TRANSACTIONS
    assert max(sizes) > 1000
