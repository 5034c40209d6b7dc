"""The accounts of a fault: nothing is lost, doubled or disordered on the whole way from the stream to the members.

What the stream holds is what the table holds, each message once and in the stream's order; each room's log holds what
its filter selects; each member got exactly the log, byte by byte.
"""

import asyncio
from collections import Counter
from itertools import pairwise

from faults.outcome import Outcome
from faults.world import FILTERS, World
from harness.logs import repeated
from harness.resumer import Transcript
from harness.rooms import ROOM_LOG
from harness.waiting import until
from proto.chatmessage_pb2 import COMMENT, chatmessage
from proto.event_pb2 import event

ROWS = "select count(*) as rows, count(distinct data_event) as distinct_rows from feed.sport_event"
IN_ORDER = """
select coalesce(bool_and(stream_seq > before), true)
from (
  select stream_seq, lag(stream_seq, 1, 0::bigint) over (order by sport_event_id) as before from feed.sport_event
) as r
where stream_seq is not null
"""
KEYS = "select sport_event_id from feed.sport_event where {clause} order by sport_event_id"
TEXTS = "select data_event from feed.sport_event where {clause} order by sport_event_id"
WHOLE_LOG = "select seq, feed_id, message from chat.read_room_log($1, 0, 1000000000, 1000000000) order by seq"
LAST_SEQS = "select room_id, chat.newest_seq(room_id) as last_seq from chat.room order by room_id"
MEMBERS = "select username from chat.member"
GHOST_SECONDS = 20.0
"""Two roll calls, and the grace of a gateway that died, with room to spare."""
READ_LOG = "select seq, feed_id, message from chat.read_room_log($1, $2, $3, 10000)"
COMMENTS_TWICE = """
select count(*) - count(distinct commentxt)
from chat.chat_event
where msgtype = chat.msgtype('COMMENT') and seq is not null
"""


async def audit(world: World, outcome: Outcome, expected: int, *, is_moved: bool = False) -> None:
    """Wait until `expected` messages went all the way, then compare stream, table, logs and members.

    Counted are messages that are `lost` or `stored_twice`, comments that are (`comments_twice`), members who wait for
    something in vain (`left_behind`), who have `gaps` or `doubles` or were told that history is gone (`truncated`), and
    messages that are not the same for all (`differing`). In rooms that have come from other servers (`is_moved`) feed
    messages are known by what they say.
    """
    await world.until_stored(expected)
    await _audit_table(world, outcome, expected)
    last_seqs: dict[int, int] = {
        row["room_id"]: row["last_seq"] for row in await world.query(lambda c: c.fetch(LAST_SEQS))
    }
    await (_audit_moved_logs if is_moved else _audit_logs)(world, outcome)
    await _audit_members(world, outcome, last_seqs)
    await _audit_transcripts(world, outcome, last_seqs)
    await _audit_members_known(world, outcome)
    _audit_logs_of_parts(world, outcome)


async def _audit_table(world: World, outcome: Outcome, expected: int) -> None:
    row = await world.query(lambda c: c.fetchrow(ROWS))
    assert row is not None
    outcome.count(messages=expected, rows=row["rows"], lost=expected - row["distinct_rows"])
    outcome.count(stored_twice=row["rows"] - row["distinct_rows"])
    outcome.require(row["rows"] == row["distinct_rows"] == expected, "rows = distinct = messages")
    outcome.require(await world.query(lambda c: c.fetchval(IN_ORDER)), "rows are in the stream's order")
    twice = await world.value(COMMENTS_TWICE)
    outcome.count(comments_twice=twice)
    outcome.require(twice == 0, f"no comment is posted twice, {twice} were")


async def _audit_logs(world: World, outcome: Outcome) -> None:
    for room in world.transcripts:
        log = await world.fetch(ROOM_LOG, room)
        seqs = [row["seq"] for row in log]
        outcome.require(seqs == list(range(1, len(seqs) + 1)), f"the log of room {room} is gapless")
        clause = {"NONE": "true", "ALL": "false"}.get(FILTERS[room], FILTERS[room])
        wanted = await world.fetch(KEYS.format(clause=clause))
        got = [row["row_id"] for row in log if row["feed_id"] == 1]
        outcome.require(got == [row[0] for row in wanted], f"room {room} got exactly what its filter selects")


