"""Messages from one byte to the largest that a frame holds arrive whole and in order."""

from harness.chain import Chain
from proto.event_pb2 import FOOTBALL, event
from proto.sizes import MAX_CONTENT_BYTES

# What an event takes beside a long text: sport, a title of one letter, and tag and size of the text.
LONGEST = MAX_CONTENT_BYTES - 2 - 3 - 4


async def test_messages_of_every_size_arrive_whole(chain: Chain) -> None:
    """Messages of up to 1 MiB less 512 bytes are stored as they are; one byte more is rejected, in words."""
    sizes = [1, 7_999, 8_000, 100_000, LONGEST, 2, LONGEST, LONGEST, LONGEST, LONGEST, LONGEST, 3]
    texts = [chr(ord("a") + number) * size for number, size in enumerate(sizes)]
    messages = [event(sport=FOOTBALL, match_title="m", data_event=text).SerializeToString() for text in texts]
    too_long = event(sport=FOOTBALL, match_title="m", data_event="x" * (LONGEST + 1)).SerializeToString()
    await chain.make_stream()
    await chain.publish(*messages, too_long)
    await chain.start_bridge()
    await chain.until_taken()
    assert await chain.texts() == texts
    (reject,) = await chain.rejects()
    assert reject["error"] == (
        "has 1048065 bytes; at most 1048064 are allowed, so that it fits in a frame of 1 MiB to a client: send less"
    )
    assert reject["message"] == too_long
