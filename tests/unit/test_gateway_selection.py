"""Rooms get some of a feed's messages each, and what can be made once for all of them is made once."""

from collections.abc import Sequence

import pytest

from gateway import selection
from gateway.delivery.batch import Batch
from gateway.delivery.groups import Groups
from gateway.delivery.room import Room
from gateway.encoding.binary import PROTO
from gateway.encoding.text import JSON
from gateway.frames import frames_with_seq, with_headers
from gateway.selection import Selection, Wrapped
from harness.receiver import NotedReceiver, feed_row

BODIES = [feed_row("x" * (size % 170)) for size in range(300)]
MARKED = {
    "all": b"\1" * 300,
    "none": b"\0" * 300,
    "the first": b"\1" + b"\0" * 299,
    "the last": b"\0" * 299 + b"\1",
    "every other": b"\0\1" * 150,
}


def chosen(marks: bytes) -> list[bytes]:
    """The bodies that are marked."""
    return [body for body, mark in zip(BODIES, marks, strict=True) if mark]


@pytest.mark.parametrize("first_seq", [1, 127, 128, 16_300])
@pytest.mark.parametrize("marks", MARKED.values(), ids=MARKED)
def test_what_is_selected_is_framed_as_by_itself(marks: bytes, first_seq: int) -> None:
    """Also where several selections follow each other, and where the sequences grow by a byte amid one."""
    some, wrapped = chosen(marks), Wrapped(BODIES)
    selected = Selection(wrapped, marks)
    assert (selected.count, [*selected.bodies()]) == (len(some), some)
    assert PROTO.selected([selected], first_seq) == frames_with_seq(some, first_seq)
    both = [selected, Selection(wrapped, MARKED["every other"])]
    bodies = some + chosen(MARKED["every other"])
    assert PROTO.selected(both, first_seq) == frames_with_seq(bodies, first_seq)
    assert JSON.selected(both, first_seq) == JSON.rows(bodies, first_seq)


@pytest.mark.parametrize("count", [0, 1, 149])
def test_the_first_can_be_left_out(count: int) -> None:
    """They are known already."""
    marks = MARKED["every other"]
    assert [*Selection(Wrapped(BODIES), marks).behind(count).bodies()] == chosen(marks)[count:]


def test_of_a_batch_rows_can_be_selected_that_are_known() -> None:
    """Of the others the keys are told, to have their messages read."""
    batch = Batch([3, 5, 7], [b"a", None, b"c"])
    selected = batch.select(b"\1\0\1")
    assert selected is not None
    assert [*selected.bodies()] == [b"a", b"c"]
    assert batch.select(b"\0\1\1") is None
    assert batch.marked(b"\0\1\1") == [(5, None), (7, b"c")]


def test_headers_are_made_once_for_all_rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand rooms with filters of their own get some rows each, under sequences of one length.

    The row that none of them gets was not sent along.
    """
    made = 0

    def count(bodies: Sequence[bytes], tail: int) -> list[bytes]:
        nonlocal made
        made += len(bodies)
        return with_headers(bodies, tail)

    monkeypatch.setattr(selection, "with_headers", count)
    batch, groups = Batch([*range(300)], [None, *BODIES[1:]]), Groups()
    for number in range(1000):
        room, member = Room(number, groups.remove), NotedReceiver()
        room.reattach("adam", member, 200 + number)
        groups.place(room, number, 200 + number)
        group = groups.get(number)
        assert group is not None
        selected = batch.select(MARKED["every other"])
        assert selected is not None
        group.add(1, selected)
        assert group.settle(room)
        room.flush()
        assert len(member.seqs) == 150
    assert made == len(BODIES)
