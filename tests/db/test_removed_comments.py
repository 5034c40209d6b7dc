"""A comment that is removed: its text is nowhere any more, its seq stays, and everybody is told."""

from datetime import timedelta

import asyncpg
import pytest

from harness.moderators import call, refused
from harness.retention import Keeper
from harness.rooms import Rooms, make_event
from proto.chatmessage_pb2 import chatmessage

both_versions = pytest.mark.parametrize("postgres_version", [18, 16])

TEXT = "the secret word"
LOG = (
    "select seq, message from chat.read_room_log(0, 0, 9000000000000000000, 1000000) where feed_id is null order by seq"
)
TABLES = """
select c.oid::regclass::text
from pg_class as c
where c.relkind in ('r', 'p', 'v') and c.relnamespace in ('chat'::regnamespace, 'public'::regnamespace)
  and c.relname !~ 'yoyo' and not c.relispartition
"""
HOLDS = "select count(*) from {} as t where position($1 in t::text) > 0 or position($2 in t::text) > 0"


async def places_of(connection: asyncpg.Connection, text: str) -> list[str]:
    """The tables and views in which a text stands, also within bytes."""
    return [
        row[0]
        for row in await connection.fetch(TABLES)
        if await connection.fetchval(HOLDS.format(row[0]), text, text.encode().hex())
    ]


async def say(rooms: Rooms) -> int:
    """A room in which adam said the text, between other things; its seq."""
    await rooms.open(5)
    await rooms.join("adam")
    await rooms.comment("adam", "before")
    await rooms.store_events([make_event()])
    await rooms.comment("adam", TEXT)
    await rooms.comment("adam", "after")
    return await rooms.last_seq() - 1


@both_versions
async def test_the_text_is_nowhere(rooms: Rooms) -> None:
    """In no table and no view; the log names the comment's seq, author and reason in its place."""
    seq = await say(rooms)
    assert sorted(await places_of(rooms.connection, TEXT)) == ["chat.chat_event", "chat_event"]
    said = await call(rooms, f"remove_comment(0, {seq}, 'private')")
    assert said == f"comment {seq} of adam in room 0 is removed: private"
    assert await places_of(rooms.connection, TEXT) == []
    log = {row["seq"]: chatmessage.FromString(row["message"]) for row in await rooms.connection.fetch(LOG)}
    gone = log[seq]
    assert (gone.userstatus, gone.user, gone.roomid, gone.seq, gone.reason) == (
        "OMITTED_REMOVED",
        "adam",
        0,
        seq,
        "a moderator removed this comment: private",
    )
    told = log[seq + 2]
    assert (told.userstatus, told.action, told.user, told.removed_seq, told.reason) == (
        "MODERATED",
        "remove",
        "adam",
        seq,
        "private",
    )
    assert log[seq + 1].comment == "after"
    shown = await rooms.connection.fetchrow("select kind, who, what from chat.room_timeline(0, $1, 1)", seq - 1)
    assert shown is not None
    assert tuple(shown) == ("OMITTED_REMOVED", "adam", "a moderator removed this comment: private")


@both_versions
async def test_only_comments_are_removed(rooms: Rooms) -> None:
    """Feed rows, statuses, what is removed already or was never there are told apart."""
    seq = await say(rooms)
    await call(rooms, f"remove_comment(0, {seq})")
    for wanted, words in (
        (str(seq), f"comment {seq} of room 0 was removed before"),
        ("1", "message 1 of room 0 is a ROOM_STATUS USERJOINED"),
        ("3", "message 3 of room 0 is a row of a feed"),
        ("999", "room 0 has no message 999"),
        ("0", "room 0 has no message 0"),
        ("null", "which comment is to be removed is not said"),
    ):
        code, message, hint = await refused(rooms, f"remove_comment(0, {wanted})")
        assert (code, message) == ("RM603", words)
        assert hint == f"give the seq of a comment; the newest message is {seq + 2}"


async def test_a_comment_that_is_not_kept_any_more(rooms: Rooms) -> None:
    """Its partition went with it: that is said."""
    seq = await say(rooms)
    await rooms.connection.execute("update chat.setting set chat_keep_for = interval '1 day'")
    keeper = Keeper(rooms.connection)
    await keeper.run()
    for _ in range(40):
        await rooms.comment("adam", *["x" * 100] * 50)
        await keeper.run(timedelta(days=1))
    assert await refused(rooms, f"remove_comment(0, {seq})") == (
        "RM603",
        f"message {seq} of room 0 is gone, with its text",
        f"give the seq of a comment; the newest message is {await rooms.last_seq()}",
    )
