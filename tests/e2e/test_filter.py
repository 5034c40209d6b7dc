"""A room's filters: set by any member, both or neither, in force from the FILTERAPPLIED on."""

import asyncio

import asyncpg
import pytest

from harness.parts import Stack
from harness.people import People, User
from harness.rooms import Rooms, make_event, make_execution
from harness.shards import one_server
from proto.chatmessage_pb2 import EVENT, EXECUTION, ROOM_STATUS, chatmessage


def filters(message: chatmessage) -> tuple[str, str]:
    """Both filters that a ROOM_STATUS tells."""
    assert message.HasField("sport_filter")
    assert message.HasField("execution_filter")
    return message.sport_filter, message.execution_filter


async def apply(user: User, sport: str | None = None, execution: str | None = None) -> tuple[str, str]:
    """Set filters; those in force after it."""
    await user.set_filter(sport, execution)
    return filters(await user.status("FILTERAPPLIED"))


async def test_an_applied_filter_is_told_to_its_room(stack: Stack, people: People) -> None:
    """FILTERAPPLIED goes to every member, with who set the filters, both of them, and its seq; to no other room."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam", 2)
    eve = await people.join(gateway.port, "eve", 2)
    other = await people.join(gateway.port, "other", 1)
    await adam.set_filter("sport = 3", "market = 'GOLF' and stateSymbol = 'PA'")
    for user in (adam, eve):
        applied = await user.status("FILTERAPPLIED")
        assert (applied.mtype, applied.user, applied.roomid, applied.seq) == (ROOM_STATUS, "adam", 2, 3)
        assert filters(applied) == ("sport = 3", "market = 'GOLF' and stateSymbol = 'PA'")
        assert applied.numrooms == 5
    late = await people.join(gateway.port, "late", 2)
    assert filters(late.joined) == ("sport = 3", "market = 'GOLF' and stateSymbol = 'PA'")
    await other.comment("end")
    assert len(await other.through("end")) == 1


async def test_none_all_and_same_mean_what_they_say(stack: Stack, people: People) -> None:
    """NONE and ALL are filters; SAME and an absent field keep the one that is there."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    assert filters(adam.joined) == ("NONE", "NONE")
    assert await apply(adam, "ALL", "SAME") == ("ALL", "NONE")
    assert await apply(adam, "SAME", "price > 50") == ("ALL", "price > 50")
    assert await apply(adam, "NONE") == ("NONE", "price > 50")
    assert await apply(adam, None, "ALL") == ("NONE", "ALL")
    assert await apply(adam) == ("NONE", "ALL")
    assert await apply(adam, "SAME", "SAME") == ("NONE", "ALL")


@pytest.mark.parametrize(
    ("sport", "execution"),
    [
        ("sport = 3", "nonsense"),
        ("nonsense", "price > 1"),
        ("ALL", "price >"),
        ("sport = 'FOOTBALL'", "SAME"),
        ("sport = 1; drop table chat.room", None),
        ("sport in (select 1)", "NONE"),
        ("", "NONE"),
        ("sport = 1\0", "NONE"),
    ],
)
async def test_both_filters_are_set_or_neither(stack: Stack, people: People, sport: str, execution: str | None) -> None:
    """One bad filter of two refuses both, to the sender alone, with a reason and the filters that stay in force."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    eve = await people.join(gateway.port, "eve")
    assert await apply(adam, "sport = 7", "price > 10") == ("sport = 7", "price > 10")
    await eve.status("FILTERAPPLIED")
    await adam.set_filter(sport, execution)
    refused = await adam.status("REJECTED_BADFILTER")
    assert (refused.mtype, refused.user, refused.roomid) == (ROOM_STATUS, "adam", 0)
    assert filters(refused) == ("sport = 7", "price > 10")
    assert refused.reason
    assert not refused.HasField("seq")
    assert await apply(adam) == ("sport = 7", "price > 10")
    await eve.status("FILTERAPPLIED")
    await adam.comment("end")
    assert len(await eve.through("end")) == 1


async def test_too_many_refused_filters_are_answered_with_a_pause(stack: Stack, people: People) -> None:
    """Whoever sends one bad filter after another is told to wait, not disconnected; a second later they may go on."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    eve = await people.join(gateway.port, "eve")
    reasons = []
    for number in range(60):
        await adam.set_filter(f"sport = 'team {number}'")
        reasons.append((await adam.status("REJECTED_BADFILTER")).reason)
    assert all(f"'team {number}'" in reason for number, reason in enumerate(reasons[:30]))
    assert "too many refused filters" in reasons[-1]
    assert await apply(eve, "sport = 1") == ("sport = 1", "NONE")
    await adam.status("FILTERAPPLIED")
    # One try a second comes back; whatever is sent too soon is only refused.
    async with asyncio.timeout(20):
        while True:
            await adam.set_filter("sport = 2")
            answer = (await adam.until(lambda m: m.userstatus in ("FILTERAPPLIED", "REJECTED_BADFILTER")))[-1]
            if answer.userstatus == "FILTERAPPLIED":
                break
            await asyncio.sleep(0.2)
    assert filters(answer) == ("sport = 2", "NONE")


