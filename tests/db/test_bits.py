"""The bits that say which rows of a batch a filter passed: everybody reads them in the order they are written in."""

from base64 import b64encode

import asyncpg
import psycopg2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.postgres.payloads import parse_bits
from harness.rooms import Rooms, make_event

MARK = "select chat.mark_rows(%s::bigint[], %s::bigint[])"
HAS = "select array_agg(chat.has_bit(%s, n) order by n) from generate_series(0, %s - 1) as n"
LIST = "select array_agg(m.row_id order by m.number) from chat.list_marked_rows(%s::int8multirange, %s) as m"
MARK_AGAIN = "select chat.mark_rows($1, $2)"
LOGGED = "select l.bits from chat.group_log as l join chat.room as r using (group_id) where r.room_id = 0"


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(passed=st.lists(st.booleans(), min_size=1, max_size=200), first=st.integers(1, 10**12))
def test_written_and_read(database: str, passed: list[bool], first: int) -> None:
    """What mark_rows writes, has_bit, list_marked_rows and a gateway read alike."""
    row_ids = list(range(first, first + len(passed)))
    marked = [row_id for row_id, is_passed in zip(row_ids, passed, strict=True) if is_passed]
    connection = psycopg2.connect(database)
    try:
        with connection, connection.cursor() as cursor:

            def ask(query: str, *arguments: object) -> object:
                cursor.execute(query, arguments)
                row = cursor.fetchone()
                assert row is not None
                return row[0]

            bits = ask(MARK, row_ids, marked)
            assert isinstance(bits, memoryview)
            assert ask(HAS, bits, len(passed)) == passed
            assert (ask(LIST, f"{{[{first},{first + len(passed)})}}", bits) or []) == marked
            assert parse_bits(b64encode(bits).decode(), len(passed)) == bytes(passed)
    finally:
        connection.close()


async def test_a_router_writes_the_same(rooms: Rooms, connection: asyncpg.Connection) -> None:
    """What a router finds in one pass is what mark_rows makes of the rows that pass, for a batch of several words."""
    await rooms.open(4)
    await rooms.join("adam")
    await rooms.set_filters("adam", "sport in (1, 5)")
    sports = [number * number % 7 + 1 for number in range(150)] + [5]
    await rooms.store_events([make_event(sport) for sport in sports])
    row_ids = list(range(1, len(sports) + 1))
    passed = [row_id for row_id, sport in zip(row_ids, sports, strict=True) if sport in (1, 5)]
    assert await connection.fetchval(LOGGED) == await connection.fetchval(MARK_AGAIN, row_ids, passed)
