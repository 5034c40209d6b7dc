"""What a member asks for a person's sake is answered to that member alone, in the order in which it was asked."""

import asyncio
import json
import time
from typing import Any

import asyncpg
import pytest

from harness.added_feeds import add_weather, store, until_known
from harness.clauses import read_attacks
from harness.parts import Stack
from harness.people import People, User
from harness.rooms import Rooms, make_event, make_execution
from harness.servers import revive, running_postgres, temporary_directory
from harness.weather import WEATHER
from proto import chatmessage_pb2 as pb
from proto.chatmessage_pb2 import chatmessage

QUESTIONS = (pb.PREVIEW, pb.VALUES, pb.EXPLAIN, pb.HISTORY, pb.FILTERS, pb.RATES)
# Not the partitions that are made meanwhile.
LEFT = """
with own as (select oid from pg_class where relnamespace not in ('part'::regnamespace, 'pg_toast'::regnamespace))
select (select count(*) from own), (select count(*) from pg_proc),
  (select count(*) from pg_attribute where attrelid in (select oid from own)),
  (select count(*) from chat.room_filter), (select count(*) from chat.chat_event), (select count(*) from chat.room_log)
"""


async def ask(user: User, **fields: Any) -> chatmessage:
    """The answer to a question."""
    question = chatmessage(**fields)
    await user.send(question)
    answer = (await user.until(lambda message: message.mtype == question.mtype))[-1]
    assert answer.HasField("request") == question.HasField("request")
    assert answer.request == question.request
    return answer


