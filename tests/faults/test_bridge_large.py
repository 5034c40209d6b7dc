"""Messages from one byte to 1 MiB of text arrive whole and in order."""

from harness.chain import Chain
from proto.event_pb2 import FOOTBALL, event

MEBIBYTE = 1024 * 1024


async def test_messages_of_every_size_arrive_whole(chain: Chain) -> None:
    """Texts of 1 byte to 1 MiB are stored as they are; one byte more is rejected with the limit in words."""
    sizes = [1, 7_999, 8_000, 100_000, MEBIBYTE, 2, MEBIBYTE, MEBIBYTE, MEBIBYTE, MEBIBYTE, MEBIBYTE, 3]
    texts = [chr(ord("a") + number) * size for number, size in enumerate(sizes)]
    messages = [event(sport=FOOTBALL, match_title="m", data_event=text).SerializeToString() for text in texts]
    too_long = event(sport=FOOTBALL, match_title="m", data_event="x" * (MEBIBYTE + 1)).SerializeToString()
    await chain.make_stream()
    await chain.publish(*messages, too_long)
    await chain.start_bridge()
    await chain.until_taken()
    assert await chain.texts() == texts
    (reject,) = await chain.rejects()
    assert reject["error"] == "data_event has 1048577 bytes; at most 1048576 are allowed"
    assert reject["message"] == too_long
