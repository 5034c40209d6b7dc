"""A random walk over all faults, each of which leaves everything running again; bridges are two, so one stands by."""

import asyncio
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress

from faults import operations, provocations
from faults.databases import TERMINATE_LISTENER
from faults.world import World
from harness.cluster import Cluster
from harness.parts import Part
from harness.servers import frozen
from harness.standby import Pair

START_TRIES = 10
Fault = Callable[[], Awaitable[None]]


class Walk:
    """The faults of one world, and how often each was provoked. The first gateway is spared being killed."""

    def __init__(self, where: World, pair: Pair, cluster: Cluster, length: float = 1.0) -> None:
        """`length` is how long faults last, by what is usual."""
        self.provoked: Counter[str] = Counter()
        self._world = where
        self._pair = pair
        self._cluster = cluster
        self._length = length
        self._bridges: list[Part] = []
        # How likely each is; what Postgres takes long to recover from is rarer.
        self._faults: dict[str, tuple[Fault, int]] = {
            "bridge_killed": (self._kill_bridge, 3),
            "gateway_killed": (self._kill_gateway, 3),
            "gateway_stopped": (self._stop_gateway, 3),
            "nats_killed": (self._crash_nats, 1),
            "nats_leader_killed": (self._kill_leader, 2),
            "nats_leader_frozen": (self._freeze_leader, 1),
            "nats_quorum_lost": (self._lose_quorum, 1),
            "postgres_killed": (self._crash_postgres, 1),
            "postgres_frozen": (self._freeze_postgres, 1),
            "standby_promoted": (self._fail_over, 1),
            "standby_killed": (self._kill_standby, 1),
            "listener_ended": (self._end_listener, 3),
            "members_dropped": (self._drop_members, 3),
            "read_only": (self._while_it_lasts(provocations.read_only), 2),
            "disk_full": (self._while_it_lasts(provocations.tables_full), 2),
            "queue_full": (self._while_it_lasts(provocations.queue_full), 2),
            "no_connections": (self._while_it_lasts(provocations.no_connections), 1),
            "grant_missing": (self._while_it_lasts(provocations.missing_grant), 2),
            "function_missing": (self._while_it_lasts(provocations.missing_function), 2),
            "migrated": (self._migrate, 2),
            "clock_set": (self._set_clock, 1),
        }

    @property
    def kinds(self) -> int:
        """How many kinds of faults there are."""
        return len(self._faults)

    async def start(self, first_bridge: Part) -> None:
        """Start the second bridge."""
        self._bridges = [first_bridge, self._launch_bridge()]

    async def step(self) -> None:
        """Provoke one at random; each kind once before any comes again."""
        untried = [name for name in self._faults if not self.provoked[name]]
        weights = [weight for _, weight in self._faults.values()]
        random = self._world.random
        name = random.choice(untried) if untried else random.choices([*self._faults], weights)[0]
        self.provoked[name] += 1
        await self._faults[name][0]()

    def _while_it_lasts(self, provoke: provocations.Provocation) -> Fault:
        async def run() -> None:
            async with provoke(self._world):
                await self._last(0.5, 6)

        return run

    async def _kill_bridge(self) -> None:
        index = self._world.random.randrange(2)
        self._bridges[index].kill()
        self._bridges[index] = self._launch_bridge()

    async def _kill_gateway(self) -> None:
        index = self._killable()
        self._world.gateways[index].part.kill()
        await asyncio.sleep(0.5)
        await self._restart_gateway(index)

    async def _stop_gateway(self) -> None:
        index = self._killable()
        part = self._world.gateways[index].part
        part.child.send_signal(signal.SIGTERM)
        await part.wait()
        await self._restart_gateway(index)

    async def _crash_nats(self) -> None:
        await self._world.crash_nats(away=self._seconds(0.2, 2))

    async def _kill_leader(self) -> None:
        leader = await self._cluster.until_leader()
        leader.kill()
        await self._last(0.2, 5)
        await asyncio.to_thread(leader.start)

    async def _freeze_leader(self) -> None:
        leader = await self._cluster.until_leader()
        leader.freeze()
        await self._last(1, 10)
        leader.thaw()

    async def _lose_quorum(self) -> None:
        for node in self._world.random.sample(self._cluster.nodes, 2):
            node.kill()
        await self._last(0.5, 5)
        await asyncio.to_thread(self._cluster.start)

    async def _crash_postgres(self) -> None:
        await self._world.crash_postgres(away=self._seconds(0.2, 2))

    async def _freeze_postgres(self) -> None:
        with frozen(self._world.postgres.server):
            await self._last(1, 10)

    async def _fail_over(self) -> None:
        self._pair.primary.kill()
        await self._last(0.2, 2)
        await asyncio.to_thread(self._pair.promote)
        self._world.postgres.server = self._pair.primary
        await asyncio.to_thread(self._pair.add_standby)

    async def _kill_standby(self) -> None:
        """No commit ends until it is back."""
        self._pair.standby.kill()
        await self._last(0.5, 5)
        await asyncio.to_thread(self._pair.standby.start)

    async def _end_listener(self) -> None:
        await self._world.value(TERMINATE_LISTENER)

    async def _drop_members(self) -> None:
        for resumer in self._world.random.sample(self._world.resumers, len(self._world.resumers) // 4):
            resumer.drop()

    async def _migrate(self) -> None:
        await operations.migrate_again(self._world)

    async def _set_clock(self) -> None:
        await operations.set_clock_by(self._world, self._world.random.choice((1, -1)))

    async def _last(self, shortest: float, longest: float) -> None:
        await asyncio.sleep(self._seconds(shortest, longest))

    def _seconds(self, shortest: float, longest: float) -> float:
        return self._world.random.uniform(shortest, longest) * self._length

    async def _restart_gateway(self, index: int) -> None:
        """Start it again, if need be more than once: it ends where Postgres is not healed yet."""
        for _ in range(START_TRIES):
            with suppress(AssertionError):
                return await self._world.replace_gateway(index)
            await asyncio.sleep(1)
        await self._world.replace_gateway(index)

    def _killable(self) -> int:
        return self._world.random.randrange(1, len(self._world.gateways))

    def _launch_bridge(self) -> Part:
        return self._world.stack.run("-m", "edgechat", "bridge", **self._world.bridge_settings)
