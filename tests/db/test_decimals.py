"""A number of the wire is the decimal that it was sent as, in filters, sums and previews alike."""

from decimal import Decimal
from math import inf, nan

import asyncpg
import pytest

from harness.rooms import Rooms, make_execution
from proto import event_pb2

pytestmark = pytest.mark.parametrize("postgres_version", [18, 16])

LARGEST = 3.4028234663852886e38
SMALLEST = 1.401298464324817e-45

# What is sent, as Python has it, and what psql shows.
STORED = {
    99.99: "99.99",
    0.1: "0.1",
    16777216.0: "16777216",
    1234567.9: "1234567.9",
    -0.0: "0",
    LARGEST: "340282350000000000000000000000000000000",
    SMALLEST: "0." + "0" * 44 + "1",
    inf: "Infinity",
    -inf: "-Infinity",
    nan: "NaN",
}
# What passes of PRICES: by the decimals, NaN above all numbers and equal to itself.
PRICES = (0.1, 0.3, 0.7, 99.99, 100.0, -0.0, LARGEST, SMALLEST, inf, -inf, nan)
PASSING = {
    "price = 99.99": [99.99],
    "price = '99.99'": [99.99],
    "price in (0.1, 0.3)": [0.1, 0.3],
    "price > 0.1 and price < 1": [0.3, 0.7],
    "price < 0.7 and price > 0": [0.1, 0.3, SMALLEST],
    "price between 0.1 and 0.3": [0.1, 0.3],
    "price * 3 = 0.3": [0.1],
    "price = 0.1 + 0.2": [0.3],
    "round(price, 1) = 100": [99.99, 100.0],
    "trunc(price, 1) = 99.9": [99.99],
    "price % 10 = 9.99": [99.99],
    "price = 0": [-0.0],
    "price > 1000": [LARGEST, inf, nan],
    "price > 1000 and price <> 'NaN'": [LARGEST, inf],
    "price = 'NaN'": [nan],
    "price >= 'Infinity'": [inf, nan],
    "price < 0": [-inf],
    "price > 0 and price < 0.001": [SMALLEST],
    "price - price = 0": [0.1, 0.3, 0.7, 99.99, 100.0, -0.0, LARGEST, SMALLEST],
}
PREVIEW = "select value from chat.preview_filter('execution', $1) where item = 'matching'"
EXPLAIN = "select value from chat.explain_delivery(0, 'execution', $1) where item = 'delivered'"
SUM = "select sum(price) as sum, round(avg(price), 2) as average, count(*) filter (where price % 10 = 9.99) as tens"


async def test_what_is_stored_is_what_was_sent(rooms: Rooms) -> None:
    """The shortest decimal of each float, whatever the session makes of floats; the message as it came."""
    await rooms.open(1)
    for digits in ("1", "0", "-15"):
        await rooms.connection.execute(f"set extra_float_digits = {digits}")
        await rooms.connection.execute("truncate feed.execution")
        sent = [make_execution(price=price) for price in STORED]
        await rooms.store_executions(sent)
        rows = await rooms.connection.fetch("select price::text, message from feed.execution order by execution_id")
        assert [row["price"] for row in rows] == list(STORED.values()), digits
        assert [row["message"] for row in rows] == [message.SerializeToString() for message in sent]


async def test_every_comparison_is_of_decimals(rooms: Rooms) -> None:
    """The rows that a room gets, its view, preview and explanation are those that one expects."""
    await rooms.open(1)
    await rooms.join("adam")
    for clause, expected in PASSING.items():
        await rooms.connection.execute("truncate feed.execution")
        await rooms.set_filters("adam", execution=clause)
        await rooms.store_executions([make_execution(price=price) for price in PRICES])
        first = await rooms.connection.fetchval("select min(execution_id) from feed.execution")
        keys = [key for key in await rooms.feed_keys(0, 2) if key >= first]
        wanted = [key for key, price in enumerate(PRICES, first) if str(price) in map(str, expected)]
        assert keys == wanted, clause
        shown = await rooms.connection.fetch("select execution_id from room_filter.room_0_execution order by 1")
        assert [row["execution_id"] for row in shown] == wanted, clause
        previewed = await rooms.connection.fetchval(PREVIEW, clause)
        assert previewed == f"{len(wanted)} of the newest {len(PRICES)} rows", clause
        for key in range(first, first + len(PRICES)):
            told = await rooms.connection.fetchval(EXPLAIN, key)
            assert told.startswith("yes") is (key in wanted), (clause, key)


async def test_sums_are_exact(connection: asyncpg.Connection) -> None:
    """Of a hundred thousand prices in cents, as in the original's NUMERIC columns."""
    await connection.execute(
        """
        select feed.store_execution(
          array_agg(null::bigint), array_agg(''::bytea), array_agg('a'::text), array_agg('b'::text),
          array_agg(99.99::real), array_agg(0.1::real), array_agg(1::bigint), array_agg('PA'::text)
        )
        from generate_series(1, 100000)
        """
    )
    row = await connection.fetchrow(f"{SUM} from feed.execution")
    assert row is not None
    assert tuple(row) == (Decimal("9999000.00"), Decimal("99.99"), 100_000)


async def test_names_of_sports_are_those_of_the_wire(connection: asyncpg.Connection) -> None:
    """The column, the names that reasons know, and event.proto say the same."""
    names = dict(event_pb2.sport.items())
    await connection.execute(
        "insert into feed.sport_event (sport, match_title, data_event, message) "
        "select n, '', '', '' from generate_series(1, $1) as n",
        len(names),
    )
    stored = await connection.fetch("select sport_name, sport from feed.sport_event order by sport")
    assert {row["sport_name"]: row["sport"] for row in stored} == names
    known = await connection.fetchval("select value_names from chat.feed_column where column_name = 'sport'")
    assert {name: number for number, name in enumerate(known, 1)} == names