async def _audit_moved_logs(world: World, outcome: Outcome) -> None:
    for room in world.transcripts:
        log = await world.fetch(WHOLE_LOG, room)
        seqs = [row["seq"] for row in log]
        broken = [(one, two) for one, two in pairwise([0, *seqs]) if two != one + 1]
        outcome.require(not broken, f"the log of room {room} is gapless, and from one to another goes {broken[:3]}")
        clause = {"NONE": "true", "ALL": "false"}.get(FILTERS[room], FILTERS[room])
        wanted = await world.fetch(TEXTS.format(clause=clause))
        messages = [_decode(row["feed_id"], row["message"]) for row in log]
        got = [message.eventmsg.data_event for message in messages if message.HasField("eventmsg")]
        outcome.require(got == [row[0] for row in wanted], f"room {room} got exactly what its filter selects")
        comments = Counter(message.comment for message in messages if message.mtype == COMMENT)
        twice = [comment for comment, times in comments.items() if times > 1]
        outcome.require(not twice, f"no comment is in room {room} twice: {twice[:3]}")


def _decode(feed_id: int | None, message: bytes) -> chatmessage:
    """A message of a log; of a feed's, its row."""
    if feed_id is None:
        return chatmessage.FromString(message)
    return chatmessage(eventmsg=event.FromString(message))


async def _audit_members(world: World, outcome: Outcome, last_seqs: dict[int, int]) -> None:
    members = world.resumers
    results = await asyncio.gather(
        *(member.reach(last_seqs[member.room]) for member in members), return_exceptions=True
    )
    stuck = [str(result) for result in results if isinstance(result, BaseException)]
    outcome.require(not stuck, f"everybody got everything: {stuck[:3]}")
    flaws = {
        "gaps": sum(member.gaps for member in members),
        "doubles": sum(member.doubles for member in members),
        "truncated": sum(member.truncated for member in members),
    }
    outcome.count(members=len(members), deliveries=sum(member.received for member in members))
    outcome.count(left_behind=len(stuck), **flaws)
    outcome.require(not any(flaws.values()), "no gaps, doubles, truncated resumes")


async def _audit_transcripts(world: World, outcome: Outcome, last_seqs: dict[int, int]) -> None:
    """What members got is what the log says, and the same for all."""
    differing = sum(transcript.differing for transcript in world.transcripts.values())
    outcome.count(differing=differing)
    outcome.require(differing == 0, f"all members got the same bytes, {differing} messages differed")
    for room, transcript in world.transcripts.items():
        agrees = await _agrees(world, room, transcript, last_seqs[room])
        outcome.require(agrees, f"room {room} got what its log says")


async def _audit_members_known(world: World, outcome: Outcome) -> None:
    """Those who are members in Postgres's eyes are those who are here; whoever left meanwhile has left."""
    here = {member.name for member in world.resumers}

    async def are_equal() -> bool:
        return {row["username"] for row in await world.fetch(MEMBERS)} == here

    try:
        await until(are_equal, "Postgres to have the members that are here", GHOST_SECONDS * world.patience)
    except AssertionError as error:
        known = {row["username"] for row in await world.fetch(MEMBERS)}
        outcome.require(
            False, f"{error}; ghosts are {sorted(known - here)[:5]}, missing are {sorted(here - known)[:5]}"
        )
    outcome.count(ghosts=len({row["username"] for row in await world.fetch(MEMBERS)} - here))


def _audit_logs_of_parts(world: World, outcome: Outcome) -> None:
    lines = {f"{part}: {line}" for part, output in world.stack.outputs.items() for line in repeated(output)}
    outcome.require(not lines, f"no line of a log repeats within a minute: {sorted(lines)[:3]}")


async def _agrees(world: World, room: int, transcript: Transcript, last_seq: int) -> bool:
    after = 0
    while after < last_seq:
        page = await world.fetch(READ_LOG, room, after, last_seq)
        for seq, feed_id, message in page:
            # A feed's message is wrapped by the gateway, which unit tests compare.
            if feed_id is None and transcript.hashes.get(seq, hash(message)) != hash(message):
                return False
        if not page:
            return False
        after = page[-1][0]
    return True
