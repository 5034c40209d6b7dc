"""A filter of a feed that was removed since whoever asks heard of it is refused, in words."""

from harness.rooms import Rooms
from proto.chatmessage_pb2 import chatmessage

ADD = "select chat.add_feed('weather', 'weather.>', columns => '{city:text}')"
REMOVE = "select chat.remove_feed('weather', rows => 'keep')"


async def test_a_feed_that_is_gone_has_no_filters(rooms: Rooms) -> None:
    """SAME asks for nothing, and what else is asked for with it is done."""
    await rooms.open(2)
    await rooms.join("adam")
    feed_id = await rooms.connection.fetchval(ADD)
    await rooms.connection.execute(REMOVE)
    for gone, reason in ((feed_id, "weather filter: the feed was removed"), (feed_id + 1, "the feed was removed")):
        seq, refusal = await rooms.try_filters("adam", {1: "ALL", gone: "NONE"})
        assert seq is None
        assert refusal is not None
        refused = chatmessage.FromString(refusal)
        assert refused.userstatus == "REJECTED_BADFILTER"
        assert refused.reason == reason
        assert refused.sport_filter == "NONE"
    seq, refusal = await rooms.try_filters("adam", {1: "ALL", feed_id: "same"})
    assert refusal is None
    assert seq == 2
