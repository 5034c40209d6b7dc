"""In which portions slots are moved."""

from edgechat.server.moving import ROOMS_AT_ONCE, portions


def test_slots_without_rooms_go_at_once() -> None:
    """Nobody is held up by them."""
    assert list(portions(range(1000), {})) == [list(range(1000))]


def test_portions_have_few_rooms() -> None:
    """As many as may be held up together, and those of one slot in any case; nothing is left out."""
    rooms = {slot: slot % 7 * 10 for slot in range(100)} | {5: 1000}
    found = list(portions(range(100), rooms))
    assert sorted(slot for some in found for slot in some) == list(range(100))
    assert all(len(some) == 1 or sum(rooms[slot] for slot in some) <= ROOMS_AT_ONCE for some in found)
    assert [5] in found
