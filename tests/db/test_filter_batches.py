"""FILTERs of many members in one call do what each would have done alone, and none waits for another's."""

import asyncio
from collections.abc import Sequence

import asyncpg

from gateway.client.filters import MOST_AT_ONCE, FilterSetter
from gateway.errors import PlaceGoneError
from gateway.postgres.database import Database
from gateway.postgres.records import Request
from harness.rooms import Rooms, make_event, make_execution
from proto.chatmessage_pb2 import FILTER, chatmessage

SET = """
select seq, refusal, guards from chat.set_room_filters($1, $2, $3, $4, $5, '{}', $6) order by number
"""
PERIODS = """
select feed_id, clause, state, set_by is not null as is_set, from_seq, until_seq, from_row_id
from chat.room_filter where room_id = $1 order by room_filter_id
"""
MESSAGES = """
select e.message from chat.room_log as l join chat.chat_event as e using (chat_event_id)
where l.room_id = $1 order by l.seq
"""
ASKED = "select sportfilter, execfilter from chat.chat_event where roomid = $1 and msgtype = 4 order by chat_event_id"
VIEW = "select pg_get_viewdef(format('room_filter.room_%s_%s', $1::integer, $2::text)::regclass)"
DEADLOCKS = "select deadlocks from pg_stat_database where datname = current_database()"
TRANSACTIONS = "select count(distinct xmin::text) from chat.chat_event where msgtype = 4"

Clauses = dict[int, str]

# What rooms are asked for, in turns; all of it is known by the second turn.
TURNS: tuple[tuple[Clauses, ...], ...] = (
    ({1: "sport = 3", 2: "NONE"}, {1: "SAME", 2: "price > 5"}, {1: "ALL"}, {2: "symbol = 'A' and price > 1"}),
    ({1: "sport = 4", 2: "ALL"}, {1: "sport = 4", 2: "price > 6"}, {1: "SAME", 2: "SAME"}, {2: "price > 5"}),
    # Into the group that another one leaves, and two into a new one.
    ({1: "sport = 4", 2: "price > 6"}, {1: "sport = 5"}, {1: "sport > 5 and sport < 4"}, {1: "sport = 5"}),
    ({1: "SAME", 2: "NONE"}, {}, {1: "ALL", 2: "ALL"}, {1: "sport > 4 and sport < 3"}),
)
SOME = len(TURNS[0])


async def test_together_as_alone(rooms: Rooms) -> None:
    """Filters, seqs, messages, views and the rows that come between are those of rooms that were asked for alone."""
    await rooms.open(*[4] * (2 * SOME))
    for room in range(2 * SOME):
        await rooms.join(f"user{room}", room)
        await rooms.join(f"other{room}", room)
    for turn in TURNS:
        for clauses in turn:
            await rooms.try_filters("user0", clauses)
            await rooms.try_filters(f"user{SOME}", clauses)
    for turn in TURNS:
        await store(rooms)
        answers = await together(rooms, [(f"user{room}", clauses) for room, clauses in enumerate(turn)])
        assert all(seq and refusal is None and guards is None for seq, refusal, guards in answers)
        for room, clauses in enumerate(turn, SOME):
            seq, refusal = await rooms.try_filters(f"user{room}", clauses)
            assert (seq, refusal) == (answers[room - SOME][0], None), clauses
        await store(rooms)
    for room in range(SOME):
        assert await told(rooms, room) == await told(rooms, room + SOME)
        assert await said(rooms.connection, room) == await said(rooms.connection, room + SOME)


