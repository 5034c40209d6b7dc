"""A member asks what a filter would pass, what columns held, why a row came; and only they get an answer."""

import asyncio
import json
import time

import asyncpg
import pytest
from websockets.exceptions import ConnectionClosed

from harness.clauses import read_attacks
from harness.parts import Stack
from harness.people import People
from harness.questions import ask, explained, preview, values
from harness.rooms import Rooms, make_event, make_execution
from proto.chatmessage_pb2 import (
    EVENT,
    EXPLAIN,
    FILTERS,
    HISTORY,
    PREVIEW,
    RATES,
    VALUES,
    chatmessage,
    msgtype,
)

QUESTIONS = [PREVIEW, VALUES, EXPLAIN, HISTORY, FILTERS, RATES]
KEPT = "select count(*) from chat.chat_event"
CATALOG = "select count(*) from pg_class"
FILTERS_KNOWN = "select count(*) from chat.room_filter"


async def test_a_preview_tells_what_would_pass(stack: Stack, people: People, rooms: Rooms) -> None:
    """How many of the stored rows, how fast, three of them; and it changes nothing."""
    adam = await people.join((await stack.start_gateway()).port, "adam")
    await rooms.store_executions([make_execution(f"S{number}", price=number) for number in range(100)])
    connection = rooms.connection
    before = [await connection.fetchval(query) for query in (KEPT, FILTERS_KNOWN, CATALOG)]
    answer = await preview(adam, "execution", "price >= 90")
    told = answer.preview
    assert (told.examined, told.matching, len(told.examples)) == (100, 10, 3)
    assert 0 < told.per_minute <= 600
    assert [json.loads(example.row)["symbol"] for example in told.examples] == ["S99", "S98", "S97"]
    assert set(json.loads(told.examples[0].row)) >= {"symbol", "price", "state_symbol"}
    for clause, matching in (("NONE", 100), ("ALL", 0), ("SAME", 100), (" none ", 100)):
        assert (await preview(adam, "execution", clause)).preview.matching == matching
    assert "never be true" in (await preview(adam, "execution", "price = null")).preview.warning
    assert (await preview(adam, "sport_event", "sport = 1")).preview.examined == 0
    assert [await connection.fetchval(query) for query in (KEPT, FILTERS_KNOWN, CATALOG)] == before


@pytest.mark.parametrize(
    ("feed", "clause", "reason", "place"),
    [
        ("execution", "price > fifty", "execution filter: no column `fifty`", 9),
        ("execution", "price >", "execution filter: the clause ends too early", None),
        ("execution", "symbol = 'a\0b'", "execution filter: ", None),
        ("execution", "1=1); drop table chat.room; --", "execution filter: ", None),
        ("execution", "", "execution filter: ", None),
        ("wether", "NONE", "there is no feed 'wether'; feeds are sport_event, execution", None),
        ("", "NONE", "there is no feed ''; feeds are sport_event, execution", None),
        ("execution", "price > 1" + " or price > 1" * 300, "execution filter: ", None),
    ],
)
async def test_a_refused_clause_is_answered_with_the_reason(
    stack: Stack, people: People, feed: str, clause: str, reason: str, place: int | None
) -> None:
    """And with its place, as a FILTER would be."""
    adam = await people.join((await stack.start_gateway()).port, "adam")
    answer = await ask(adam, PREVIEW, feed=feed, clause=clause, request=7)
    assert answer.reason.startswith(reason)
    assert not answer.HasField("preview")
    assert answer.request == 7
    if place is not None:
        assert answer.reason_at == place
    if not reason.startswith("there is no feed"):
        await adam.set_filter("SAME", clause)
        refused = await adam.status("REJECTED_BADFILTER")
        assert (refused.reason, refused.reason_at) == (answer.reason, answer.reason_at)


async def test_no_attack_passes_as_a_preview(stack: Stack, people: People) -> None:
    """What a FILTER refuses a PREVIEW refuses, too; five a second and twenty at once, so a part of them."""
    gateway = await stack.start_gateway(MAX_NUMUSERS="[30]")
    refused = [case for case in read_attacks() if not case.is_valid and case.feed_id == 2][::5]
    assert len(refused) > 20
    for number in range(0, len(refused), 15):
        user = await people.join(gateway.port, f"user {number}")
        for case in refused[number : number + 15]:
            answer = await preview(user, "execution", case.clause)
            assert answer.reason, case
            assert not answer.HasField("preview"), case


