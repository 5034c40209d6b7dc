"""Members who speak JSON see what the others in their room see, and harm nobody with what they send."""

import asyncio
import random

import asyncpg
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from edgechat.client import JoinDeniedError
from gateway.encoding.printing import print_message
from harness.added_feeds import add_tides, add_weather, store
from harness.parts import Stack
from harness.people import People, User
from harness.random_messages import TEXTS, random_message
from harness.rooms import Rooms, make_event, make_execution
from proto.chatmessage_pb2 import COMMENT, EVENT, EXECUTION, FEED, ROOM_STATUS, chatmessage
from proto.execution_pb2 import execution
from proto.sizes import MAX_CONTENT_BYTES
from proto.subprotocol import JSON_SUBPROTOCOL

STORE_TIDES = "insert into feed.tides (line, message) values ($1, $2)"
CUT_LOG = "delete from chat.room_log where room_id = 0 and seq <= 5"
OVERFLOWING = execution(symbol="a", market="b", price=1, quantity=1, executionEpoch=10**16, stateSymbol="PA")
BROKEN = 2000
SENDERS = 20


async def provoke(adam: User, rooms: Rooms) -> None:
    """Whatever a room with two feeds beside the original's may get."""
    connection = rooms.connection
    await adam.set_filters({"weather": "temperature > 1", "tides": "NONE"})
    await adam.status("FILTERAPPLIED")
    for text in TEXTS:
        if text and "\0" not in text:
            await adam.comment(text)
    await rooms.store_events([make_event(text=text) for text in TEXTS if "\0" not in text])
    await rooms.store_executions([make_execution(price=price) for price in (0.1, 17.25, 1e7, 0.0)])
    await store(connection, Ulm=1, Oslo=2.5, Zürich=3)
    await connection.execute(STORE_TIDES, "high", b"\xff\x00 high")
    await adam.set_filter(execution="executionEpoch * 1000 > 0")
    await adam.status("FILTERAPPLIED")
    await rooms.store_executions([OVERFLOWING])
    await adam.status("FILTERSUSPENDED")
    await adam.set_filter(sport="sport_name = 'Tennis'", execution="NONE")
    await adam.status("FILTERAPPLIED")
    await adam.comment("the end")


async def test_all_in_a_room_see_the_same(
    stack: Stack, people: People, connection: asyncpg.Connection, rooms: Rooms
) -> None:
    """Messages of every type, live and from the past; original clients too, but for rows of feeds that were added."""
    await add_weather(connection)
    await add_tides(connection)
    gateway = await stack.start_gateway(MAX_NUMUSERS="[9]")
    orig = await people.connect(gateway.port, as_original=True)
    await orig.enter("orig")
    eve = await people.join(gateway.port, "eve")
    zoe = await people.join_in_json(gateway.port, "zoe")
    adam = await people.join_in_json(gateway.port, "adam")
    await zoe.status("USERJOINED", user="adam")
    for user in (eve, orig):
        await user.status("USERJOINED", user="adam")
    late = await people.join_in_json(gateway.port, "late", 1)
    await late.close()
    await provoke(adam, rooms)
    seen, plain, as_original = [await user.through("the end") for user in (zoe, eve, orig)]
    assert seen == plain
    assert as_original == [message for message in plain if message.mtype != FEED]
    assert {message.mtype for message in seen} == {ROOM_STATUS, COMMENT, EVENT, EXECUTION, FEED}
    assert {each.userstatus for each in seen} >= {"FILTERAPPLIED", "FILTERSUSPENDED"}
    assert any(message.reason for message in seen if message.userstatus == "FILTERAPPLIED")
    assert [message.comment for message in seen if message.mtype == COMMENT] == [
        text for text in (*TEXTS, "the end") if text and "\0" not in text
    ]
    assert b"\xff\x00 high" in [message.rowbytes for message in seen]
    await compare_pasts(people, gateway.port, connection)


