"""What is told to other programs on the rooms' channels changes nothing for the members of a gateway."""

from gateway.postgres.payloads import ROWS, room_channel
from harness.hearing import hearing
from harness.parts import Stack
from harness.people import People
from harness.rooms import Rooms, make_event
from harness.shards import one_server
from proto.chatmessage_pb2 import EVENT


@one_server
async def test_gateways_pass_over_what_is_for_others(stack: Stack, people: People, rooms: Rooms, database: str) -> None:
    """Each member gets each row once, in order, comments in their place; a gateway has nothing to say of the rest."""
    gateway = await stack.start_gateway()
    users = [await people.join(gateway.port, f"user {room}", room) for room in range(3)]
    await users[1].set_filter("sport = 4", "ALL")
    await users[1].status("FILTERAPPLIED")
    said = gateway.part.output
    rows = [[make_event(3 + n % 2, text=f"{batch}, {n}") for n in range(batch)] for batch in range(1, 21)]
    async with hearing(database, 3) as heard:
        for number, batch in enumerate(rows):
            await rooms.store_events(batch)
            if number % 5 == 0:
                await users[number % 3].comment(f"{number}")
        for user in users:
            await user.comment("end")
        got = [await user.through("end") for user in users]
    for room, messages in enumerate(got):
        seqs = [message.seq for message in messages]
        assert seqs == [*range(seqs[0], seqs[0] + len(seqs))]
        events = [message for message in messages if message.mtype == EVENT]
        assert [message.eventmsg for message in events] == [
            row for batch in rows for row in batch if room != 1 or row.sport == 4
        ]
        told = [payload.split(" ")[2:] for payload in heard[room_channel(room)] if payload.startswith(ROWS)]
        assert len(told) == 20 - (room == 1)
        assert [seq for first, last in told for seq in range(int(first), int(last) + 1)] == [m.seq for m in events]
    assert gateway.part.output == said