@pytest.mark.parametrize("postgres_version", [18, 16])
async def test_each_question_is_answered(stack: Stack, people: People, rooms: Rooms) -> None:
    """By what the tables hold; with the number that the client chose."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    await add_weather(rooms.connection)
    await until_known(adam, "weather")
    await rooms.store_events([make_event(sport, text=f"Q{sport}") for sport in (1, 2, 3, 4)])
    await rooms.store_executions([make_execution(price=price) for price in (10, 20.5, 99.99)])
    await store(rooms.connection, Ulm=1, Rome=30.5, Cairo=40)
    await adam.feed(10)

    preview = (await ask(adam, mtype=pb.PREVIEW, request=7, feed="execution", clause="price > 15")).preview
    assert (preview.examined, preview.matching) == (3, 2)
    assert 0 < preview.per_minute <= 120
    assert [example.row_id for example in preview.examples] == [3, 2]
    assert json.loads(preview.examples[0].row) == {
        "symbol": "DAYTONA:winner--Kyle Busch",
        "market": "NASCAR",
        "price": 99.99,
        "quantity": 100.25,
        "execution_epoch": 1600000000,
        "state_symbol": "PA",
    }
    added = (await ask(adam, mtype=pb.PREVIEW, feed="weather", clause="city like '%o%'")).preview
    assert (added.matching, [json.loads(each.row)["city"] for each in added.examples]) == (2, ["Cairo", "Rome"])

    values = (await ask(adam, mtype=pb.VALUES, feed="weather", column="CITY", prefix="r", request=0)).values
    assert [(value.literal, value.count) for value in values] == [("'Rome'", 1)]
    symbols = (await ask(adam, mtype=pb.VALUES, feed="execution", column="stateSymbol")).values
    assert [(value.literal, value.count) for value in symbols] == [("'PA'", 3)]

    explained = await ask(adam, mtype=pb.EXPLAIN, feed="weather", row_id=2)
    assert (explained.feed, explained.row_id, json.loads(explained.row)["city"]) == ("weather", 2, "Rome")
    items = {each.item: each.value for each in explained.explanation}
    assert items["delivered"] == f"yes, as seq {explained.seq}"
    assert items["filter"].startswith("NONE, set by adam at ")
    assert "row" not in items
    again = await ask(adam, mtype=pb.EXPLAIN, seq=explained.seq)
    assert again == explained

    filters = (await ask(adam, mtype=pb.FILTERS, history=1)).past_filters
    assert [(each.feed, each.clause, each.set_by, each.state) for each in filters] == [
        ("weather", "NONE", "adam", "active")
    ]
    assert filters[0].set_at == await rooms.connection.fetchval(
        "select floor(extract(epoch from set_at) * 1000) from chat.room_filter order by room_filter_id desc limit 1"
    )
    assert len((await ask(adam, mtype=pb.FILTERS)).past_filters) == 3
    rates = (await ask(adam, mtype=pb.RATES)).rates
    assert [(rate.feed, rate.rows) for rate in rates] == [("sport_event", 4), ("execution", 3), ("weather", 3)]
    await rooms.store_events([make_event()])
    await asyncio.sleep(1.1)
    assert (await ask(adam, mtype=pb.RATES)).rates[0].rows == 5


async def test_what_cannot_be_answered_is_told(stack: Stack, people: People, rooms: Rooms) -> None:
    """In words, with what there is; the connection stays, and nobody else hears of it."""
    gateway = await stack.start_gateway()
    adam = await people.connect(gateway.port)
    for mtype in QUESTIONS:
        assert (await ask(adam, mtype=mtype, request=1)).reason == "join a room before asking"
    await adam.enter("adam")
    eve = await people.join(gateway.port, "eve")
    await adam.comment("hi")
    for fields, words in (
        ({"mtype": pb.PREVIEW, "feed": "sports", "clause": "NONE"}, "feeds are sport_event, execution"),
        ({"mtype": pb.PREVIEW}, "there is no feed ''"),
        ({"mtype": pb.VALUES, "feed": "x\0" * 1000, "column": "x"}, "there is no feed 'x"),
        ({"mtype": pb.VALUES, "feed": "execution", "column": "prize"}, "columns are symbol, market, price, quantity"),
        ({"mtype": pb.VALUES, "feed": "execution", "column": "message"}, "has no column"),
        ({"mtype": pb.EXPLAIN, "feed": "execution", "row_id": 2**64 - 1}, "there is no row"),
        ({"mtype": pb.EXPLAIN, "seq": 1}, "message 1 is no feed row but a ROOM_STATUS USERJOINED"),
        ({"mtype": pb.EXPLAIN, "seq": 3}, "message 3 is no feed row but a comment"),
        ({"mtype": pb.EXPLAIN, "seq": 2**64 - 1}, "its newest is 3"),
        ({"mtype": pb.EXPLAIN, "seq": 0}, "no message 0"),
    ):
        answer = await ask(adam, request=2**64 - 1, **fields)
        assert words in answer.reason, answer
        assert len(answer.reason) <= 4000
        answer.ClearField("request")
        assert [field.name for field, _ in answer.ListFields()] == ["mtype", "reason"]
    await adam.comment("bye")
    assert [message.mtype for message in await eve.through("bye")] == [pb.COMMENT, pb.COMMENT]
    assert "refuses" not in gateway.part.output


async def test_a_client_of_the_original_is_closed(stack: Stack, people: People) -> None:
    """As for any mtype that only the service sends."""
    gateway = await stack.start_gateway()
    for mtype in QUESTIONS:
        orig = await people.connect(gateway.port, as_original=True)
        await orig.send(chatmessage(mtype=mtype))
        assert [message async for message in orig.messages()] == []
        assert orig.closing == (1008, "mtype must be JOIN_REQ, COMMENT or FILTER")


async def test_answers_come_in_order(stack: Stack, people: People) -> None:
    """One at a time, and before what the client sends later; twenty at once, the rest is told to wait."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    for number in range(1, 31):
        mtype = QUESTIONS[number % len(QUESTIONS)]
        await adam.send(chatmessage(mtype=mtype, request=number, feed="execution", column="price", clause="NONE"))
    await adam.comment("behind")
    heard = await adam.through("behind")
    answers = [message for message in heard if message.mtype in QUESTIONS]
    assert [answer.request for answer in answers] == [*range(1, 31)]
    late = [answer.request for answer in answers if "questions come too fast" in answer.reason]
    assert late
    assert min(late) > 20
    await asyncio.sleep(1)
    assert not (await ask(adam, mtype=pb.RATES)).HasField("reason")


async def test_a_database_that_is_away_is_told(people: People) -> None:
    """And what it refuses is the service's fault; the connection stays through both."""
    with running_postgres(18) as postgres, temporary_directory() as directory:
        stack = Stack(postgres.create_migrated(), None, directory)
        try:
            gateway = await stack.start_gateway(MAX_NUMUSERS="[20]")
            adam = await people.join(gateway.port, "adam")
            users = [await people.join(gateway.port, f"user {mtype}") for mtype in QUESTIONS]
            connection = await asyncpg.connect(stack.database_url)
            await connection.execute("drop function chat.answer_rates, chat.answer_preview cascade")
            await connection.close()
            assert (await ask(adam, mtype=pb.RATES)).reason.startswith("a fault of the service")
            refused = await ask(adam, mtype=pb.PREVIEW, feed="execution", clause="NONE")
            assert "could not look at the filter to its end" in refused.reason
            postgres.server.kill()
            # Each waits for the database for a while.
            words = {"request": 3, "feed": "execution", "clause": "NONE", "column": "price"}
            answers = await asyncio.gather(
                *(ask(user, mtype=mtype, **words) for user, mtype in zip(users, QUESTIONS, strict=True))
            )
            assert {answer.reason for answer in answers} == {"the database is away; ask again in a moment"}
            revive(postgres.server)
            async with asyncio.timeout(60):
                while (await ask(adam, mtype=pb.FILTERS)).HasField("reason"):
                    await asyncio.sleep(0.5)
        finally:
            stack.stop()