async def compare_pasts(people: People, port: int, connection: asyncpg.Connection) -> None:
    """Two who ask for the same of the past, one after the other, get the same, also where some of it is gone."""
    for statement in (None, CUT_LOG):
        if statement:
            await connection.execute(statement)
        for resume_after, history in ((2, None), (None, 20)):
            plain, seen = [
                await hear_past(people, port, resume_after, history, in_json=in_json) for in_json in (False, True)
            ]
            common = plain.keys() & seen.keys()
            assert len(common) > 9, (statement, resume_after, sorted(plain), sorted(seen))
            assert {seq: plain[seq] for seq in common} == {seq: seen[seq] for seq in common}
            if resume_after is not None:
                assert common == plain.keys()
                assert (plain[min(plain)].userstatus == "HISTORY_TRUNCATED") == (statement is not None)


async def hear_past(
    people: People, port: int, resume_after: int | None, history: int | None, *, in_json: bool
) -> dict[int, chatmessage]:
    """What somebody new gets of the past, by sequence, and up to a comment behind it."""
    user = await people.connect(port, in_json=in_json)
    joined = await user.join("again", 0, resume_after, history)
    assert joined.resume_token
    assert not joined.HasField("seq")
    await user.comment(joined.resume_token)
    heard = await user.through(joined.resume_token)
    user.abort()
    await people.until_members(port, 0, lambda users: "again" not in users)
    return {message.seq: message for message in heard}


async def test_refusals_are_the_same(stack: Stack, people: People) -> None:
    """Each with its reason and place; the connection stays open."""
    gateway = await stack.start_gateway(MAX_NUMUSERS="[1,4,4,4,4]")
    await people.join(gateway.port, "full")
    answers = []
    for in_json in (False, True):
        user = await people.connect(gateway.port, in_json=in_json)
        got = []
        await user.comment("too early")
        got.append(await user.receive())
        for name, room in (("x", 0), ("x", 99), ("full", 1), ("", 1), ("é" * 65, 1)):
            with pytest.raises(JoinDeniedError) as denied:
                await user.join(name, room)
            got.append(denied.value.answer)
        await user.enter("zoe", 1)
        for request in ({"sport": "sprt = 4"}, {"sport": "sport = ", "execution": "ALL"}):
            await user.set_filter(**request)
            got.append(await user.status("REJECTED_BADFILTER"))
        await user.set_filters({"none": "ALL"})
        got.append(await user.status("REJECTED_BADFILTER"))
        for text in ("", "\0", "x" * (MAX_CONTENT_BYTES + 1)):
            await user.comment(text)
            got.append(await user.status("REJECTED_COMMENT"))
        user.abort()
        await people.until_empty(gateway.port, 1)
        answers.append(got)
    plain, seen = answers
    assert seen == plain
    assert all(message.reason for message in seen)
    assert any(message.HasField("reason_at") for message in seen)


async def test_a_place_is_taken_back(stack: Stack, people: People) -> None:
    """With the token, by another encoding than before; the old connection is closed."""
    gateway = await stack.start_gateway()
    eve = await people.join(gateway.port, "eve")
    adam = await people.join_in_json(gateway.port, "adam")
    await adam.comment("one")
    [one] = await eve.comments()
    again = await people.connect(gateway.port)
    await again.enter("adam", resume_after=one.seq, resume_token=adam.joined.resume_token)
    async for _ in adam.messages():
        pass
    assert adam.closing == (1012, "resumed on another connection")
    back = await people.connect(gateway.port, in_json=True)
    await eve.comment("two")
    await again.through("two")
    await back.enter("adam", resume_after=one.seq, resume_token=again.joined.resume_token)
    assert [message.comment for message in await back.through("two")] == ["two"]


