"""What operators do to rooms and people in SQL: what it says, what is in force then, and what is refused."""

from typing import Any

import asyncpg
import pytest

from harness.moderators import call, refused
from harness.rooms import Rooms
from proto.chatmessage_pb2 import chatmessage

both_versions = pytest.mark.parametrize("postgres_version", [18, 16])

MEMBERS = "select array_agg(username order by username) from chat.member"
STATUSES = "select message from chat.read_room_log($1, 0, 9000000000000000000, 1000000) order by seq"
POST_HELD = """
select h.is_posted, h.refusal
from chat.member as m
cross join lateral chat.post_held_comment($1, m.member_id, $3) as h
where m.username = $2
"""
LET_TIME_PASS = "update chat.measure set until = until - $1::text::interval"
RECORD = """
select action, room_id, username, seq, lasts::text, reason, by_role, by_moderator from chat.moderation
order by moderation_id
"""


async def moderated(rooms: Rooms, room: int = 0) -> list[tuple[Any, ...]]:
    """What a room was told of moderators: action, user, reason, seconds, removed seq; None for what is absent."""
    messages = [chatmessage.FromString(row["message"]) for row in await rooms.connection.fetch(STATUSES, room)]
    names = ("action", "user", "reason", "seconds", "removed_seq")
    return [
        tuple(getattr(each, name) if each.HasField(name) else None for name in names)
        for each in messages
        if each.userstatus == "MODERATED"
    ]


async def comment(rooms: Rooms, name: str, text: str) -> str | None:
    """Comment as a gateway does; the reason if that is refused."""
    if (await rooms.post((name, text)))[0]:
        return None
    row = await rooms.connection.fetchrow(POST_HELD, rooms.gateway_id, name, text)
    assert row is not None
    if row["is_posted"]:
        return None
    refusal = chatmessage.FromString(row["refusal"])
    assert refusal.userstatus == "REJECTED_COMMENT"
    return refusal.reason


async def denial(rooms: Rooms, name: str, room: int = 0) -> tuple[str, str] | None:
    """Join as a gateway does; the status and reason if that is denied."""
    row = await rooms.connection.fetchrow(
        "select denial from chat.join_rooms($1, $2, $3)", rooms.gateway_id, [name], [room]
    )
    assert row is not None
    if row["denial"] is None:
        return None
    status = chatmessage.FromString(row["denial"])
    return status.userstatus, status.reason


async def seat(rooms: Rooms) -> None:
    """Rooms 0 and 1, with adam and eve in the first and cain in the second."""
    await rooms.open(5, 5)
    for name, room in (("adam", 0), ("eve", 0), ("cain", 1)):
        await rooms.join(name, room)


@both_versions
async def test_a_kick(rooms: Rooms) -> None:
    """They leave and may come back; the room is told. Nobody is kicked who is not there: it says who is, or where."""
    await seat(rooms)
    assert await call(rooms, "kick_member(0, 'eve', 'spam')") == "eve was removed from room 0: spam"
    assert await rooms.connection.fetchval(MEMBERS) == ["adam", "cain"]
    assert await moderated(rooms) == [("kick", "eve", "spam", None, None)]
    assert await refused(rooms, "kick_member(0, 'eve')") == (
        "RM601",
        "there is no 'eve' in room 0",
        "in it are 'adam'",
    )
    assert (await refused(rooms, "kick_member(0, 'cain')"))[2] == "they are in room 1"
    assert await denial(rooms, "eve") is None


@both_versions
async def test_a_token_is_void_after_a_kick(rooms: Rooms) -> None:
    """It takes no place back: the join is a new one, and the room is told of it."""
    await seat(rooms)
    await rooms.connection.execute("select chat.join_rooms($1, '{abel}', '{0}', '{token}')", rooms.gateway_id)
    await call(rooms, "kick_member(0, 'abel')")
    row = await rooms.connection.fetchrow(
        "select * from chat.join_rooms($1, '{abel}', '{0}', '{next}', '{token}')", rooms.gateway_id
    )
    assert row is not None
    assert row["welcome"] is None
    assert row["seq"] == await rooms.last_seq()


