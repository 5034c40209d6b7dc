"""The rows of a batch as bits: whoever writes them and whoever reads them means the same rows."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gateway.postgres.payloads import parse_bits
from harness.rooms import Rooms
from proto.event_pb2 import GOLF, TENNIS, event

Connection = Any

MARK_ROWS = "select chat.mark_rows(%s::bigint[], %s::bigint[])"
MARK_ALL_ROWS = "select chat.mark_all_rows(%s)"
HAS_BIT = "select chat.has_bit(%s, n) from generate_series(0, %s) as n order by n"
LIST_MARKED_ROWS = """
select m.row_id
from chat.list_marked_rows((select range_agg(int8range(k, k, '[]')) from unnest(%s::bigint[]) as k), %s) as m
order by m.number
"""
STORE = "select feed.store_sport_event(%s::bigint[], %s::bytea[], %s::integer[], %s::text[], %s::text[])"
NEWEST_BITS = "select l.bits from chat.group_log as l order by l.batch_id desc limit 1"

choices = st.lists(st.booleans(), min_size=1, max_size=300)
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture
def chat(database: str) -> Iterator[Connection]:
    """A connection."""
    connection = psycopg2.connect(database)
    connection.autocommit = True
    yield connection
    connection.close()


def fetch(chat: Connection, query: str, *arguments: object) -> list[Any]:
    """The first column of what a query returns, bytes as Python has them."""
    with chat.cursor() as cursor:
        cursor.execute(query, arguments)
        return [bytes(value) if isinstance(value, memoryview) else value for value, *_ in cursor]


def test_marked_rows_are_read_as_they_were_written(chat: Connection) -> None:
    """What mark_rows marks, has_bit, list_marked_rows and a gateway find marked, and nothing else."""

    @quick
    @given(choices, st.integers(1, 3))
    @example([True], 1)
    @example([False] * 64 + [True], 1)
    @example([True] * 63 + [False, True], 2)
    def check(chosen: list[bool], step: int) -> None:
        keys = list(range(7, 7 + step * len(chosen), step))
        marked = [key for key, is_marked in zip(keys, chosen, strict=True) if is_marked]
        (bits,) = fetch(chat, MARK_ROWS, keys, marked)
        assert fetch(chat, HAS_BIT, bits, len(keys) - 1) == chosen
        assert fetch(chat, LIST_MARKED_ROWS, keys, bits) == marked
        assert parse_bits(b64encode(bits).decode(), b"\1" * len(keys)) == bytes(chosen)

    check()


@pytest.mark.parametrize("count", [1, 7, 8, 9, 16, 100])
def test_all_rows_are_marked(chat: Connection, count: int) -> None:
    """The bits of all rows are those that mark_rows makes of them, and of no more; a gateway knows a shorter form."""
    keys = [*range(5, 5 + count)]
    (bits,) = fetch(chat, MARK_ALL_ROWS, count)
    assert [bits] == fetch(chat, MARK_ROWS, keys, keys)
    assert fetch(chat, LIST_MARKED_ROWS, keys, bits) == keys
    assert parse_bits("*", b"\1" * count) == b"\1" * count


async def test_a_router_marks_rows_as_mark_rows_does(chat: Connection, rooms: Rooms) -> None:
    """What a router logs of the rows that pass a filter is what mark_rows writes of them."""
    await rooms.open(1)
    await rooms.join("adam")
    await rooms.set_filters("adam", f"sport = {GOLF}")

    @quick
    @given(choices.filter(lambda chosen: any(chosen) and not all(chosen)))
    @example([False] * 64 + [True])
    @example([True] * 64 + [False])
    @example([True, *[False] * 299])
    def check(chosen: list[bool]) -> None:
        store(chat, chosen)
        numbers = list(range(len(chosen)))
        marked = [number for number, is_golf in zip(numbers, chosen, strict=True) if is_golf]
        assert fetch(chat, NEWEST_BITS) == fetch(chat, MARK_ROWS, numbers, marked)

    check()


def store(chat: Connection, chosen: list[bool]) -> None:
    """Store a batch of the sport feed: golf where it is chosen, and else tennis."""
    rows = [event(sport=GOLF if is_golf else TENNIS, match_title="open", data_event="") for is_golf in chosen]
    messages = [row.SerializeToString() for row in rows]
    blank = [""] * len(rows)
    fetch(chat, STORE, [None] * len(rows), messages, [row.sport for row in rows], blank, blank)
