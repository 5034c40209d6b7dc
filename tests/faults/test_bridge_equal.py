"""Equal messages are messages of their own."""

from faults import bridges
from faults.world import World


async def test_equal_messages_of_one_batch_are_all_stored_and_delivered(faulty: World) -> None:
    """The same bytes 100 times are 100 rows, and 100 deliveries to every member."""
    outcome = await bridges.send_equal(faulty, count=100, members=3)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(rows=100, transactions=1, deliveries_to_each="100", gaps=0, doubles=0) == {}
