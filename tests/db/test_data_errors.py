"""Whose fault it is that Postgres refuses a batch: the data's, and then one message is rejected, or not."""

import asyncio

import asyncpg
import pytest

from bridge.batch import Batch, Item, Row
from bridge.statement import Origin
from bridge.store import Store
from harness.rooms import Rooms, make_event

# An operator's own trigger, as in their database it may be.
REFUSE = """
create function public.refuse() returns trigger language plpgsql as $$
begin
  if new.sport = 7 then
    {statement};
  end if;
  return new;
end
$$;
create trigger refuse before insert on feed.sport_event for each row execute function public.refuse();
"""
STORED = "select sport from feed.sport_event order by sport_event_id"
REJECTED = "select first_seq, error from chat.feed_reject"
MEND = "drop trigger refuse on feed.sport_event"
SECONDS_TO_RETRY = 2.0


def make_batch(store: Store, *sports: int) -> Batch:
    """One sport event for each number."""
    (feed,) = (index for index, feed in enumerate(store.feeds) if feed.name == "sport_event")
    items: list[Item] = []
    for seq, sport in enumerate(sports, 1):
        message = make_event(sport)
        values = (sport, message.match_title, message.data_event)
        items.append(Row(seq, seq, feed, "sport_event", message.SerializeToString(), values))
    return Batch(items)


@pytest.mark.parametrize(
    "statement", ["raise exception 'no sevens'", "perform 1 / 0", "raise exception 'no' using errcode = '23514'"]
)
async def test_the_data_is_at_fault(database: str, connection: asyncpg.Connection, statement: str) -> None:
    """What a trigger refuses, a value or a constraint, costs only the message that it is about."""
    await connection.execute(REFUSE.format(statement=statement))
    async with Store(database, {}) as store:
        origin = Origin("test", "epoch")
        await store.open_position(origin)
        await store.write(origin, make_batch(store, 3, 7, 4))
    assert [row["sport"] for row in await connection.fetch(STORED)] == [3, 4]
    ((seq, error),) = await connection.fetch(REJECTED)
    assert seq == 2
    assert error.startswith("refused by Postgres: ")


@pytest.mark.parametrize(
    "statement",
    [
        "declare v_sport integer; begin select 1 into strict v_sport where false; end",
        "assert false",
        "raise exception 'ours' using errcode = 'RM101'",
        "raise exception 'full' using errcode = 'disk_full'",
    ],
)
async def test_the_data_is_not_at_fault(database: str, rooms: Rooms, statement: str) -> None:
    """A mistake in a function, or a server that cannot, rejects nothing: the batch is tried until it is stored."""
    await rooms.connection.execute(REFUSE.format(statement=statement))
    async with Store(database, {}) as store:
        origin = Origin("test", "epoch")
        await store.open_position(origin)
        writing = asyncio.create_task(store.write(origin, make_batch(store, 3, 7, 4)))
        done, _ = await asyncio.wait([writing], timeout=SECONDS_TO_RETRY)
        assert not done
        assert await rooms.connection.fetch(STORED) == []
        await rooms.connection.execute(MEND)
        await asyncio.wait_for(writing, 30)
    assert [row["sport"] for row in await rooms.connection.fetch(STORED)] == [3, 7, 4]
    assert await rooms.connection.fetch(REJECTED) == []