async def test_hostile_clauses_are_refused_and_leave_nothing(
    stack: Stack, people: People, connection: asyncpg.Connection
) -> None:
    """None that a FILTER would refuse is accepted; after a thousand previews the catalog is as it was."""
    gateway = await stack.start_gateway(MAX_NUMUSERS="[20]")
    cases = [case for case in read_attacks() if case.feed_id != WEATHER]
    users = [await people.join(gateway.port, f"user {number}") for number in range(20)]
    before = tuple(await connection.fetchrow(LEFT) or ())
    wrong = []

    async def try_some(number: int) -> int:
        user, tried = users[number], 0
        for case in (cases + cases)[number :: len(users)]:
            feed = "sport_event" if case.feed_id == 1 else "execution"
            while True:
                answer = await ask(user, mtype=pb.PREVIEW, feed=feed, clause=case.clause)
                if "too fast" not in answer.reason and "too many refused" not in answer.reason:
                    break
                await asyncio.sleep(0.3)
            tried += 1
            if answer.HasField("reason") is case.is_valid:
                wrong.append((case, answer))
        return tried

    assert sum(await asyncio.gather(*(try_some(number) for number in range(len(users))))) > 1000
    assert wrong == []
    assert tuple(await connection.fetchrow(LEFT) or ()) == before
    zero = await ask(users[0], mtype=pb.PREVIEW, feed="execution", clause="market = 'a\0b'")
    assert "control character" in zero.reason
    assert zero.reason_at == 10


async def test_refused_previews_are_looked_at_once_a_second(stack: Stack, people: People) -> None:
    """After thirty; filters are taken all the same, and other questions."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    reasons = []
    for number in range(60):
        answer = await ask(adam, mtype=pb.PREVIEW, feed="execution", clause=f"price = {number} +")
        assert answer.reason
        reasons.append(answer.reason)
        if "too many refused" in answer.reason:
            break
        await asyncio.sleep(0.15)
    assert "too many refused" in reasons[-1]
    assert sum("at character" in reason or "execution filter" in reason for reason in reasons) >= 25
    await asyncio.sleep(0.5)
    assert not (await ask(adam, mtype=pb.RATES)).HasField("reason")
    await adam.set_filter("sport = 3", "NONE")
    await adam.status("FILTERAPPLIED", sport_filter="sport = 3")


async def test_comments_flow_while_others_preview(stack: Stack, people: People, rooms: Rooms) -> None:
    """As fast as they come, and each once."""
    gateway = await stack.start_gateway(MAX_NUMUSERS="[9]")
    asking = [await people.join(gateway.port, f"asking {number}") for number in range(6)]
    adam = await people.join(gateway.port, "adam")
    await rooms.store_events([make_event(text="x" * 1000)] * 1000)
    is_over = asyncio.Event()

    async def preview(user: User, number: int) -> int:
        count = 0
        while not is_over.is_set():
            clause = f"data_event like '%x{number}.{count}%'"
            await ask(user, mtype=pb.PREVIEW, feed="sport_event", clause=clause)
            count += 1
            await asyncio.sleep(0.1)
        return count

    previews = [asyncio.create_task(preview(user, number)) for number, user in enumerate(asking)]
    longest = 0.0
    for number in range(100):
        started = time.monotonic()
        await adam.comment(f"{number}")
        await adam.through(f"{number}")
        longest = max(longest, time.monotonic() - started)
        await asyncio.sleep(0.02)
    is_over.set()
    assert min(await asyncio.gather(*previews)) > 1
    print(f"a comment took {1000 * longest:.0f} ms at most")
    assert longest < 5


async def test_what_would_not_fit_in_a_frame_is_left_out(stack: Stack, people: People, rooms: Rooms) -> None:
    """Examples one by one; a row that alone is too large is told."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    await rooms.store_events([make_event(text="x" * 600_000), make_event(text="y"), make_event(text="x" * 600_000)])
    preview = (await ask(adam, mtype=pb.PREVIEW, feed="sport_event", clause="NONE")).preview
    assert (preview.matching, [example.row_id for example in preview.examples]) == (3, [3, 2])
    assert len((await ask(adam, mtype=pb.EXPLAIN, feed="sport_event", row_id=1)).row) > 600_000
    await rooms.store_events([make_event(text="\x01" * 200_000)])
    assert "would not fit" in (await ask(adam, mtype=pb.EXPLAIN, feed="sport_event", row_id=4)).reason
    assert (await ask(adam, mtype=pb.PREVIEW, feed="sport_event", clause="NONE")).preview.matching == 4
    literals = (await ask(adam, mtype=pb.VALUES, feed="sport_event", column="data_event")).values
    assert [value.literal for value in literals] == ["'y'"]
