"""What `edgechat.client` asks is answered, or refused as an exception that says why."""

import asyncio
import json

import pytest

from edgechat.client import Client, QuestionRefusedError
from harness.members import member, take_through
from harness.parts import Stack
from harness.rooms import Rooms, make_event, make_execution

SECONDS = 60.0
MANY = 30
"""More questions than may be asked at once."""


async def test_each_question_has_its_answer(stack: Stack, rooms: Rooms) -> None:
    """And none of the answers is among the room's messages."""
    gateway = await stack.start_gateway()
    async with member(gateway.port, "adam") as adam, asyncio.timeout(SECONDS):
        await adam.set_filters({"execution": "price > 15"})
        await rooms.store_executions([make_execution(price=price) for price in (10, 20.5, 99.5)])
        await rooms.store_events([make_event(text="one")])
        await adam.comment("end")
        preview = await adam.preview("execution", "price > 50")
        assert (preview.examined, preview.matching, len(preview.examples)) == (3, 1, 1)
        assert json.loads(preview.examples[0].row)["price"] == 99.5
        assert [(each.literal, each.count) for each in await adam.values("execution", "stateSymbol")] == [("'PA'", 3)]
        assert await adam.values("execution", "stateSymbol", "x") == []
        explained = await adam.explain_row("execution", 2)
        assert (explained.seq, json.loads(explained.row)["price"]) == (3, 20.5)
        assert await explained_the_same(adam, explained.seq) == explained.row
        kept_back = await adam.explain_row("execution", 1)
        assert not kept_back.HasField("seq")
        assert {each.item: each.value for each in kept_back.explanation}["delivered"] == "no"
        newest = await adam.history_before(None, 2)
        assert [message.seq for message in newest.messages] == [5, 6]
        assert not newest.HasField("seq")
        assert [message.seq for message in (await adam.history_before(5, 100)).messages] == [1, 2, 3, 4]
        assert [message.seq for message in (await adam.history_after(1, 2)).messages] == [2, 3]
        filters = await adam.past_filters(10)
        assert ("execution", "price > 15", "adam", "active") in [
            (each.feed, each.clause, each.set_by, each.state) for each in filters
        ]
        assert (await adam.rates())["execution"] == 3
        heard = await take_through(adam, "end")
        assert [message.seq for message in heard] == [2, 3, 4, 5, 6]
        assert (await adam.comment("on")).seq == 7
        assert [message.seq for message in await take_through(adam, "on")] == [7]


async def explained_the_same(client: Client, seq: int) -> str:
    """The row that the room got as a message."""
    return (await client.explain_message(seq)).row


async def test_a_refused_question_says_why_and_where(stack: Stack) -> None:
    """A clause as a refused filter does; a feed that there is not, by the feeds that there are."""
    gateway = await stack.start_gateway()
    async with member(gateway.port, "adam") as adam, asyncio.timeout(SECONDS):
        with pytest.raises(QuestionRefusedError, match="stateSymbl") as refused:
            await adam.preview("execution", "price > 5 and stateSymbl = 'PA'")
        assert refused.value.reason_at == 15
        with pytest.raises(QuestionRefusedError, match="weather"):
            await adam.values("weather", "city")
        assert (await adam.comment("still here")).seq == 2


async def test_too_many_questions_are_refused_one_by_one(stack: Stack) -> None:
    """Each call has its own verdict, whatever else tasks ask at the same time."""
    gateway = await stack.start_gateway()
    async with member(gateway.port, "adam") as adam, asyncio.timeout(SECONDS):
        asked = [adam.history_after(0, 1) for _ in range(MANY)]
        *answers, said = await asyncio.gather(*asked, adam.comment("meanwhile"), return_exceptions=True)
        refused = [answer for answer in answers if isinstance(answer, QuestionRefusedError)]
        assert 0 < len(refused) < MANY
        assert all(refusal.reason for refusal in refused)
        assert len(refused) + len([a for a in answers if not isinstance(a, BaseException)]) == MANY
        assert not isinstance(said, BaseException)
        assert said.comment == "meanwhile"
