"""Streams of others that have the feeds' subjects, so that the bridge cannot have its own."""

import time

from faults.outcome import Outcome
from harness.chain import Chain, sport_event
from harness.logs import repeated
from harness.waiting import until

OTHER = "OTHER"
REMEDY = "delete it, or take them from it, or set FEED_STREAM=OTHER"
TOLD = f"the stream {OTHER} has the subjects sport_event, execution: {REMEDY}"
TOLD_SECONDS = 15.0
FLOW_SECONDS = 10.0


async def wait_for_subjects(chain: Chain, messages: int, seconds: float, is_deleted: bool) -> Outcome:
    """Another stream has the subjects until it gives them up, or is deleted: what it caught is counted as lost."""
    end = "deleted" if is_deleted else "without them again"
    outcome = Outcome(f"another stream has the subjects, and is {end} after {seconds:.0f} s", chain.patience)
    await make_other(chain, "sport_event", "execution")
    await catch(chain, 1, messages)
    bridge = chain.launch_bridge()
    told = await chain.stack.until_told(TOLD)
    unhealthy = await _complaint_of_health(chain) if seconds else TOLD
    await catch(chain, messages + 1, 2 * messages)
    await chain.until_asked(f"STREAM.INFO.{OTHER}", within=seconds)
    if is_deleted:
        await chain.ask(f"STREAM.DELETE.{OTHER}")
    else:
        config = (await chain.ask(f"STREAM.INFO.{OTHER}"))["config"]
        await chain.ask(f"STREAM.UPDATE.{OTHER}", config | {"subjects": ["elsewhere"]})
    freed = time.monotonic()
    await until(chain.has_stream, "the feeds' own stream")
    flowing = time.monotonic() - freed
    await chain.publish(*(sport_event(number) for number in range(2 * messages + 1, 3 * messages + 1)))
    await chain.until_taken()
    rejects = await chain.rejects()
    lost = sum(reject["last_seq"] - reject["first_seq"] + 1 for reject in rejects)
    rows, _ = await chain.stored()
    outcome.count(told_after_s=told, caught=2 * messages, counted_as_lost=lost, rows=rows, flowing_after_s=flowing)
    outcome.require((lost, rows) == (2 * messages, messages), "what the other caught is counted, the rest is stored")
    outcome.require(all(OTHER in reject["error"] for reject in rejects), "the count names the stream")
    outcome.require(TOLD in unhealthy, f"health names it: {unhealthy}")
    outcome.require_within(told, TOLD_SECONDS, "status names it")
    outcome.require_within(flowing, FLOW_SECONDS, "the bridge goes on by itself")
    outcome.require(not (said := list(repeated(bridge.output))), f"no line comes twice within a minute: {said}")
    await until(lambda: _is_well(chain), "status to tell no fault of the bridge")
    return outcome


async def make_other(chain: Chain, *subjects: str) -> None:
    """A stream that is not the feeds'."""
    answer = await chain.ask(f"STREAM.CREATE.{OTHER}", {"name": OTHER, "subjects": subjects})
    assert "error" not in answer, answer


async def catch(chain: Chain, first: int, last: int) -> None:
    """Publish events, which the other stream gets."""
    await chain.publish(*(sport_event(number) for number in range(first, last + 1)))

    async def are_caught() -> bool:
        return bool((await chain.ask(f"STREAM.INFO.{OTHER}"))["state"]["messages"] >= last)

    await until(are_caught, f"{last} messages in the stream {OTHER}")


async def _is_well(chain: Chain) -> bool:
    """Whether status shows the bridge, and no fault."""
    _, text = await chain.stack.ask("status")
    return "bridge" in text and "FAULT" not in text


async def _complaint_of_health(chain: Chain) -> str:
    """What the health check has against the bridge; it bears with troubles for some seconds."""

    async def complaint() -> str | None:
        code, text = await chain.stack.ask("health", "bridge")
        return text if code and OTHER in text else None

    return str(await until(complaint, "the health check to complain"))