async def test_what_cannot_be_done_costs_the_others_nothing(database: str, rooms: Rooms) -> None:
    """Who is no member, whose clause is refused or new, whose room is locked, twice asked for, or read: each alone."""
    await rooms.open(*[4] * 8)
    for room in range(8):
        await rooms.join(f"user{room}", room)
    await rooms.join("other", 0)
    await rooms.set_filters("user0", "sport = 3")
    await rooms.connection.execute("select chat.lock_filter(5, 'enough')")
    before = [await rooms.last_seq(room) for room in range(8)]
    reader = await asyncpg.connect(database)
    try:
        async with reader.transaction():
            await reader.execute("select count(*) from room_filter.room_6_sport_event")
            answers = await together(
                rooms,
                [
                    ("user0", {1: "sport = 4"}),
                    ("nobody", {1: "sport = 4"}),
                    ("user1", {1: "sprot = 4"}),
                    ("user2", {1: "sport + 1 = 4", 2: "price > 1.5"}),
                    ("other", {1: "sport = 5"}),
                    ("user5", {1: "sport = 5"}),
                    ("user6", {1: "sport = 5", 2: "ALL"}),
                    ("user7", {1: "sport = 5"}),
                ],
            )
    finally:
        await reader.close()
    seqs, refusals, guards = zip(*answers, strict=True)
    assert seqs == (before[0] + 1, None, None, None, None, None, None, before[7] + 1)
    assert [number for number, refusal in enumerate(refusals) if refusal] == [2, 5]
    assert "sprot" in chatmessage.FromString(refusals[2]).reason
    assert "enough" in chatmessage.FromString(refusals[5]).reason
    assert [number for number, each in enumerate(guards) if each] == [3]
    assert len(guards[3]) == 2
    for room in range(1, 7):
        assert await rooms.last_seq(room) == before[room]
    # What was left is done alone.
    assert await rooms.set_filters("other", "sport = 5") == before[0] + 2
    assert await rooms.set_filters("user6", "sport = 5", "ALL") == before[6] + 1


async def test_what_is_applied_waits_for_the_disk(rooms: Rooms) -> None:
    """Only a call that does nothing but to ask for guards need not: nobody was told anything that could be lost."""
    await rooms.open(1, 1)
    for room in range(2):
        await rooms.join(f"user{room}", room)
    await rooms.set_filters("user0", "sport = 3")
    new: Sequence[tuple[str, Clauses]] = [("user1", {1: "sport + 2 = 4"})]
    for asked, commit in (
        ([("user0", {1: "sport = 4"}), *new], "on"),
        ([*new, ("user0", {1: "sport = 5"})], "on"),
        ([*new, ("user0", {1: "sprot = 5"})], "on"),
        (new, "off"),
    ):
        async with rooms.connection.transaction():
            await together(rooms, asked)
            assert await rooms.connection.fetchval("show synchronous_commit") == commit, asked


async def test_a_gateway_gathers_them(database: str, rooms: Rooms) -> None:
    """Those who ask at once share transactions, get their own answers, and who is no member is told so."""
    asking = 40
    await rooms.open(*[1] * asking)
    for room in range(asking):
        await rooms.join(f"user{room}", room)
    await rooms.set_filters("user0", "sport = 100")
    is_up = asyncio.Event()
    is_up.set()
    async with asyncpg.create_pool(database, min_size=2, max_size=4) as pool:
        gateway = Database(pool, (), is_up)
        gateway.gateway_id = rooms.gateway_id
        setter = FilterSetter(pool, gateway, asyncio.Semaphore(2))
        asked = [Request(FILTER, f"user{room}", room, clauses={1: f"sport = {room}"}) for room in range(asking)]
        asked[7] = Request(FILTER, "user7", 7, clauses={1: "sport >"})
        asked[8] = Request(FILTER, "user8", 8, clauses={1: "sport * 2 = 16"})
        asked[9] = Request(FILTER, "nobody", 9, clauses={1: "sport = 9"})
        answers = await asyncio.gather(*map(setter.set, asked), return_exceptions=True)
    assert [number for number, answer in enumerate(answers) if answer is not None] == [7, 9]
    assert isinstance(answers[7], bytes)
    assert isinstance(answers[9], PlaceGoneError)
    for room in {*range(asking)} - {7, 9}:
        clauses = [row["clause"] for row in await rooms.connection.fetch(PERIODS, room) if row["state"] == "in force"]
        assert clauses == ["NONE", f"sport = {room}" if room != 8 else "sport * 2 = 16"]
    # The first alone, then as many as may be; what is left over, and those of the test's own.
    assert await rooms.connection.fetchval(TRANSACTIONS) <= 2 + asking / MOST_AT_ONCE + 4


