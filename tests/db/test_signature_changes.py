"""Filters of one signature change by the hundred while rows come and the form is chosen anew: nothing is lost."""

import asyncio
import time

import asyncpg

from harness.rooms import Rooms, make_execution
from harness.versions import mostly_newest

pytestmark = mostly_newest

FILTERS = 2000
CHANGES = 500
ROOMS = 50
SYMBOLS = 20
LONGEST_WAIT = 5.0
"""Seconds; the real figures are in `make bench`. These machines are noisy."""
CANONICAL = "((symbol = 's%s'::text) AND (price > (%s)::numeric))"
FILL = """
with made as (
  insert into chat.filter (feed_id, canonical, canonical_hash)
  select 2, t, chat.text_hash(t)
  from generate_series(1, $1) as n
  cross join lateral format($2, n % $3, 1000 + n) as t
  returning filter_id
)
select count(chat.obtain_group(array[m.filter_id])) from made as m
"""
WAKE = (
    "update chat.room_group set live_until = 'infinity' where not is_routed; "
    "select chat.wake_groups(array_agg(g.group_id)) "
    "from chat.room_group as g where g.live_until = 'infinity' and not g.is_routed"
)
REFRESH = "select chat.refresh_stale_routers()"
FORM = "select form from chat.signature where filters > 1000"
BUILD = "select chat.build_constants(s.signature_id, $1) from chat.signature as s where filters > 1000"
USE = "select chat.change_form(s, $1) from chat.signature as s where s.filters > 1000"
# As if there had been no trial yet.
AGAIN = "update chat.signature as s set tried_with = 0"
ROWS = "select execution_id, symbol, price::double precision as price from feed.execution order by execution_id"
APPLIED = """
select from_seq, from_row_id, clause from chat.room_filter where room_id = $1 and feed_id = 2 order by room_filter_id
"""


async def test_changes_of_many_filters_under_load(database: str, rooms: Rooms) -> None:
    """500 changes among 2,000 filters: every row is stored, and each routed by the filter that its sequence says."""
    await rooms.open(*([1] * ROOMS))
    for room in range(ROOMS):
        await rooms.join(f"user{room}", room)
    async with rooms.connection.transaction():
        await rooms.connection.execute("select chat.lock_log()")
        await rooms.connection.execute(FILL, FILTERS, CANONICAL, SYMBOLS)
        await rooms.connection.execute(WAKE)
        await rooms.connection.execute(REFRESH)
    done = asyncio.Event()
    others = [await asyncpg.connect(database) for _ in range(2)]
    setter = Rooms(others[0])
    setter.gateway_id = rooms.gateway_id
    try:
        waits, _, forms = await asyncio.gather(flow(rooms, done), change(setter, done), tune(others[1], done))
    finally:
        for connection in others:
            await connection.close()
    waits.sort()
    print(f"{len(waits)} rows; longest insert {1000 * waits[-1]:.0f} ms; forms {forms}")
    assert waits[-1] < LONGEST_WAIT
    assert {"pairs", "bitmaps", "direct"} <= set(forms)
    rows = {row["execution_id"]: (row["symbol"], row["price"]) for row in await rooms.connection.fetch(ROWS)}
    assert len(rows) == len(waits)
    for room in range(ROOMS):
        await check_room(rooms, room, rows)


async def flow(rooms: Rooms, done: asyncio.Event) -> list[float]:
    """Insert rows, some by one and some by three, until the changes are done; how long each took, in seconds."""
    waits: list[float] = []
    while not done.is_set():
        before = time.monotonic()
        count = 1 + 2 * (len(waits) % 2)
        batch = [make_execution(f"s{(len(waits) + n) % SYMBOLS}", price=float(len(waits) % 100)) for n in range(count)]
        await rooms.store_executions(batch)
        waits += [time.monotonic() - before] * count
        await asyncio.sleep(0.002)
    return waits


async def change(rooms: Rooms, done: asyncio.Event) -> None:
    """Set filters of all rooms in turn."""
    try:
        for number in range(CHANGES):
            clause = f"symbol = 's{number % SYMBOLS}' and price > {number % 90}"
            await rooms.set_filters(f"user{number % ROOMS}", execution=clause)
            await asyncio.sleep(0.002)
    finally:
        done.set()


async def tune(connection: asyncpg.Connection, done: asyncio.Event) -> list[str]:
    """Have forms compared all the time, and each other form taken in turn; those that were."""
    forms: list[str] = []
    turns = ("pairs", "bitmaps", "direct")
    while not done.is_set() or len(forms) < 2 * len(turns):
        await connection.execute(AGAIN)
        await connection.execute("select chat.tune_matching()")
        forms.append(await connection.fetchval(FORM))
        turn = turns[len(forms) % 3]
        if turn != forms[-1]:
            async with connection.transaction():
                if turn != "direct":
                    await connection.execute(BUILD, turn)
                await connection.execute(USE, turn)
        forms.append(await connection.fetchval(FORM))
    return forms


async def check_room(rooms: Rooms, room: int, rows: dict[int, tuple[str, float]]) -> None:
    """The room got just the rows that pass the filter in force when they came, with gapless sequences."""
    log = await rooms.log(room)
    assert [seq for seq, _, _ in log] == list(range(1, len(log) + 1))
    filters = await rooms.connection.fetch(APPLIED, room)
    ends = [row["from_row_id"] for row in filters[1:]] + [max(rows)]
    expected = []
    for present, last_row_id in zip(filters, ends, strict=True):
        if present["clause"] == "NONE":
            symbols, limit = {f"s{n}" for n in range(SYMBOLS)}, -1
        else:
            symbols, limit = {present["clause"].split("'")[1]}, int(present["clause"].rpartition(" ")[2])
        keys = range(present["from_row_id"] + 1, last_row_id + 1)
        expected += [key for key in keys if key in rows and rows[key][0] in symbols and rows[key][1] > limit]
    assert [row_id for _, feed_id, row_id in log if feed_id == 2] == expected
