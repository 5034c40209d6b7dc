"""A batch that runs into the bridge's time limit is stored, and the filter that took the time is suspended."""

import pytest

import bridge.session
from bridge.batch import Batch, Item, Row
from bridge.statement import Origin
from bridge.store import Store
from harness.rooms import Rooms, make_event

# Accepted: on ordinary text it is quick. On a text of one letter each pattern almost matches everywhere.
SLOW = " or ".join(f"data_event like '%aaaaaaaaaa{letter}%'" for letter in "bcdefghijklmnopqrstuvwxyz")
STATES = """
select f.room_id, f.reason from chat.room_filter as f where f.state = 'suspended' order by f.room_id
"""
KEYS = "select sport_event_id from feed.sport_event order by 1"
LARGEST = 1024 * 1024
ROWS = 3


@pytest.mark.parametrize("postgres_version", [18, 16])
async def test_the_slow_filter_is_found(database: str, rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    """The batch is stored once, the other rooms get it, and the culprit's room is told how long it took."""
    monkeypatch.setitem(bridge.session._SESSION, "statement_timeout", "300ms")
    await rooms.open(4, 4, 4)
    # As on a machine that is fast enough for the clause to be accepted.
    await rooms.connection.execute("update chat.setting set max_row_time = '1 minute', max_probe_time = '1 minute'")
    for number, clause in enumerate(("NONE", SLOW, "sport = 3")):
        await rooms.join(f"user{number}", number)
        await rooms.set_filters(f"user{number}", sport=clause)
    message = make_event(text="a" * LARGEST)
    values = (message.sport, message.match_title, message.data_event)
    origin = Origin("test", "epoch")
    async with Store(database, {}) as store:
        (feed,) = (index for index, feed in enumerate(store.feeds) if feed.name == "sport_event")
        items: list[Item] = [
            Row(seq, seq, feed, "sport_event", message.SerializeToString(), values) for seq in range(1, ROWS + 1)
        ]
        assert (await store.open_position(origin)).last_seq == 0
        await store.write(origin, Batch(items))
        assert (await store.open_position(origin)).last_seq == ROWS
        # Without the culprit the next one is quick.
        after = Row(ROWS + 1, ROWS + 1, feed, "sport_event", message.SerializeToString(), values)
        await store.write(origin, Batch([after]))
    # On a slow machine the limit ends more tries, each of which has taken keys.
    keys = [row["sport_event_id"] for row in await rooms.connection.fetch(KEYS)]
    assert len(keys) == ROWS + 1
    assert [await rooms.feed_keys(room) for room in range(3)] == [keys, [], keys]
    ((room, reason),) = await rooms.connection.fetch(STATES)
    assert room == 1
    assert reason.startswith("it took ")
    assert await rooms.connection.fetchval("select count(*) from chat.feed_reject") == 0
