"""A JetStream cluster of three servers that loses some of them: what it acknowledged is stored once, and flows on."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from faults.outcome import Outcome
from harness.cluster import ClusterChain, Node
from harness.logs import repeated
from harness.parts import Part
from harness.waiting import until

# From the first acknowledgement after the fault until its message is stored. Before that NATS elects a leader, which
# by itself takes four to nine seconds (minElectionTimeout and maxElectionTimeout in nats-server's raft.go).
STORE_SECONDS = 5.0
FLOW_SECONDS = 10.0
ELECTION_SECONDS = 9.0
TOLD_SECONDS = 20.0
WAIT_SECONDS = 60.0
REPLICAS = "3"


async def kill_leaders(chain: ClusterChain, kills: int) -> Outcome:
    """Kill whichever server leads the stream, again and again, and start it again.

    The stream is on one server at first: the bridge has it copied to the others, as the setting says.
    """
    outcome = Outcome(f"the stream's leader of three killed -9, {kills} times, acknowledged publishers", chain.patience)
    await chain.make_stream()
    bridge = await chain.start_bridge(FEED_STREAM_REPLICAS=REPLICAS)
    elected, flowing = [], []
    async with _published(chain, outcome):
        for _ in range(kills):
            await chain.cluster.until_current()
            leader = await chain.cluster.until_leader()
            leader.kill()
            elected.append(await _until_acknowledged(chain))
            flowing.append(elected[-1] + await _until_flowing(chain))
            await asyncio.to_thread(leader.start)
    await _audit(chain, outcome, bridge)
    behind = max(flow - election for flow, election in zip(flowing, elected, strict=True))
    outcome.count(
        kills=", ".join(f"{flow:.1f}" for flow in flowing), slowest_election_s=max(elected), behind_it_s=behind
    )
    outcome.require_within(behind, STORE_SECONDS, "stored again within 5 s of being acknowledged again")
    outcome.require_within(max(flowing), ELECTION_SECONDS + STORE_SECONDS, "flowing again after each kill")
    return outcome


async def freeze_leader(chain: ClusterChain, seconds: float) -> Outcome:
    """Freeze the server that leads the stream and has the bridge's connection, then have it go on."""
    outcome = Outcome(f"the stream's leader of three frozen for {seconds:.0f} s", chain.patience)
    bridge = await chain.start_bridge(FEED_STREAM_REPLICAS=REPLICAS)
    async with _published(chain, outcome):
        await chain.cluster.until_current()
        leader = await chain.cluster.lead_by((await _until_connected(chain, bridge)).name)
        leader.freeze()
        frozen = time.monotonic()
        try:
            await _until_connected(chain, bridge, but=leader)
            moved = time.monotonic() - frozen
            flowing = moved + await _until_flowing(chain)
            told = await chain.stack.until_told(f"{leader.url}: no answer")
            code, words = await chain.stack.ask("health", "bridge", FEED_STREAM_REPLICAS=REPLICAS)
            await asyncio.sleep(seconds - (time.monotonic() - frozen))
        finally:
            leader.thaw()
        await _until_flowing(chain)
    await _audit(chain, outcome, bridge)
    outcome.count(bridge_moved_after_s=moved, flowing_after_s=flowing, told_after_s=told)
    outcome.require(f"{leader.url}: no answer" in words, f"health names the server ({code}): {words}")
    outcome.require_within(flowing, 2 * FLOW_SECONDS, "flowing again while it is frozen")
    return outcome