async def test_two_gateways_in_opposite_order(database: str, rooms: Rooms) -> None:
    """The same new filters, the last first: no call waits for a filter of one that waits for it."""
    asking = 16
    await rooms.open(*[1] * asking)
    for room in range(asking):
        await rooms.join(f"user{room}", room)
    await rooms.set_filters("user0", "sport = 100", "price > 100")
    is_up = asyncio.Event()
    is_up.set()
    async with asyncpg.create_pool(database, min_size=4, max_size=4) as pool:
        gateway = Database(pool, (), is_up)
        gateway.gateway_id = rooms.gateway_id
        setters = [FilterSetter(pool, gateway, asyncio.Semaphore(2)) for _ in range(2)]
        for turn in range(5):
            asked = [
                (setter, Request(FILTER, f"user{room}", room, clauses={1: f"sport = {turn * 100 + number}"}))
                for place, setter in enumerate(setters)
                for room in range(place, asking, 2)
                for number in [room // 2 if place else asking // 2 - 1 - room // 2]
            ]
            assert await asyncio.gather(*(setter.set(each) for setter, each in asked)) == [None] * asking
            for _, each in asked:
                assert each.room_id is not None
                periods = await rooms.connection.fetch(PERIODS, each.room_id)
                assert [row["clause"] for row in periods if row["state"] == "in force"] == [
                    "NONE" if each.room_id else "price > 100",
                    each.clauses[1],
                ]

    assert await rooms.connection.fetchval(DEADLOCKS) == 0


async def together(
    rooms: Rooms, asked: Sequence[tuple[str, Clauses]]
) -> list[tuple[int | None, bytes | None, list[str] | None]]:
    """What a gateway is answered to several FILTERs in one call."""
    clauses = [(number, *each) for number, (_, wanted) in enumerate(asked, 1) for each in wanted.items()]
    rows = await rooms.connection.fetch(
        SET, rooms.gateway_id, [name for name, _ in asked], *map(list, zip(*clauses, strict=True)), False
    )
    return [tuple(row) for row in rows]


async def store(rooms: Rooms) -> None:
    """Rows of which the filters pass different ones."""
    await rooms.store_events([make_event(sport=sport) for sport in (3, 4, 5)])
    await rooms.store_executions([make_execution(price=price) for price in (5.5, 6.5)])


async def told(rooms: Rooms, room: int) -> list[tuple[int, int | None, int | None]]:
    """What a room got: seq, feed, and row of a feed."""
    return [(seq, feed_id, row_id if feed_id else None) for seq, feed_id, row_id in await rooms.log(room)]


async def said(connection: asyncpg.Connection, room: int) -> list[object]:
    """The filters that a room had, what it was told, who asked for what, and what its views show."""
    statuses = [chatmessage.FromString(row["message"]) for row in await connection.fetch(MESSAGES, room)]
    for status in statuses:
        assert status.roomid == room
        # Of users and rooms of the other half there are as many.
        status.roomid, status.user = 0, status.user.rstrip("0123456789")
        for each in status.rooms:
            each.currusers[:] = [name.rstrip("0123456789") for name in each.currusers]
    return [
        await connection.fetch(PERIODS, room),
        [status for status in statuses if status.userstatus != "USERJOINED"],
        await connection.fetch(ASKED, room),
        [(await connection.fetchval(VIEW, room, feed)).partition("WHERE")[2] for feed in ("sport_event", "execution")],
    ]
