"""A message that cannot be stored goes to feed_reject with the reason in words; the others are stored."""

import pytest

from faults import bridges
from harness.chain import Chain, sport_event
from proto.event_pb2 import FOOTBALL, event
from proto.execution_pb2 import execution

GOOD = sport_event(0)
BAD = {
    "not protobuf": (b"\xff\xff\xff", "not a readable protobuf message of type event"),
    "nothing": (b"", "sport is missing, or a number that the enum sport does not have; match_title is missing"),
    "an enum value that there is not": (GOOD[:1] + b"\x09" + GOOD[2:], "sport is missing, or a number that the enum"),
    "a text with NUL": (
        event(sport=FOOTBALL, match_title="a\0b", data_event="").SerializeToString(),
        "match_title contains a NUL character",
    ),
    "a text that is not UTF-8": (GOOD.replace(b"Ajax", b"Aj\xff\xfe"), "match_title is not valid UTF-8"),
    "a long text": (
        event(sport=FOOTBALL, match_title="é" * 2049, data_event="").SerializeToString(),
        "match_title has 4098 bytes; at most 4096 are allowed",
    ),
}
# As if somebody had tightened the table without telling the feed's list of columns.
TIGHTEN = "alter table feed.sport_event add constraint no_thirteen check (data_event <> '13' and data_event <> '70')"


@pytest.mark.parametrize("kind", BAD)
async def test_one_bad_message_of_a_batch_is_rejected_and_the_good_ones_are_stored(chain: Chain, kind: str) -> None:
    """Verbatim, with its place and why."""
    message, reason = BAD[kind]
    await chain.make_stream()
    await chain.publish(sport_event(1), message, sport_event(3))
    await chain.start_bridge()
    await chain.until_taken()
    assert await chain.texts() == ["1", "3"]
    (reject,) = await chain.rejects()
    assert (reject["first_seq"], reject["last_seq"], reject["subject"]) == (2, 2, "sport_event")
    assert reject["message"] == message
    assert reason in reject["error"]


async def test_every_other_message_may_be_bad(chain: Chain) -> None:
    """As many malformed as good ones: all are rows or rejects, and the bridge is still the same process."""
    outcome = await bridges.reject_malformed(chain, count=2_000)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(rows=2_000, lost=0, stored_twice=0, rejects=2_000) == {}


async def test_what_only_postgres_refuses_is_found_and_rejected_with_its_words(chain: Chain) -> None:
    """Among 100; the rest keeps its order."""
    await chain.execute(TIGHTEN)
    await chain.make_stream()
    await chain.publish(*(sport_event(number) for number in range(1, 101)))
    bridge = await chain.start_bridge()
    await chain.until_taken()
    assert await chain.texts() == [str(number) for number in range(1, 101) if number not in (13, 70)]
    rejects = await chain.rejects()
    assert [(reject["first_seq"], reject["message"]) for reject in rejects] == [
        (number, sport_event(number)) for number in (13, 70)
    ]
    assert all("no_thirteen" in reject["error"] and "23514" in reject["error"] for reject in rejects)
    bridge.require_alive()


async def test_a_bad_trade_does_not_hold_up_good_ones(chain: Chain) -> None:
    """And values beyond every number are stored as they are."""
    trade = execution(
        symbol="s", market="m", price=float("inf"), quantity=float("nan"), executionEpoch=2**63 - 1, stateSymbol="FL"
    )
    await chain.make_stream()
    await chain.publish(trade.SerializeToString(), trade.SerializePartialToString()[:-1], subject="execution")
    await chain.start_bridge()
    await chain.until_taken()
    (row,) = await chain.fetch("select price::text, quantity::text, execution_epoch from feed.execution")
    assert tuple(row) == ("Infinity", "NaN", 2**63 - 1)
    assert len(await chain.rejects()) == 1
