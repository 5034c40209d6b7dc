"""Streams that are deleted, or purged of what the bridge has not taken."""

from faults.outcome import Outcome
from harness.chain import STREAM, Chain, sport_event
from harness.waiting import until

EPOCHS = "select last_seq from chat.feed_position order by opened_at"


async def remake_stream(chain: Chain, messages: int) -> Outcome:
    """Delete the stream under the bridge, which makes it again: its numbers start again, in an epoch of their own."""
    outcome = Outcome("stream deleted and made again", chain.patience)
    await chain.start_bridge()
    await chain.publish(*(sport_event(number) for number in range(messages)))
    await chain.until_taken()
    await chain.ask(f"STREAM.DELETE.{STREAM}")
    await until(lambda: has_epochs(chain, 2), "the new stream's epoch")
    await chain.publish(*(sport_event(number) for number in range(messages, 2 * messages)))
    await chain.until_at(messages)
    epochs = [row["last_seq"] for row in await chain.fetch(EPOCHS)]
    outcome.count(epochs=len(epochs), positions=", ".join(map(str, epochs)))
    outcome.require(epochs == [messages, messages], "a new epoch, which starts at 1")
    await _account(chain, outcome, published=2 * messages, gone=0)
    return outcome


async def purge_stream(chain: Chain, messages: int) -> Outcome:
    """Purge the stream past the position while no bridge is there: the gap is reported, the rest is stored."""
    outcome = Outcome("stream purged past the position", chain.patience)
    bridge = await chain.start_bridge()
    await chain.publish(*(sport_event(number) for number in range(messages)))
    await chain.until_taken()
    bridge.stop()
    await chain.publish(*(sport_event(number) for number in range(messages, 2 * messages)))
    gone = messages // 2
    await chain.ask(f"STREAM.PURGE.{STREAM}", {"seq": messages + gone + 1})
    await chain.start_bridge()
    await chain.until_taken()
    await _account(chain, outcome, published=2 * messages, gone=gone)
    return outcome


async def has_epochs(chain: Chain, count: int) -> bool:
    """Whether so many streams were read, one after the other."""
    return len(await chain.fetch(EPOCHS)) >= count


async def _account(chain: Chain, outcome: Outcome, published: int, gone: int) -> None:
    """Everything is a row or in a reported gap: nothing went silently."""
    rows = len(set(await chain.texts()))
    reported = sum(reject["last_seq"] - reject["first_seq"] + 1 for reject in await chain.rejects())
    outcome.count(published=published, rows=rows, reported_as_gone=reported, silent=published - rows - reported)
    outcome.require((rows, reported) == (published - gone, gone), f"{gone} are gone and reported, all others are rows")
