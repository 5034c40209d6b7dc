"""How many notifications a batch takes: the cost of routing in counts, which no slow machine changes."""

from collections import defaultdict
from itertools import compress

import pytest

from gateway.postgres import payloads
from harness.hearing import Heard, hearing
from harness.rooms import Rooms, make_event

GROUPS = "select room_id, group_id, seq_offset from chat.room"
STORE_SCATTERED = """
with stored as (
  insert into feed.sport_event (sport_event_id, sport, match_title, data_event, message)
  select chat.newest_row_id(1) + 10 * n, n % 2, '', '', '' from generate_series(1, $1::integer) as n
  returning sport_event_id
)
select min(sport_event_id) from stored
"""
# What of 1,000 messages of 50 bytes goes in a payload of about 4,000 bytes, and one line for all rooms.
MOST_CONTENTS = 30
MOST_LINES = 1
MAX_PAYLOAD = 7999


async def occupy(rooms: Rooms, count: int) -> None:
    """Open rooms with a member each."""
    await rooms.open(*([1] * count))
    for room in range(count):
        await rooms.join(f"user{room}", room)


async def told(rooms: Rooms, heard: Heard) -> dict[int, list[tuple[int, list[int]]]]:
    """What the lines say: by room, first sequences and keys; no keys where they are left out."""
    members: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for room, group_id, seq_offset in await rooms.connection.fetch(GROUPS):
        members[group_id].append((room, seq_offset))
    found = defaultdict(list)
    for payload in heard["chat_feed_1"]:
        assert len(payload) <= MAX_PAYLOAD
        notice = payloads.parse(payload)
        if isinstance(notice, payloads.Lines):
            for line in notice.lines:
                keys = list(compress(notice.keys, line.marks or b""))
                for group_id, first_place in line.groups:
                    for room, seq_offset in members[group_id]:
                        found[room].append((first_place + seq_offset, keys))
    return found


@pytest.mark.parametrize("count", [5, 300])
async def test_rooms_that_share_a_filter(rooms: Rooms, database: str, count: int) -> None:
    """A batch of 1,000 rows takes a few notifications, however many rooms get it."""
    await occupy(rooms, count)
    async with hearing(database, count) as heard:
        await rooms.store_events([make_event()] * 1000)
    # Beyond 64 rooms, those are not told on their own channels.
    assert [heard[f"chat_room_{room}"] for room in range(count)] == [["F 1 2 1001"] if count <= 64 else []] * count
    kinds = [payload[0] for payload in heard["chat_feed_1"]]
    assert kinds == sorted(kinds)
    assert 0 < kinds.count("C") <= MOST_CONTENTS
    assert 0 < kinds.count("G") <= MOST_LINES
    assert await told(rooms, heard) == {room: [(2, list(range(1, 1001)))] for room in range(count)}


async def test_one_row_is_told_in_two_notifications(rooms: Rooms, database: str) -> None:
    """A row takes one notification for its content and one for the rooms, whether they share their filter or not."""
    await occupy(rooms, 20)
    for room in range(10):
        await rooms.set_filters(f"user{room}", f"sport > {room % 5}")
    async with hearing(database, 20) as heard:
        await rooms.store_events([make_event(sport=3)])
    assert [payload[0] for payload in heard["chat_feed_1"]] == ["C", "G"]
    passing = [room for room in range(20) if room >= 10 or room % 5 < 3]
    assert await told(rooms, heard) == {room: [(3 if room < 10 else 2, [1])] for room in passing}


async def test_different_filters_share_notifications(rooms: Rooms, database: str) -> None:
    """Rooms that get different rows each have a line, several to a notification."""
    await occupy(rooms, 50)
    for room in range(50):
        await rooms.set_filters(f"user{room}", f"data_event >= '{room:03d}'")
    async with hearing(database, 50) as heard:
        await rooms.store_events([make_event(text=f"{number:03d}") for number in range(100)])
    assert sum(payload[0] == "G" for payload in heard["chat_feed_1"]) == 1
    assert await told(rooms, heard) == {room: [(3, list(range(room + 1, 101)))] for room in range(50)}


async def test_scattered_rows_are_told_by_bits(rooms: Rooms, database: str) -> None:
    """Bits that fill a payload have one of their own; those that do not fit are left out, for the log to be read."""
    await occupy(rooms, 3)
    await rooms.set_filters("user1", "sport = 1")
    await rooms.set_filters("user2", "sport <> 1")
    for count in (2, 200, 9000, 12_000, 25_000, 50_000):
        seqs = [await rooms.last_seq(room) + 1 for room in range(3)]
        async with hearing(database, 3) as heard:
            await rooms.store_events([make_event(sport=1 + number % 2) for number in range(count)])
        lines = await told(rooms, heard)
        assert [lines[room][0][0] for room in range(3)] == seqs
        sizes = [len(lines[room][0][1]) for room in range(3)]
        assert sizes == ([count, count // 2, count // 2] if count < 40_000 else [count, 0, 0])


async def test_scattered_keys_are_left_to_the_logs(rooms: Rooms, database: str) -> None:
    """Where a batch's keys do not follow each other and do not fit, the rooms are named, for their logs to be read."""
    await occupy(rooms, 2)
    await rooms.set_filters("user1", "sport = 1")
    for count, fits in ((100, True), (400, False)):
        async with hearing(database, 2) as heard:
            first = await rooms.connection.fetchval(STORE_SCATTERED, count)
        keys = [first + 10 * number for number in range(count)]
        lines = await told(rooms, heard)
        assert [lines[room][-1][1] for room in range(2)] == ([keys, keys[::2]] if fits else [[], []])
        assert (await rooms.feed_keys(0))[-count:] == keys
        assert (await rooms.feed_keys(1))[-count // 2 :] == keys[::2]