async def test_too_many_changes_are_answered_with_a_pause(stack: Stack, people: People) -> None:
    """Whoever changes filters without end is told to wait, and not disconnected; a second later they may go on."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    for number in range(300):
        await adam.set_filter(f"sport = {number % 2}")
        answer = (await adam.until(lambda m: m.userstatus in ("FILTERAPPLIED", "REJECTED_BADFILTER")))[-1]
        if answer.userstatus == "REJECTED_BADFILTER":
            break
    assert number >= 50
    assert "too fast" in answer.reason
    assert filters(answer) == (f"sport = {(number - 1) % 2}", "NONE")
    await asyncio.sleep(1)
    assert await apply(adam, "sport = 7") == ("sport = 7", "NONE")


async def test_rows_obey_from_its_seq_on(stack: Stack, people: People, rooms: Rooms) -> None:
    """Rows before FILTERAPPLIED obey the old filter, all after it the new one; the other feed is untouched."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    events = [make_event(sport, f"match {sport}") for sport in (1, 2, 3, 4, 5, 6, 7)]
    await rooms.store_events(events)
    await rooms.store_executions([make_execution()])
    assert await apply(adam, "sport > 3") == ("sport > 3", "NONE")
    await rooms.store_events(events)
    await rooms.store_executions([make_execution()])
    assert await apply(adam, "ALL", "price < 0") == ("ALL", "price < 0")
    await rooms.store_events(events)
    await rooms.store_executions([make_execution(), make_execution(price=-1)])
    assert await apply(adam, "NONE", "NONE") == ("NONE", "NONE")
    await rooms.store_events(events)
    await adam.comment("end")
    await adam.through("end")
    # Everything once more from the start: what was passed over above is in the history.
    eve = await people.join(gateway.port, "eve", 0, resume_after=1)
    heard = await eve.through("end")
    kinds = [m.eventmsg.sport if m.mtype == EVENT else "X" if m.mtype == EXECUTION else m.userstatus for m in heard]
    assert kinds == [
        *(1, 2, 3, 4, 5, 6, 7, "X", "FILTERAPPLIED"),
        *(4, 5, 6, 7, "X", "FILTERAPPLIED"),
        *("X", "FILTERAPPLIED"),
        *(1, 2, 3, 4, 5, 6, 7),
        "",
    ]
    assert [m.seq for m in heard] == list(range(2, 2 + len(heard)))


@one_server
async def test_a_suspended_filter_is_told_to_its_room(
    stack: Stack, people: People, rooms: Rooms, connection: asyncpg.Connection
) -> None:
    """A filter that raises on a row is set aside: FILTERSUSPENDED to its room; a new filter of the room lifts that."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam", 0)
    eve = await people.join(gateway.port, "eve", 1)
    assert await apply(adam, "sport + 2147482000 > 0") == ("sport + 2147482000 > 0", "NONE")
    await rooms.store_events([make_event(1)])
    await connection.execute(
        "insert into feed.sport_event (sport, match_title, data_event, message) values (1000000, 'x', 'y', $1)",
        make_event(2).SerializeToString(),
    )
    await rooms.store_events([make_event(3)])
    suspended = await adam.status("FILTERSUSPENDED")
    assert "integer out of range" in suspended.reason
    assert [m.eventmsg.sport for m in await eve.feed(3)] == [1, 2, 3]
    await adam.set_filter("NONE")
    await adam.status("FILTERAPPLIED")
    await rooms.store_events([make_event(4)])
    assert [m.eventmsg.sport for m in await adam.feed(1)] == [4]
    again = await people.join(gateway.port, "again", 0, resume_after=0)
    assert [m.eventmsg.sport for m in await again.feed(2)] == [1, 4]


@pytest.mark.parametrize(
    ("sport", "execution", "place"),
    [
        # By the words, by Postgres behind replaced parts, by our own reading, and in the first of two clauses.
        ("SAME", "price > 1 and simbol = 'x'", 15),
        ("SAME", "executionEpoch > 1 and stateSymbol = 'x' and price > 'high'", 54),
        ("SAME", "symbol like 'a!%' escape '!' and \"executionEpoch\" > 'now'", 53),
        ("SAME", "price / quantity > 1", 7),
        ("SAME", "symbol like market", 8),
        ("sport = TENNIS", "nonsense > 1", 9),
        ("sport = 'TENNIS'", "SAME", 9),
        ("SAME", "(price > 1", 1),
        ("SAME", "price > 1\u00a0", 10),
        # About the whole.
        ("SAME", "price", None),
        ("", "SAME", None),
    ],
)
async def test_a_refusal_tells_the_place(
    stack: Stack, people: People, sport: str, execution: str, place: int | None
) -> None:
    """`reason_at` is the character of the clause, from 1, that the reason's text names too; the second time as well."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    for _ in range(2):
        await adam.set_filter(sport, execution)
        refused = await adam.status("REJECTED_BADFILTER")
        if execution == "price":
            # Postgres tells the place of what is no condition.
            place = 1
        assert (refused.reason_at if refused.HasField("reason_at") else None) == place, refused.reason
        assert (f"(at character {place})" in refused.reason) is (place is not None)


async def test_a_clause_that_can_never_be_true_is_applied_with_a_warning(stack: Stack, people: People) -> None:
    """The room is told in `reason`, again when the verdict is remembered, and not where there is nothing to warn of."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    for _ in range(2):
        await adam.set_filter("sport_name = 'Tennis'", "price = null")
        applied = await adam.status("FILTERAPPLIED")
        assert applied.reason == (
            "sport_event filter: it can never be true: sport_name is never 'Tennis'; its values are BASEBALL, "
            "BASKETBALL, FOOTBALL, BOXING, GOLF, NASCAR, TENNIS; execution filter: it can never be true: "
            "nothing is = or <> NULL; write IS NULL or IS NOT NULL"
        )
        assert filters(applied) == ("sport_name = 'Tennis'", "price = null")
        await adam.set_filter("sport_name = 'TENNIS'", "price is not null")
        assert not (await adam.status("FILTERAPPLIED")).HasField("reason")
