"""Equal messages are messages of their own."""

from harness.chain import Chain, sport_event


async def test_equal_messages(chain: Chain) -> None:
    """The same bytes 100 times in one batch are 100 rows."""
    await chain.make_stream()
    await chain.publish(*[sport_event(7)] * 100)
    await chain.start_bridge()
    await chain.until_taken()
    assert await chain.stored() == (100, 100)
    assert set(await chain.texts()) == {"7"}
