"""The stream is made as the settings say, and an existing one gets only what it lacks."""

from harness.chain import STREAM, Chain, sport_event

DAY = 86_400 * 10**9


async def config(chain: Chain) -> dict[str, object]:
    """The stream's configuration."""
    return dict((await chain.ask(f"STREAM.INFO.{STREAM}"))["config"])


async def test_the_stream_is_made_for_the_feeds_subjects_with_the_default_limits(chain: Chain) -> None:
    """Absent, it is made for the feeds' subjects, on disk, with the default limits."""
    await chain.start_bridge(EVENT_TOPIC="games")
    made = await config(chain)
    assert made["subjects"] == ["games", "execution"]
    assert (made["storage"], made["discard"], made["retention"]) == ("file", "old", "limits")
    assert (made["max_age"], made["max_bytes"]) == (DAY, 2**30)
    await chain.publish(sport_event(1), subject="games")
    await chain.until_taken()
    assert await chain.texts() == ["1"]


async def test_limits_of_the_stream_are_settings(chain: Chain) -> None:
    """The limits are settings; they also change a stream that exists, but only where they are set."""
    bridge = await chain.start_bridge(FEED_STREAM_MAX_AGE="60", FEED_STREAM_MAX_BYTES="5000000")
    assert (await config(chain))["max_age"] == 60 * 10**9
    bridge.stop()
    await chain.start_bridge(FEED_STREAM_MAX_BYTES="6000000")
    await chain.publish(sport_event(1))
    await chain.until_at(1)
    changed = await config(chain)
    assert (changed["max_age"], changed["max_bytes"]) == (60 * 10**9, 6_000_000)


async def test_a_stream_without_one_of_the_subjects_gets_it_and_stays_as_it_is(chain: Chain) -> None:
    """A stream without one of the subjects gets it, and keeps what it holds and how it was set up."""
    body = {
        "name": STREAM,
        "subjects": ["execution", "other.>"],
        "max_msgs": 5_000,
        "storage": "memory",
        "description": "mine",
    }
    await chain.ask(f"STREAM.CREATE.{STREAM}", body)
    await chain.start_bridge()
    await chain.publish(sport_event(1))
    await chain.until_at(1)
    changed = await config(chain)
    assert changed["subjects"] == ["execution", "other.>", "sport_event"]
    assert (changed["max_msgs"], changed["storage"], changed["description"]) == (5_000, "memory", "mine")


async def test_more_replicas_than_servers_are_told_with_the_remedy(chain: Chain) -> None:
    """The server's own words do not name the setting."""
    bridge = chain.launch_bridge(FEED_STREAM_REPLICAS="3")
    await bridge.until_said("FEED_STREAM_REPLICAS is 3: set it to at most as many as the cluster has servers")
