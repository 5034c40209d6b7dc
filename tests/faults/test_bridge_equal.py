"""Equal messages are messages of their own."""

from faults import bridges
from faults.world import World


async def test_equal_messages(faulty: World) -> None:
    """The same bytes 100 times in one batch are 100 rows, and 100 deliveries to every member."""
    outcome = await bridges.send_equal(faulty, count=100, members=3)
    print(outcome)
    assert outcome.is_passed