async def lose_quorum(chain: ClusterChain, seconds: float) -> Outcome:
    """Kill two of three: nothing is acknowledged until they are back, and nothing that was is lost."""
    outcome = Outcome(f"two servers of three killed -9, back after {seconds:.0f} s", chain.patience)
    bridge = await chain.start_bridge(FEED_STREAM_REPLICAS=REPLICAS)
    async with _published(chain, outcome):
        await chain.cluster.until_current()
        leader = await chain.cluster.until_leader()
        gone = [leader, next(node for node in chain.cluster.nodes if node is not leader)]
        for node in gone:
            node.kill()
        killed = time.monotonic()
        # What is acknowledged may still be on its way.
        await asyncio.sleep(1)
        acknowledged = chain.acknowledged
        told = max([await chain.stack.until_told(words) for words in (f"{leader.url}: ", "the feed: ")])
        await asyncio.sleep(seconds - (time.monotonic() - killed))
        outcome.require(chain.acknowledged == acknowledged, "nothing is acknowledged meanwhile")
        for node in gone:
            await asyncio.to_thread(node.start)
        flowing = await _until_flowing(chain)
    await _audit(chain, outcome, bridge)
    outcome.count(told_after_s=told, flowing_after_s=flowing)
    outcome.require_within(told, TOLD_SECONDS, "status names the servers, and what the bridge waits for")
    outcome.require_within(flowing, 2 * FLOW_SECONDS, "flowing again when they are back")
    return outcome


@asynccontextmanager
async def _published(chain: ClusterChain, outcome: Outcome) -> AsyncIterator[None]:
    """Somebody publishes for the time of the block, each message until it is acknowledged."""
    is_over = asyncio.Event()
    publishing = asyncio.create_task(chain.publish_acknowledged_while(lambda _: not is_over.is_set()))
    try:
        await _until_flowing(chain)
        yield
        is_over.set()
        outcome.count(publishers_connections=await asyncio.wait_for(publishing, WAIT_SECONDS))
    finally:
        publishing.cancel()


async def _until_acknowledged(chain: ClusterChain) -> float:
    """Wait until the publisher is acknowledged again; how long that took."""
    # An acknowledgement may be on its way, of the one message that the publisher waits for.
    started, before = time.monotonic(), chain.acknowledged
    await until(lambda: chain.acknowledged > before + 1, "messages to be acknowledged", WAIT_SECONDS)
    return time.monotonic() - started


async def _until_flowing(chain: ClusterChain) -> float:
    """Wait until something that was acknowledged from now on is stored; how long that took."""
    # More than the one message whose acknowledgement may be on its way.
    started, goal = time.monotonic(), chain.acknowledged + 20

    async def is_stored() -> bool:
        return (await chain.stored())[0] >= goal

    await until(is_stored, "the feed to flow", WAIT_SECONDS)
    return time.monotonic() - started


async def _until_connected(chain: ClusterChain, bridge: Part, but: Node | None = None) -> Node:
    """Wait until the bridge is connected to a server, which is not `but`; returns it."""

    def nodes() -> list[Node]:
        node = chain.cluster.node_of(bridge.child.pid)
        return [] if node is None or node is but else [node]

    return (await until(nodes, "the bridge to be connected", WAIT_SECONDS))[0]


async def _audit(chain: ClusterChain, outcome: Outcome, bridge: Part) -> None:
    """Wait until all was taken: what was acknowledged are the rows, each once and in their order."""

    async def are_stored() -> bool:
        return (await chain.stored())[0] >= chain.acknowledged

    await until(are_stored, f"{chain.acknowledged} rows", WAIT_SECONDS)
    in_stream = int((await chain.stream_state())["messages"])
    rows, distinct = await chain.stored()
    rejects = len(await chain.rejects())
    outcome.count(acknowledged=chain.acknowledged, in_stream=in_stream, rows=rows, lost=chain.acknowledged - distinct)
    outcome.count(stored_twice=rows - distinct, gaps=rejects)
    expected = [str(number) for number in range(1, chain.acknowledged + 1)]
    outcome.require(await chain.texts() == expected, "rows are what was acknowledged, once and in order")
    outcome.require(rejects == 0, "there is no gap")
    outcome.require(bridge.child.poll() is None, "the bridge ran on")
    outcome.require(not (said := list(repeated(bridge.output))), f"no line comes twice within a minute: {said}")
