"""A room's log names its own messages, and after each how far the feed rows behind it go (chat.list_stretches)."""

import pytest

from harness.rooms import Rooms, make_event

LIST_STRETCHES = """
select s.seq, s.until_seq, s.chat_event_id is not null as has_message
from chat.list_stretches(0, $1, $2) as s
order by s.seq
"""
GROUPS = "select s.group_id, s.place from chat.list_stretches(0, 1, $1) as s order by s.seq"
DAY = [(0, 0), (1, 1), (2, 4), (5, 6), (7, 7)]
"""The stretches of `day`: each message of the room's own, and the last of the feed rows behind it. A room's log begins
with an entry that has no message."""


@pytest.fixture
async def day(rooms: Rooms) -> Rooms:
    """USERJOINED 1, FILTERAPPLIED 2, feed rows 3 and 4, a comment 5, a feed row 6, a comment 7."""
    await rooms.open(4)
    await rooms.join("adam")
    await rooms.set_filters("adam", "sport = 3")
    await rooms.store_events([make_event(3), make_event(4), make_event(3)])
    await rooms.comment("adam", "five")
    await rooms.store_events([make_event(3)])
    await rooms.comment("adam", "seven")
    return rooms


async def stretches(rooms: Rooms, first_seq: int, last_seq: int) -> list[tuple[int, int]]:
    """Where each stretch starts and ends; only that before the first message starts with none."""
    rows = await rooms.connection.fetch(LIST_STRETCHES, first_seq, last_seq)
    assert all(row["has_message"] == (row["seq"] > 0) for row in rows)
    return [(row["seq"], row["until_seq"]) for row in rows]


async def test_each_message_is_listed_with_the_feed_rows_behind_it(day: Rooms) -> None:
    """A stretch ends with the message itself if no feed rows follow."""
    assert await stretches(day, 1, 7) == DAY


@pytest.mark.parametrize("first_seq", [3, 4, 5])
async def test_the_message_before_the_first_sequence_is_listed_too(day: Rooms, first_seq: int) -> None:
    """The first feed rows that are asked for stand behind it."""
    assert await stretches(day, first_seq, 7) == DAY[2:]


@pytest.mark.parametrize(
    ("last_seq", "expected"), [(2, [*DAY[:2], (2, 2)]), (3, [*DAY[:2], (2, 3)]), (4, DAY[:3]), (5, [*DAY[:3], (5, 5)])]
)
async def test_the_last_stretch_ends_where_it_is_asked_to(
    day: Rooms, last_seq: int, expected: list[tuple[int, int]]
) -> None:
    """Also in the middle of its feed rows."""
    assert await stretches(day, 1, last_seq) == expected


async def test_feed_rows_after_the_newest_message_are_part_of_its_stretch(day: Rooms) -> None:
    """As far as they are asked for: the log of the room does not know how many there are."""
    await day.store_events([make_event(3)] * 3)
    assert await stretches(day, 7, 10) == [(5, 6), (7, 10)]


async def test_what_is_gone_is_in_no_stretch(day: Rooms) -> None:
    """The feed rows before a message that was cut out end before it; the sequences to the next one are a hole."""
    await day.comment("adam", "eight", "nine")
    await day.connection.execute("delete from chat.room_log where seq = 8")
    assert await stretches(day, 1, 9) == [*DAY, (9, 9)]
    await day.connection.execute("delete from chat.room_log where seq < 5")
    assert await stretches(day, 1, 9) == [(5, 6), (7, 7), (9, 9)]


@pytest.mark.parametrize(("seq", "expected"), [(5, [*DAY[:2], (2, 2), (7, 9)]), (7, [*DAY[:3], (5, 5)])])
async def test_where_a_message_was_cut_out_the_feed_rows_around_it_are_in_no_stretch(
    day: Rooms, seq: int, expected: list[tuple[int, int]]
) -> None:
    """Amid feed rows it cannot be told which came before it: under another sequence they would be others' messages."""
    await day.store_events([make_event(3)] * 2)
    assert await stretches(day, 1, 9) == [*DAY[:4], (7, 9)]
    await day.connection.execute("delete from chat.room_log where seq = $1", seq)
    assert await stretches(day, 1, 9) == expected
    in_pages = {row for first in range(1, 10) for row in await stretches(day, first, first)}
    assert all(until_seq <= dict(expected)[seq] for seq, until_seq in in_pages)


async def test_stretches_tell_in_which_group_and_place_the_rows_are(day: Rooms) -> None:
    """A new filter moves the room to another group; the places of a group count its feed rows only."""
    await day.set_filters("adam", "sport = 4")
    await day.store_events([make_event(4)] * 2)
    await day.comment("adam", "eleven")
    rows = await day.connection.fetch(GROUPS, 11)
    at_first, when_joined, at_two, at_five, at_seven, at_eight, at_eleven = (tuple(row) for row in rows)
    assert at_first == when_joined
    assert len({at_first[0], at_two[0], at_eight[0]}) == 3
    assert at_five == (at_two[0], at_two[1] + 2)
    assert at_seven == (at_two[0], at_two[1] + 3)
    assert at_eleven == (at_eight[0], at_eight[1] + 2)


async def test_a_room_whose_log_is_gone_has_no_stretches(day: Rooms) -> None:
    """Whatever is asked for."""
    await day.connection.execute("delete from chat.room_log")
    assert await stretches(day, 1, 100) == []
