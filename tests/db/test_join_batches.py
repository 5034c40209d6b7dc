"""Requests of many users in one call are answered as if each had come alone, and one's refusal is nobody else's."""

from typing import Any

from harness.rooms import Rooms
from proto.chatmessage_pb2 import chatmessage

JOIN = """
select member_id is not null as is_member, seq, welcome, denial
from chat.join_rooms($1, $2, $3, $4, $5, $6, $7, $8) order by number
"""
LEAVE = "select chat.leave_rooms($1, $2)"
RECORDED = """
select msgtype, userstatus, username, roomid, sportfilter, reason, seq, message from chat.chat_event
where chat_event_id > $1 order by chat_event_id
"""
NEWEST = "select coalesce(max(chat_event_id), 0) from chat.chat_event"
LOGGED = "select room_id, seq, group_id, place from chat.room_log order by room_id, seq"
MEMBERS = "select username, room_id, gateway_id, resume_hash, look, is_muted from chat.member order by username"

Wish = tuple[str | None, int | None, str, str | None, bool, str | None, str | None]
"""Name, room, new token, the token of before, whether it is patient, key and look."""

# Names in alphabetical order: who comes in with one call has come at the same moment.
WISHES: dict[str, Wish] = {
    "": ("ann", 0, "t1", None, True, "ann", "ann"),
    "DENIED_BADROOMID": ("bob", 99, "t2", None, True, "bob", "bob"),
    "DENIED_BADNAME empty": ("", 0, "t3", None, True, "", ""),
    "DENIED_BADNAME at most 64": ("x" * 65, 0, "t4", None, True, "x" * 65, None),
    "DENIED_BADNAME control": ("c\x01d", 0, "t5", None, True, "c\x01d", None),
    "DENIED_NAMETAKEN is in use": ("eve", 0, "t6", None, False, "eve", "eve"),
    "DENIED_NAMETAKEN looks like": ("еvе", 0, "t7", None, False, "еvе", "eve"),
    "DENIED_NAMETAKEN is the same as": ("EVE", 1, "t8", "wrong", False, "eve", "eve"),
    "DENIED_BANNED": ("bad", 0, "t9", None, True, "bad", "bad"),
    "DENIED_ROOMCLOSED": ("joe", 3, "t10", None, True, "joe", "joe"),
    "waits": ("far", 0, "t11", None, True, "far", "far"),
    "back": ("gus", 1, "t12", "gus-token", True, "gus", "gus"),
    "last seat": ("kim", 2, "t13", None, True, "kim", "kim"),
    "DENIED_ROOMFULL": ("lou", 2, "t14", None, True, "lou", "lou"),
    "another": ("mia", 0, "t15", None, True, "mia", "mia"),
}
BACK = "back"


async def prepare(rooms: Rooms) -> None:
    """Rooms with members of two gateways, one with a single seat left, one that is closed, and somebody banned."""
    connection = rooms.connection
    await rooms.open(9, 9, 2, 9)
    await rooms.join("eve", 1)
    await rooms.join("ida", 2)
    await connection.execute("update chat.member set look = username")
    other = await connection.fetchval("select chat.open_gateway()")
    far: list[Wish] = [
        ("far", 1, "far-token", None, False, "far", "far"),
        ("gus", 1, "gus-token", None, False, "gus", "gus"),
    ]
    await connection.fetch(JOIN, other, *columns(far))
    await connection.execute("select chat.ban_member('bad', 0), chat.close_room(3)")


def columns(wishes: list[Wish]) -> list[list[Any]]:
    """The arguments of join_rooms."""
    return [list(column) for column in zip(*wishes, strict=True)]


async def outcome(rooms: Rooms, calls: list[list[Wish]]) -> dict[str, Any]:
    """What comes of these calls: the answers, and what is in the tables; all of it is undone."""
    connection = rooms.connection
    transaction = connection.transaction()
    await transaction.start()
    try:
        before = await connection.fetchval(NEWEST)
        rows = [tuple(row) for call in calls for row in await connection.fetch(JOIN, rooms.gateway_id, *columns(call))]
        return {"rows": rows, **await tables(rooms, before)}
    finally:
        await transaction.rollback()


async def tables(rooms: Rooms, before: int) -> dict[str, Any]:
    """What is recorded, logged and there."""
    fetch = rooms.connection.fetch
    return {
        "recorded": [tuple(row) for row in await fetch(RECORDED, before)],
        "logged": [tuple(row) for row in await fetch(LOGGED)],
        "members": [tuple(row) for row in await fetch(MEMBERS)],
    }


async def test_a_batch_gives_each_its_answer(rooms: Rooms) -> None:
    """Every kind of refusal, a place that is taken back, and those who come in between: as one after the other."""
    await prepare(rooms)
    wishes = list(WISHES.values())
    together = await outcome(rooms, [wishes])
    assert together == await outcome(rooms, [[wish] for wish in wishes])
    for kind, (is_member, seq, welcome, denial) in zip(WISHES, together["rows"], strict=True):
        if kind == "waits":
            assert (is_member, seq, welcome, denial) == (False, None, None, None)
        elif kind.startswith("DENIED"):
            status, _, words = kind.partition(" ")
            answer = chatmessage.FromString(denial)
            assert (is_member, answer.userstatus) == (False, status)
            assert words in answer.reason
        else:
            assert (is_member, denial) == (True, None)
            assert (welcome is not None) == (kind == BACK)
    joined = [row for row in together["recorded"] if row[1] == "USERJOINED"]
    seqs = [(row[2], row[3], row[6]) for row in joined]
    assert [(name, room) for name, room, _ in seqs] == [("ann", 0), ("gus", 1), ("kim", 2), ("mia", 0)]
    assert (seqs[1][2], seqs[3][2]) == (None, seqs[0][2] + 1)


