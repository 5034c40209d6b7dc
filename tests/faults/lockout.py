"""Sessions that have the bridge's lock and store nothing: whoever stands by says which, in words."""

import asyncio
import os
import signal

import asyncpg

from faults.outcome import Outcome
from harness.chain import Chain, sport_event
from harness.logs import repeated
from harness.waiting import until

TAKE_LOCK = "select pg_advisory_lock(chat.lock_class('bridge'), 0)"
HOLDER = "select pid from chat.list_lock_holders('bridge')"
INTRUDER = "somebody's psql"
TOLD_SECONDS = 30.0
FLOW_SECONDS = 10.0
WAIT_SECONDS = 120.0
STANDS_BY = "stands by: session"


async def lock_out(chain: Chain, messages: int, seconds: float) -> Outcome:
    """A bridge stands by behind one that has nothing to do, then behind one that is frozen, then behind a psql."""
    outcome = Outcome(
        f"the bridge's lock held by an idle bridge for {seconds:.0f} s, a frozen one, a psql", chain.patience
    )
    active = await chain.start_bridge()
    standby = chain.launch_bridge()
    await standby.until_said("standing by")
    await _publish(chain, 1, messages)
    await chain.until_taken()
    idle = await _status_with(chain, STANDS_BY, seconds)
    outcome.require("FAULT" not in idle, f"a bridge with nothing to do is no fault:\n{idle}")
    outcome.require(not await _is_unhealthy(chain), "who stands by behind it is healthy")
    intruder = await asyncpg.connect(chain.database_url, server_settings={"application_name": INTRUDER})
    taking = asyncio.create_task(intruder.execute(TAKE_LOCK))
    try:
        frozen, frozen_told = await _freeze(chain, active.child.pid)
        outcome.require(
            f"session {frozen} (edgechat bridge" in standby.output, "the log names the frozen bridge's session"
        )
        await _publish(chain, messages + 1, 2 * messages)
        active.kill()
        # Its session ends with it, and the lock goes to whoever has waited for longest.
        await asyncio.wait_for(taking, WAIT_SECONDS)
        taken_told = await chain.stack.until_told(f"({INTRUDER}", WAIT_SECONDS)
        await until(lambda: _is_unhealthy(chain, INTRUDER), "health to name the psql")
    finally:
        intruder.terminate()
    await asyncio.gather(taking, return_exceptions=True)
    await standby.until_said("took over", seconds=FLOW_SECONDS * chain.patience)
    await chain.until_taken()
    rows, distinct = await chain.stored()
    outcome.count(rows=rows, stored_twice=rows - distinct, rejects=len(await chain.rejects()))
    outcome.count(frozen_told_after_s=frozen_told, psql_told_after_s=taken_told)
    outcome.require(rows == distinct == 2 * messages, "all is stored, once")
    outcome.require_within(frozen_told, TOLD_SECONDS, "status names the frozen bridge")
    outcome.require_within(taken_told, TOLD_SECONDS, "status names the psql")
    outcome.require(not (said := list(repeated(standby.output))), f"no line comes twice within a minute: {said}")
    return outcome


async def _publish(chain: Chain, first: int, last: int) -> None:
    await chain.publish(*(sport_event(number) for number in range(first, last + 1)))


async def _freeze(chain: Chain, process: int) -> tuple[int, float]:
    """Stop the bridge that has the lock, until status says so: its session, and how long that took."""
    ((holder,),) = await chain.fetch(HOLDER)
    os.kill(process, signal.SIGSTOP)
    return holder, await chain.stack.until_told(f"no bridge stores: session {holder} (edgechat bridge", WAIT_SECONDS)


async def _is_unhealthy(chain: Chain, words: str = "") -> bool:
    """Whether the health check of a bridge fails and says this."""
    code, text = await chain.stack.ask("health", "bridge")
    return code == 1 and words in text


async def _status_with(chain: Chain, words: str, seconds: float) -> str:
    """What status says once it has the words, and so many seconds later."""

    async def text() -> str | None:
        _, text = await chain.stack.ask("status")
        return text if words in text else None

    await until(text, f"status to say {words!r}")
    await asyncio.sleep(seconds)
    return str(await until(text, f"status to say {words!r}"))