async def test_a_clause_that_raises_on_a_row_says_so(stack: Stack, people: People, rooms: Rooms) -> None:
    """A trial does not meet every row."""
    adam = await people.join((await stack.start_gateway()).port, "adam")
    await rooms.store_executions([make_execution("x", epoch=2**62)])
    await rooms.store_executions([make_execution(f"{number}") for number in range(400)])
    answer = await preview(adam, "execution", "executionEpoch * 1000 > 0")
    assert "out of range" in answer.reason


async def test_values_are_written_as_a_clause_takes_them(
    stack: Stack, people: People, connection: asyncpg.Connection
) -> None:
    """Of every type; what is put behind `column =` is taken, and matches the rows that were counted."""
    await connection.execute(
        "select chat.add_feed('mixed', 'mixed', columns => "
        "'{name:text,n:integer,big:bigint,f:float,yes:boolean,at:timestamp,tags:text[],more:jsonb}')"
    )
    await connection.execute(
        "insert into feed.mixed (name, n, big, f, yes, at, tags, more) values "
        "('it''s', -1, 12345678901, 0.1, true, '2026-11-01 12:00:00.5+01', '{red,\"a b\"}', '{}'), "
        "('back\\slash', 5, -7, 1e-7, false, '2026-11-02', '{red}', null), "
        "('$$ -- /*', null, null, 'NaN', null, null, null, null), "
        "('', 5, 0, 'Infinity', true, '0001-01-01', '{}', '[1]'), (null, 5, 0, -1.50, true, now(), '{null}', '1')"
    )
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    eve = await people.join(gateway.port, "eve")
    assert await values(adam, "mixed", "n") == ["5", "-1"]
    assert (await values(adam, "mixed", "tags"))[0] == "'red'"
    assert await values(adam, "mixed", "more") == []
    assert len(await values(adam, "mixed", "name")) == 4
    for column in ("name", "n", "big", "f", "yes", "at", "tags", "subject"):
        for literal in (await values(adam, "mixed", column))[:3]:
            clause = f"{literal} = any({column})" if column == "tags" else f"{column} = {literal}"
            while (answer := await preview(eve, "mixed", clause)).reason.startswith("questions come too fast"):
                await asyncio.sleep(0.2)
            assert answer.preview.matching >= 1, (clause, answer)


async def test_values_are_found_by_their_beginning(stack: Stack, people: People, rooms: Rooms) -> None:
    """The most frequent first, 20 of them, by any spelling of the column; numbers and names of sports."""
    adam = await people.join((await stack.start_gateway()).port, "adam")
    await rooms.store_events([make_event(7)] * 3 + [make_event(1)] * 2 + [make_event(3)])
    await rooms.store_executions([make_execution(f"S{number:02}") for number in range(30)])
    assert await values(adam, "sport_event", "sport") == ["7", "1", "3"]
    assert await values(adam, "sport_event", "sport_name") == ["'TENNIS'", "'BASEBALL'", "'FOOTBALL'"]
    assert await values(adam, "sport_event", "SPORT_NAME", "te") == ["'TENNIS'"]
    assert len(await values(adam, "execution", "symbol")) == 20
    assert await values(adam, "execution", "symbol", "s1") == [f"'S1{number}'" for number in range(10)]
    for column in ("stateSymbol", "state_symbol", "STATESYMBOL"):
        assert await values(adam, "execution", column) == ["'PA'"]
    answer = await ask(adam, VALUES, feed="execution", column="prize")
    assert answer.reason.startswith("execution has no column 'prize'; columns are symbol, market, price")


async def test_a_row_is_explained_by_its_seq_or_its_key(stack: Stack, people: People, rooms: Rooms) -> None:
    """Whether the room got it or not; what is no row is answered in words."""
    adam = await people.join((await stack.start_gateway()).port, "adam")
    await adam.set_filter("ALL", "price > 50")
    await adam.status("FILTERAPPLIED")
    await rooms.store_executions([make_execution("cheap", price=10), make_execution("dear", price=99)])
    [message] = await adam.feed(1)
    by_seq = await ask(adam, EXPLAIN, seq=message.seq)
    assert (by_seq.feed, by_seq.seq, json.loads(by_seq.row)["symbol"]) == ("execution", message.seq, "dear")
    came = await explained(adam, feed="execution", row_id=by_seq.row_id)
    assert came["delivered"] == f"yes, as seq {message.seq}"
    missed = await explained(adam, feed="execution", row_id=by_seq.row_id - 1)
    assert (missed["delivered"], missed["seq"]) == ("no", "")
    assert missed["why not"] == "the filter does not pass it"
    for fields, reason in (
        ({"seq": 1}, "message 1 is one of the room itself"),
        ({"seq": 10_000}, "the room has no message 10000"),
        ({"seq": 2**64 - 1}, "the room has no message"),
        ({"feed": "execution", "row_id": 10_000}, "execution has no row 10000"),
        ({"feed": "execution", "row_id": 2**64 - 1}, "execution has no row"),
        ({"feed": "wether", "row_id": 1}, "there is no feed 'wether'"),
        ({"feed": "execution"}, "say which row"),
    ):
        assert (await explained(adam, **fields))["reason"].startswith(reason)