@both_versions
async def test_a_mute_ends_by_itself(rooms: Rooms) -> None:
    """In one room, whether they leave and come back; others go on. When the time is over nothing is left of it."""
    await seat(rooms)
    said = await call(rooms, "mute_member('eve', 0, '10 minutes', 'caps')")
    assert said.startswith("eve is muted in room 0 until ")
    assert said.endswith(": caps")
    assert await moderated(rooms) == [("mute", "eve", "caps", 600, None)]
    for _ in range(2):
        reason = await comment(rooms, "eve", "HELLO")
        assert reason is not None
        assert reason.startswith("you are muted until ")
        assert reason.endswith(": caps")
        await rooms.leave("eve")
        await rooms.join("eve", 0)
    assert await comment(rooms, "adam", "hello") is None
    await rooms.leave("eve")
    await rooms.join("eve", 1)
    assert await comment(rooms, "eve", "elsewhere") is None
    await rooms.leave("eve")
    await rooms.join("eve", 0)
    await rooms.connection.execute(LET_TIME_PASS, "00:10:01")
    assert await rooms.connection.fetch("select from chat.mutes") == []
    assert await comment(rooms, "eve", "sorry") is None
    # Looked at once more; from then on like everybody's.
    assert await rooms.post(
        ("eve", "sorry"),
    ) == [True]


@both_versions
async def test_a_mute_in_all_rooms_is_taken_back(rooms: Rooms) -> None:
    """It holds for who is not there yet; unmute_member without a room ends those in single rooms, too."""
    await seat(rooms)
    assert await call(rooms, "mute_member('abel')") == "abel is muted in all rooms for ever"
    await call(rooms, "mute_member('abel', 1, '1 hour')")
    await rooms.join("abel", 1)
    assert await comment(rooms, "abel", "hello") == "you are muted for ever"
    assert await refused(rooms, "unmute_member('abel', 0)") == (
        "RM602",
        "there is no mute in force on 'abel' in room 0",
        "in force are 'abel' in all rooms, 'abel' in room 1",
    )
    assert await call(rooms, "unmute_member('abel')") == "abel may comment in all rooms again"
    assert await comment(rooms, "abel", "hello") is None
    assert await moderated(rooms, 1) == [("unmute", "abel", None, None, None)]
    assert (await refused(rooms, "unmute_member('abel')"))[2] == "no mute is in force anywhere"


@both_versions
async def test_a_ban_keeps_out_of_a_room(rooms: Rooms) -> None:
    """Who is in leaves; they are denied there, welcome elsewhere, and everywhere when the time is over."""
    await seat(rooms)
    await call(rooms, "ban_member('eve', 0, '1 day', 'spam')")
    assert await rooms.connection.fetchval(MEMBERS) == ["adam", "cain"]
    assert await moderated(rooms) == [("ban", "eve", "spam", 86400, None)]
    denied = await denial(rooms, "eve")
    assert denied is not None
    assert denied[0] == "DENIED_BANNED"
    assert denied[1].startswith("you are banned from this room until ")
    assert await denial(rooms, "eve", 1) is None
    await rooms.leave("eve")
    [ban] = await rooms.connection.fetch("select name, room, by, reason from chat.bans")
    assert tuple(ban)[:2] == ("eve", 0)
    await rooms.connection.execute(LET_TIME_PASS, "1 day")
    assert await rooms.connection.fetch("select from chat.bans") == []
    assert await denial(rooms, "eve") is None


@both_versions
async def test_a_ban_from_all_rooms(rooms: Rooms) -> None:
    """For ever, until it is taken back; a ban again only changes how long it is."""
    await seat(rooms)
    assert await call(rooms, "ban_member('cain')") == "cain is banned from all rooms for ever"
    await call(rooms, "ban_member('cain', null, '1 hour')")
    assert (
        await call(rooms, "ban_member('cain', null, null, 'again')") == "cain is banned from all rooms for ever: again"
    )
    for room in (0, 1):
        assert await denial(rooms, "cain", room) == ("DENIED_BANNED", "you are banned from this room for ever: again")
    assert await call(rooms, "unban_member('cain')") == "cain may come to all rooms again"
    assert await denial(rooms, "cain", 1) is None


@both_versions
async def test_a_locked_filter(rooms: Rooms) -> None:
    """Nobody sets it, with the reason; afterwards everybody may."""
    await seat(rooms)
    assert await call(rooms, "lock_filter(0, 'the final is on')") == "the filter of room 0 is locked: the final is on"
    _, refusal = await rooms.try_filters("adam", {1: "ALL"})
    assert refusal is not None
    status = chatmessage.FromString(refusal)
    assert (status.userstatus, status.reason) == (
        "REJECTED_BADFILTER",
        "the filter of this room is locked by a moderator: the final is on",
    )
    await rooms.set_filters("cain", "ALL")
    await call(rooms, "unlock_filter(0)")
    await rooms.set_filters("adam", "ALL")
    assert [each[0] for each in await moderated(rooms)] == ["lock", "unlock"]