async def test_statuses_show_the_rooms_as_they_are_by_then(rooms: Rooms) -> None:
    """Each USERJOINED of a batch names those who came before it, and nobody who comes after."""
    await rooms.open(9, 9)
    wishes: list[Wish] = [(name, n % 2, name, None, False, name, name) for n, name in enumerate("abcdef")]
    together = await outcome(rooms, [wishes])
    named = [
        [list(room.currusers) for room in chatmessage.FromString(row[7]).rooms]
        for row in together["recorded"]
        if row[1] == "USERJOINED"
    ]
    assert named == [[list("aceg"[: n // 2 + 1]), list("bdf"[: (n + 1) // 2])] for n in range(6)]


async def test_who_asks_twice_in_a_batch_is_in_once(rooms: Rooms) -> None:
    """The first of two with one name, or one look, comes in, and the second is told so."""
    await rooms.open(9)
    wishes: list[Wish] = [
        ("ann", 0, "t1", None, False, "ann", "ann"),
        ("Ann", 0, "t2", None, False, "ann", "ann"),
        ("соре", 0, "t3", None, False, "соре", "cope"),
        ("cope", 0, "t4", None, False, "cope", "cope"),
        ("dan", 0, "t5", None, False, "dan", "dan"),
    ]
    together = await outcome(rooms, [wishes])
    assert [row[0] for row in together["rows"]] == [True, False, True, False, True]
    assert together["rows"] == (await outcome(rooms, [[wish] for wish in wishes]))["rows"]


async def test_leaving_together_is_leaving_one_after_the_other(rooms: Rooms) -> None:
    """Each USEREXITED shows who is left by then."""
    await rooms.open(9, 9)
    for name in "abcdef":
        await rooms.join(name, "abcdef".index(name) % 2)
    connection, found = rooms.connection, []
    for calls in ([list("dab")], [["d"], ["a"], ["b"]]):
        transaction = connection.transaction()
        await transaction.start()
        before = await connection.fetchval(NEWEST)
        for names in calls:
            await connection.execute(LEAVE, rooms.gateway_id, names)
        found.append(await tables(rooms, before))
        await transaction.rollback()
    assert found[0] == found[1]
    assert [row[2] for row in found[0]["recorded"]] == ["d", "a", "b"]
    last = chatmessage.FromString(found[0]["recorded"][-1][7])
    assert [list(room.currusers) for room in last.rooms] == [["c", "e"], ["f"]]


async def test_large_rooms_are_told_by_their_number(rooms: Rooms) -> None:
    """A batch that brings a room beyond the limit names all up to it, then nobody; on the way back likewise."""
    await rooms.open(200)
    most = await rooms.connection.fetchval("select chat.most_named_users()")
    names = [f"user {number:03}" for number in range(most + 10)]
    joined = await outcome(rooms, [[(name, 0, name, None, False, name, name) for name in names]])
    told = [chatmessage.FromString(row[7]).rooms[0] for row in joined["recorded"] if row[1] == "USERJOINED"]
    assert [len(room.currusers) or room.numusers for room in told] == list(range(1, most + 11))
    assert [room.HasField("numusers") for room in told] == [False] * most + [True] * 10
    for name in names:
        await rooms.join(name)
    within = await rooms.connection.fetchval("select chat.encode_rooms_within(null, 1000)")
    [room] = chatmessage.FromString(b"\x08\x01" + within).rooms
    assert (room.numusers, len(room.currusers)) == (most + 10, 0)
    before = await rooms.connection.fetchval(NEWEST)
    await rooms.leave(*names[:20])
    left = [chatmessage.FromString(row[7]).rooms[0] for row in (await tables(rooms, before))["recorded"]]
    assert [len(room.currusers) or room.numusers for room in left] == list(range(most + 9, most - 11, -1))
    assert [room.HasField("numusers") for room in left] == [True] * 9 + [False] * 11


async def test_a_gateway_with_many_members_is_closed_in_portions(rooms: Rooms) -> None:
    """Each look has some of them leave, so that nobody waits for all; the last one removes the gateway."""
    await rooms.open(99)
    for name in "abcde":
        await rooms.join(name)
    gone = "select count(*) from chat.gateway where gateway_id = $1"
    for left in (3, 1, 0):
        await rooms.connection.execute("select chat.close_gateway($1, 2)", rooms.gateway_id)
        assert await rooms.connection.fetchval("select count(*) from chat.member") == left
        assert await rooms.connection.fetchval(gone, rooms.gateway_id) == (left > 0)


async def test_histories_are_opened_together_as_alone(rooms: Rooms) -> None:
    """Whoever lacks something that is gone is told so, each by their own name; who lacks nothing is told nothing."""
    await rooms.open(9)
    await rooms.join("adam")
    for number in range(5):
        await rooms.comment("adam", str(number))
    await rooms.connection.execute("update chat.room set log_from = 4")
    asked = [("ann", 0, 7, 6, 0), ("bob", 0, 7, 1, 0), ("cat", 0, 7, 1, 0), ("dan", 0, 7, None, 2), ("eve", 0, 7, 4, 0)]
    query = "select after_seq, truncated from chat.open_histories($1, $2, $3, $4, $5) order by number"
    together = await rooms.connection.fetch(query, *map(list, zip(*asked, strict=True)))
    alone = "select after_seq, truncated from chat.open_history($1, $2, $3, $4, $5)"
    assert together == [await rooms.connection.fetchrow(alone, *one) for one in asked]
    assert [row["truncated"] and chatmessage.FromString(row["truncated"]).user for row in together] == [
        *(None, "bob", "cat", None, None)
    ]