async def test_past_filters_tell_who_set_them(stack: Stack, people: People, connection: asyncpg.Connection) -> None:
    """Newest first, with the state of each."""
    adam = await people.join((await stack.start_gateway()).port, "adam")
    for clause in ("price > 1", "price > 2"):
        await adam.set_filter("SAME", clause)
        await adam.status("FILTERAPPLIED")
    told = (await ask(adam, FILTERS)).past_filters
    assert [(f.feed, f.clause, f.set_by, f.state) for f in told[:2]] == [
        ("execution", "price > 2", "adam", "in force"),
        ("execution", "price > 1", "adam", "replaced"),
    ]
    assert abs(told[0].set_at / 1000 - time.time()) < 60
    assert len((await ask(adam, FILTERS, history=1)).past_filters) == 1


async def test_rates_count_the_rows_of_each_feed(stack: Stack, people: People, rooms: Rooms) -> None:
    """Also those that no filter passes; looked at once a second at most."""
    adam = await people.join((await stack.start_gateway()).port, "adam")
    await adam.set_filter("ALL", "ALL")
    await adam.status("FILTERAPPLIED")
    first = {rate.feed: rate.rows for rate in (await ask(adam, RATES)).rates}
    await rooms.store_events([make_event()] * 12)
    assert {rate.feed: rate.rows for rate in (await ask(adam, RATES)).rates} == first
    await asyncio.sleep(1.1)
    second = {rate.feed: rate.rows for rate in (await ask(adam, RATES)).rates}
    assert second == first | {"sport_event": first["sport_event"] + 12}


@pytest.mark.parametrize("mtype", QUESTIONS)
async def test_who_may_not_ask_is_told(stack: Stack, people: People, mtype: msgtype) -> None:
    """In no room: a reason. Without a subprotocol: the close code that an original client always got."""
    gateway = await stack.start_gateway()
    stranger = await people.connect(gateway.port)
    answer = await ask(stranger, mtype, request=2**64 - 1)
    assert (answer.reason, answer.request) == ("join a room before asking", 2**64 - 1)
    original = await people.connect(gateway.port, as_original=True)
    await original.send(chatmessage(mtype=mtype))
    with pytest.raises(ConnectionClosed) as closed:
        await original.receive()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


async def test_too_many_questions_are_refused_and_others_go_on(stack: Stack, people: People, rooms: Rooms) -> None:
    """Twenty at once; whoever asks without end holds up nobody, and comments of their own come in their turn."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    eve = await people.join(gateway.port, "eve")
    for number in range(200):
        await adam.send(chatmessage(mtype=PREVIEW, feed="execution", clause=f"price > {number}", request=number))
    await adam.comment("done")
    await eve.comment("not held up")
    heard = await adam.until(lambda message: message.comment == "done")
    answers = [message for message in heard if message.mtype == PREVIEW]
    assert [answer.request for answer in answers] == list(range(200))
    refused = [answer for answer in answers if answer.reason.startswith("questions come too fast")]
    assert 100 < len(refused) <= 180
    assert all(answer.HasField("preview") for answer in answers[:20])


async def test_questions_are_answered_in_words_while_the_database_is_away(
    stack: Stack, people: People, connection: asyncpg.Connection
) -> None:
    """A missing function costs the answer and not the connection."""
    adam = await people.join((await stack.start_gateway()).port, "adam")
    await connection.execute("alter function chat.list_values rename to list_other_values")
    answer = await ask(adam, VALUES, feed="execution", column="symbol")
    assert answer.reason.startswith("a fault of the service")
    assert (await ask(adam, PREVIEW, feed="execution", clause="NONE")).HasField("preview")
    await adam.comment("still here")
    await adam.comments()


async def test_an_original_client_beside_them_gets_nothing_new(stack: Stack, people: People, rooms: Rooms) -> None:
    """Answers go to the sender alone."""
    gateway = await stack.start_gateway()
    original = await people.connect(gateway.port, as_original=True)
    await original.ask_to_join("original", 0)
    await original.status("USERJOINED")
    adam = await people.join(gateway.port, "adam")
    for mtype in QUESTIONS:
        await ask(adam, mtype, feed="execution", clause="NONE", column="symbol", seq=1)
    await rooms.store_events([make_event()])
    heard = await original.until(lambda message: message.mtype == EVENT)
    assert {message.mtype for message in heard} <= {1, EVENT}
