"""What is published on NATS reaches every room whose filter it passes, once, in order, as it was published."""

from nats.aio.client import Client

from harness.parts import Stack
from harness.people import People
from harness.rooms import make_event, make_execution
from proto.chatmessage_pb2 import EVENT, EXECUTION


async def test_every_room_that_should(feed_stack: Stack, people: People, nats_client: Client) -> None:
    """Each feed's rows go to the rooms whose filter of that feed they pass, whole, in an EVENT or EXECUTION."""
    gateway = await feed_stack.start_gateway()
    await feed_stack.start_bridge()
    users = [await people.join(gateway.port, f"user {room}", room) for room in range(4)]
    for user, filters in zip(
        users[1:], [("sport = 7", "ALL"), ("ALL", "market = 'GOLF'"), ("ALL", "ALL")], strict=True
    ):
        await user.set_filter(*filters)
        await user.status("FILTERAPPLIED")
    # One subject after the other: their order among each other is kept by the stream.
    events = [make_event(sport, f"match {number}", f"event {number}") for number, sport in enumerate([7, 1, 7, 3])]
    trades = [make_execution(f"symbol {number}", market) for number, market in enumerate(["GOLF", "NASCAR", "GOLF"])]
    for event in events:
        await nats_client.publish("sport_event", event.SerializeToString())
    for trade in trades:
        await nats_client.publish("execution", trade.SerializeToString())

    unfiltered = await users[0].feed(7)
    assert [m.eventmsg for m in unfiltered if m.mtype == EVENT] == events
    assert [m.execmsg for m in unfiltered if m.mtype == EXECUTION] == trades
    assert sorted(m.seq for m in unfiltered) == [m.seq for m in unfiltered] == list(range(2, 9))
    assert [m.eventmsg for m in await users[1].feed(2)] == [events[0], events[2]]
    assert [m.execmsg for m in await users[2].feed(2)] == [trades[0], trades[2]]
    for user in users[1:]:
        await user.comment("end")
        assert not [m for m in await user.through("end") if m.mtype in (EVENT, EXECUTION)]


async def test_every_member_gets_equal_feed_messages(feed_stack: Stack, people: People, nats_client: Client) -> None:
    """A message published a hundred times is delivered a hundred times."""
    gateway = await feed_stack.start_gateway()
    await feed_stack.start_bridge()
    adam = await people.join(gateway.port, "adam")
    data = make_event().SerializeToString()
    for _ in range(100):
        await nats_client.publish("sport_event", data)
    await nats_client.publish("sport_event", make_event(title="last").SerializeToString())
    heard = await adam.feed(101)
    assert [m.eventmsg.SerializeToString() for m in heard[:100]] == [data] * 100
    assert heard[100].eventmsg.match_title == "last"
    assert [m.seq for m in heard] == list(range(2, 103))


async def test_a_burst_arrives_whole_and_in_order(feed_stack: Stack, people: People, nats_client: Client) -> None:
    """Five thousand messages at once reach all members of all rooms, without a gap and in order."""
    gateway = await feed_stack.start_gateway()
    await feed_stack.start_bridge()
    users = [await people.join(gateway.port, f"user {number}", number % 2) for number in range(4)]
    for user in users[:2]:
        # The other who is in the room joined after them.
        await user.status("USERJOINED")
    for number in range(5000):
        await nats_client.publish("sport_event", make_event(text=f"{number}").SerializeToString())
    await nats_client.flush()
    for user in users:
        heard = await user.feed(5000)
        assert [m.eventmsg.data_event for m in heard] == [str(number) for number in range(5000)]
        assert [m.seq for m in heard] == list(range(3, 5003))


async def test_messages_of_all_sizes_arrive(feed_stack: Stack, people: People, nats_client: Client) -> None:
    """Feed messages of any size up to the limit arrive whole and in their place."""
    gateway = await feed_stack.start_gateway()
    await feed_stack.start_bridge()
    adam = await people.join(gateway.port, "adam")
    events = [make_event(text="é" * (size // 2)) for size in (0, 2, 2_700, 2_800, 7_000, 9_000, 2, 2**20 - 600, 2)]
    for event in events:
        await nats_client.publish("sport_event", event.SerializeToString())
    assert [m.eventmsg for m in await adam.feed(len(events))] == events


async def test_feeds_may_come_on_other_subjects(feed_stack: Stack, people: People, nats_client: Client) -> None:
    """EVENT_TOPIC and EXECUTION_TOPIC name the subjects; what cannot be decoded does not hold up the rest."""
    gateway = await feed_stack.start_gateway()
    await feed_stack.start_bridge(EVENT_TOPIC="my.sports", EXECUTION_TOPIC="my.trades")
    adam = await people.join(gateway.port, "adam")
    await nats_client.publish("my.sports", b"\xff garbage")
    await nats_client.publish("my.sports", make_event(title="mine").SerializeToString())
    (event,) = await adam.feed(1)
    assert event.eventmsg.match_title == "mine"
    await nats_client.publish("my.trades", make_execution("mine").SerializeToString())
    (trade,) = await adam.feed(1)
    assert trade.execmsg.symbol == "mine"


async def test_what_nobody_is_there_for_is_stored(feed_stack: Stack, people: People, nats_client: Client) -> None:
    """What comes while a room is empty is there for whoever takes its history in time."""
    gateway = await feed_stack.start_gateway()
    await feed_stack.start_bridge()
    adam = await people.join(gateway.port, "adam")
    await adam.close()
    await people.until_empty(gateway.port)
    eve = await people.join(gateway.port, "eve", 1)
    await nats_client.publish("sport_event", make_event(title="missed").SerializeToString())
    await eve.feed(1)
    back = await people.join(gateway.port, "adam", resume_after=adam.joined.seq)
    heard = await back.until(lambda m: m.userstatus == "USERJOINED")
    assert [(m.userstatus, m.seq) for m in heard] == [("USEREXITED", 2), ("", 3), ("USERJOINED", 4)]
    assert heard[1].eventmsg.match_title == "missed"