async def test_large_comments(stack: Stack, people: People) -> None:
    """The largest reaches everybody; one whose JSON is too large is told of to those who speak JSON."""
    gateway = await stack.start_gateway()
    eve = await people.join(gateway.port, "eve")
    zoe = await people.join_in_json(gateway.port, "zoe")
    largest = "é" * (MAX_CONTENT_BYTES // 2)
    await zoe.send_raw('{"mtype":"COMMENT","comment":"' + largest + '"}')
    assert [(await user.comments())[0].comment for user in (zoe, eve)] == [largest] * 2
    await eve.comment('"' * 600_000)
    [whole] = await eve.comments()
    omitted = await zoe.status("OMITTED_TOOLARGE")
    assert (omitted.seq, omitted.user) == (whole.seq, "eve")
    await zoe.comment("still here")
    assert (await zoe.comments())[0].seq == whole.seq + 1


@pytest.mark.parametrize(
    ("data", "closing"),
    [
        (b"\x08\x03\x3a\x02hi", (1003, "send chatmessages as JSON in text frames, or offer edgechat.proto")),
        ("hello", (1007, "not a chatmessage: not JSON: Expecting value at character 1")),
        ('{"mtype":"COMMENT"', (1007, "not a chatmessage: not JSON: Expecting ',' delimiter at character 19")),
        ('{"comment":"hi"}', (1007, "not a chatmessage: `mtype` is missing")),
        ('{"mtype":"SHOUT"}', (1007, "not a chatmessage: `mtype` must be a name of msgtype")),
        (
            '{"mtype":"COMMENT","comment":"\\ud800"}',
            (1007, "not a chatmessage: `comment` must be a text of whole characters"),
        ),
        ('{"\\ud800":1,"\\ud800":1}', (1007, "not a chatmessage: `?` stands there twice")),
        ("[" * 1_000_000, (1007, "not a chatmessage: nested too deeply")),
        ('{"mtype":"ROOM_STATUS"}', (1008, "mtype must be JOIN_REQ, COMMENT or FILTER")),
        ('{"mtype":"COMMENT","comment":"' + "x" * 2**20 + "é" * 2100 + '"}', None),
    ],
)
async def test_bad_input_closes_with_its_code(
    stack: Stack, people: People, data: str | bytes, closing: tuple[int, str] | None
) -> None:
    """And a reason that says what is wrong; the others go on."""
    gateway = await stack.start_gateway()
    eve = await people.join_in_json(gateway.port, "eve")
    adam = await people.join_in_json(gateway.port, "adam")
    await adam.send_raw(data)
    async for _ in adam.messages():
        pass
    if closing is None:
        assert adam.closing[0] == 1009
    else:
        assert adam.closing == closing
    await eve.status("USEREXITED", user="adam")
    await eve.comment("still here")
    await eve.through("still here")


def broken(draw: random.Random) -> str:
    """The JSON of a random message, with some of it replaced."""
    text = print_message(random_message(draw, 0.2))
    start = draw.randrange(len(text))
    new = draw.choice(
        ("", '"', "\\u", "{", "}", "[" * 5000, ",", "1e400", "-", "\\udc00", "9" * 6000, "\\u0000", "null")
    )
    return text[:start] + new + text[start + draw.choice((0, 1, 20)) :]


async def test_thousands_of_broken_texts_harm_nobody(stack: Stack, people: People) -> None:
    """Over real connections, each sent by many at once; whoever watches sees everything that was said meanwhile."""
    gateway = await stack.start_gateway(MAX_NUMUSERS="[100]")
    eve = await people.join_in_json(gateway.port, "eve", 4)
    codes = set()

    async def send_broken(seed: int) -> None:
        draw = random.Random(seed)
        for _ in range(BROKEN // SENDERS):
            async with connect(
                f"ws://127.0.0.1:{gateway.port}",
                subprotocols=[Subprotocol(JSON_SUBPROTOCOL)],
                compression=None,
                proxy=None,
            ) as connection:
                try:
                    await connection.send(broken(draw))
                    await connection.send("the end")
                    while True:
                        await connection.recv()
                except ConnectionClosed:
                    codes.add(connection.close_code)

    async with asyncio.TaskGroup() as tasks:
        for seed in range(SENDERS):
            tasks.create_task(send_broken(seed))
    assert codes == {1007, 1008}
    await eve.comment("still here")
    await eve.through("still here")
    gateway.part.require_alive()
    assert "bug" not in gateway.part.output
    assert "Traceback" not in gateway.part.output
