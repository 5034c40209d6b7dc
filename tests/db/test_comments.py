"""Comments that gateways post together: each counts for itself."""

from gateway.postgres import queries
from harness.rooms import Rooms

SAID = "select username, commentxt, seq from chat.chat_event where commentxt is not null order by chat_event_id"

MEMBER_ID = "select member_id from chat.member where username = $1"


async def test_comments_of_who_is_no_member_are_dropped(rooms: Rooms) -> None:
    """Of those whose membership is over, none is posted and each is told so; the others follow each other."""
    await rooms.open(5, 5)
    for name, room in (("adam", 0), ("eve", 0), ("cain", 1)):
        await rooms.join(name, room)
    await rooms.leave("eve")
    posted = await rooms.post(("adam", "one"), ("eve", "gone"), ("cain", "two"), ("abel", "never"), ("adam", "three"))
    assert posted == [True, False, True, False, True]
    said = [tuple(row) for row in await rooms.connection.fetch(SAID)]
    assert said == [("adam", "one", 4), ("cain", "two", 2), ("adam", "three", 5)]


async def test_another_membership_of_the_name(rooms: Rooms) -> None:
    """Who has the name now does not speak for who had it before."""
    await rooms.open(5, 5)
    await rooms.join("adam", 0)
    former = await rooms.connection.fetchval(MEMBER_ID, "adam")
    await rooms.leave("adam")
    await rooms.join("adam", 1)
    assert await rooms.connection.fetchval(queries.POST_COMMENTS, rooms.gateway_id, [former], ["hello"]) == [False]
    assert await rooms.last_seq(1) == 1