@both_versions
async def test_slow_mode(rooms: Rooms) -> None:
    """One comment per person and time, also over a new connection and within one call; others do not wait for them."""
    await seat(rooms)
    assert await call(rooms, "set_slow_mode(0, '30 seconds')") == "room 0 takes one comment per 30 s and person"
    assert await moderated(rooms) == [("slow", None, None, 30, None)]
    assert await comment(rooms, "eve", "one") is None
    assert await comment(rooms, "adam", "one") is None
    await rooms.leave("eve")
    await rooms.join("eve", 0)
    reason = await comment(rooms, "eve", "two")
    assert reason is not None
    assert reason.startswith("slow mode: one comment per 30 s; you may say the next in ")
    await rooms.connection.execute("update chat.slow_comment set said_at = said_at - interval '31 seconds'")
    assert await comment(rooms, "eve", "two") is None
    assert await rooms.connection.fetchval("select count(*) from chat.slow_comment") == 1
    assert await call(rooms, "end_slow_mode(0)") == "room 0 is not slow any more"
    assert await rooms.post(("eve", "three"), ("eve", "four")) == [True, True]


@both_versions
async def test_a_closed_room(rooms: Rooms) -> None:
    """Nobody is left in it or gets in, until it is open again; other rooms go on."""
    await seat(rooms)
    assert await call(rooms, "close_room(0, 'back at 8')") == "room 0 is closed: back at 8"
    assert await rooms.connection.fetchval(MEMBERS) == ["cain"]
    assert await denial(rooms, "abel") == ("DENIED_ROOMCLOSED", "back at 8")
    row = await rooms.connection.fetchrow("select room, state, reason from chat.moderated_rooms")
    assert row is not None
    assert tuple(row) == (0, "closed", "back at 8")
    assert await call(rooms, "open_room(0)") == "room 0 is open"
    assert await denial(rooms, "abel") is None
    last = [chatmessage.FromString(r["message"]) for r in await rooms.connection.fetch(STATUSES, 0)]
    closed = next(each for each in last if each.action == "close")
    assert list(closed.rooms[0].currusers) == []
    assert [each.seq for each in last] == [*range(1, len(last) + 1)]


@both_versions
async def test_the_record_is_complete_and_only_added_to(rooms: Rooms) -> None:
    """Who did what to whom, for how long and why; what was refused is not in it."""
    await seat(rooms)
    role = await rooms.connection.fetchval("select session_user")
    await call(rooms, "ban_member('eve', 0, '1 day', 'spam')")
    await refused(rooms, "kick_member(0, 'nobody')")
    await call(rooms, "unban_member('eve', 0, 'sorry')")
    await rooms.connection.fetchval("select chat.moderate('kick', 1, 'cain', null, null, 'noise', 'mona')")
    assert [tuple(row) for row in await rooms.connection.fetch(RECORD)] == [
        ("ban", 0, "eve", None, "1 day", "spam", role, None),
        ("unban", 0, "eve", None, None, "sorry", role, None),
        ("kick", 1, "cain", None, None, "noise", None, "mona"),
    ]
    for change in ("update {} set reason = null", "delete from {}", "truncate {} cascade"):
        with pytest.raises(asyncpg.PostgresError, match="only added to"):
            await rooms.connection.execute(change.format("chat.moderation"))


@both_versions
@pytest.mark.parametrize(
    ("what", "code", "words"),
    [
        ("kick_member(7, 'eve')", "RM402", "there is no room 7"),
        ("ban_member(repeat('x', 65))", "RM604", "nobody has a name of 65 characters"),
        ("kick_member(0, '')", "RM604", "to kick needs the name of a person"),
        ("kick_member(null, 'eve')", "RM604", "to kick needs a room"),
        ("ban_member('eve', 0, '0 seconds')", "RM604", "nobody can be put under a ban for 00:00:00"),
        ("mute_member('eve', 0, '-1 day')", "RM604", "nobody can be put under a mute for -1 days"),
        ("set_slow_mode(0, '2 days')", "RM604", "slow mode with 2 days between two comments is none"),
        ("set_slow_mode(0, null)", "RM604", "slow mode with no time between two comments is none"),
        ("end_slow_mode(0)", "RM602", "there is no slow mode in force in room 0"),
        ("open_room(1)", "RM602", "there is no closing in force in room 1"),
        ("unlock_filter(0)", "RM602", "there is no lock of the filter in force in room 0"),
        ("lock_filter(0, repeat('x', 501))", "RM604", "the reason has 501 characters"),
        ("moderate('hug', 0, 'eve', null, null, null)", "RM604", "moderators cannot 'hug'"),
        ("moderate(null, 0, 'eve', null, null, null)", "RM604", "moderators cannot do nothing"),
    ],
)
async def test_what_makes_no_sense_is_refused(rooms: Rooms, what: str, code: str, words: str) -> None:
    """With the reason and a hint; nothing was done."""
    await seat(rooms)
    found = await refused(rooms, what)
    assert found[:2] == (code, words)
    assert found[2]
    assert await rooms.connection.fetchval("select count(*) from chat.moderation") == 0
