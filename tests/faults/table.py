"""The faults at their full size, in the order of the table."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, NamedTuple

from faults import (
    bridges,
    clusters,
    databases,
    failovers,
    foreign,
    gateways,
    lockout,
    moves,
    operations,
    races,
    replays,
    servers,
    streams,
    unable,
    upgrades,
)
from faults.bytests import run_tests
from faults.outcome import Outcome
from faults.realm import realm, running_servers
from faults.world import World, world
from harness.chain import Chain, chain
from harness.cluster import cluster_chain, running_cluster
from harness.servers import PostgresServer
from harness.standby import running_pair
from servers.nats import EmbeddedNats

Run = Callable[[PostgresServer, EmbeddedNats], Awaitable[Outcome]]


class Fault(NamedTuple):
    """A row: what `--only` finds it by, and what provokes it."""

    name: str
    run: Run
    # What takes longer has failed.
    seconds: float = 240.0


def on_chain(provoke: Callable[..., Awaitable[Outcome]], **sizes: Any) -> Run:
    """What is provoked with a publisher, a stream, bridges and a database."""

    async def run(postgres: PostgresServer, nats_server: EmbeddedNats) -> Outcome:
        async with chain(postgres, nats_server) as made:
            return await _call(provoke, made, sizes)

    return run


def in_world(provoke: Callable[..., Awaitable[Outcome]], **sizes: Any) -> Run:
    """What is provoked with everything, gateways and members included."""

    async def run(postgres: PostgresServer, nats_server: EmbeddedNats) -> Outcome:
        async with world(postgres, nats_server) as made:
            return await _call(provoke, made, sizes)

    return run


def on_pair(provoke: Callable[..., Awaitable[Outcome]], *, is_synchronous: bool = True, **sizes: Any) -> Run:
    """What is provoked with everything, on a primary and its standby."""

    async def run(postgres: PostgresServer, nats_server: EmbeddedNats) -> Outcome:
        with running_pair(is_synchronous=is_synchronous) as pair:
            async with failovers.world_on_pair(pair, nats_server) as made:
                return await provoke(made, pair, **sizes)

    return run


async def _call(provoke: Callable[..., Awaitable[Outcome]], where: Chain | World, sizes: dict[str, Any]) -> Outcome:
    return await provoke(where, **sizes)


def on_cluster(provoke: Callable[..., Awaitable[Outcome]], **sizes: Any) -> Run:
    """What is provoked with a cluster of three nats-servers, a publisher, a bridge and a database."""

    async def run(postgres: PostgresServer, nats_server: EmbeddedNats) -> Outcome:
        with running_cluster() as cluster:
            async with cluster_chain(postgres, cluster) as made:
                return await _call(provoke, made, sizes)

    return run


def on_servers(provoke: Callable[..., Awaitable[Outcome]], **sizes: Any) -> Run:
    """What is provoked with everything, on several Postgres servers."""

    async def run(postgres: PostgresServer, nats_server: EmbeddedNats) -> Outcome:
        with running_servers() as started:
            async with realm(started, nats_server) as made:
                return await _call(provoke, made, sizes)

    return run


def by_tests(*arguments: str) -> Run:
    """What tests provoke: they run as in `make test`, and all must pass."""

    async def run(postgres: PostgresServer, nats_server: EmbeddedNats) -> Outcome:
        return await run_tests(*arguments)

    return run


def unable_to(inability: unable.Inability, **sizes: Any) -> Run:
    """What is provoked while Postgres lives and cannot work."""
    return in_world(unable.endure, inability=inability, **({"members": 40, "seconds": 15, "rate": 200} | sizes))


def losing(loss: servers.Loss) -> Run:
    """What is provoked by one of several servers that is away for a while."""
    return on_servers(servers.lose_server, loss=loss, members=50, rate=200, seconds=40, most_slower=servers.MOST_SLOWER)


FAULTS = (
    Fault("bridge-killed", on_chain(bridges.kill_bridges, messages=40_000, kills=10)),
    Fault("postgres-killed", in_world(databases.crash_postgres, members=50, kills=3, rate=300, pause=3)),
    Fault("primary-killed", on_pair(failovers.kill_primaries, members=50, kills=3, rate=300, pause=3)),
    Fault("primary-frozen", on_pair(failovers.freeze_primary, members=50, rate=200)),
    Fault("standby-behind", on_pair(failovers.promote_behind, is_synchronous=False, members=50, rows=500)),
    Fault("nats-killed", on_chain(bridges.kill_nats, messages=10_000, kills=3)),
    Fault("gateway-killed", in_world(gateways.kill_gateways, members=200, kills=5, rate=100, pause=2)),
    Fault("gateway-stopped", in_world(gateways.stop_gateways, members=200, rate=100)),
    Fault("member-stays-away", in_world(gateways.forget_token)),
    Fault("replay-cut", in_world(replays.cut_replays, members=8, cuts=200, rate=200)),
    Fault("listener-terminated", in_world(databases.terminate_listeners, members=50, kills=20, rate=200)),
    Fault("postgres-frozen", in_world(databases.freeze_postgres, members=50, seconds=30, rate=200)),
    Fault(
        "listener-blackholed",
        in_world(databases.cut_the_wire, members=50, rate=200, mark=databases.LISTENER, what="the listener's traffic"),
    ),
    Fault(
        "gateway-blackholed",
        in_world(
            databases.cut_the_wire, members=50, rate=200, mark=databases.GATEWAY, what="all of a gateway's traffic"
        ),
    ),
    Fault("server-killed", losing(servers.KILLED)),
    Fault("server-frozen", losing(servers.FROZEN)),
    Fault("names-raced", on_servers(races.race_for_names, joins=10_000, names=100, racers=150, kill_every=3)),
    Fault("moves-killed", on_servers(moves.kill_moves, members=30, moves=20, rate=100), seconds=600.0),
    Fault("servers-upgraded", on_servers(upgrades.upgrade_servers, members=40, rate=200, pause=5)),
    Fault("map-store-away", on_servers(servers.lose_store, members=50, seconds=60)),
    Fault("server-away-at-start", on_servers(servers.start_without)),
    Fault("stream-remade", on_chain(streams.remake_stream, messages=5_000)),
    Fault("stream-purged", on_chain(streams.purge_stream, messages=5_000)),
    Fault("foreign-stream", on_chain(foreign.wait_for_subjects, messages=1_000, seconds=15, is_deleted=False)),
    Fault("foreign-stream-deleted", on_chain(foreign.wait_for_subjects, messages=1_000, seconds=5, is_deleted=True)),
    Fault("nats-leader-killed", on_cluster(clusters.kill_leaders, kills=5)),
    Fault("nats-node-frozen", on_cluster(clusters.freeze_leader, seconds=15)),
    Fault("nats-quorum-lost", on_cluster(clusters.lose_quorum, seconds=15)),
    Fault("malformed", on_chain(bridges.reject_malformed, count=10_000)),
    Fault("equal-messages", in_world(bridges.send_equal, count=100, members=10)),
    Fault("two-bridges", on_chain(bridges.take_over, messages=10_000)),
    Fault("bridge-locked-out", on_chain(lockout.lock_out, messages=1_000, seconds=20)),
    Fault("read-only", unable_to(unable.READ_ONLY)),
    Fault("read-only-gateway-killed", in_world(unable.kill_while_read_only, members=40, seconds=12, rate=100)),
    Fault("disk-full", unable_to(unable.DISK_FULL)),
    Fault("queue-full", unable_to(unable.QUEUE_FULL)),
    Fault("connections-used-up", unable_to(unable.NO_CONNECTIONS)),
    Fault("grant-missing", unable_to(unable.MISSING_GRANT)),
    Fault("function-missing", unable_to(unable.MISSING_FUNCTION)),
    Fault("settings-odd", by_tests("tests/e2e/test_database_settings.py")),
    Fault("pooler", by_tests("tests/e2e/test_pooler.py")),
    Fault("rows-deleted", by_tests("tests/e2e/test_history.py", "-k", "deleted_rows")),
    Fault("database-names", by_tests("tests/db/test_migrate.py", "-k", "any_name")),
    Fault("migrate-died", by_tests("tests/db/test_migrate.py", "-k", "lock")),
    Fault("largest-frames", by_tests("tests/e2e/test_large.py")),
    Fault("versions-differ", by_tests("tests/e2e/test_versions.py")),
    Fault("rejoined-at-once", in_world(operations.rejoin_at_once, users=200, rounds=6, gateways=3)),
    Fault("peer-vanished", in_world(operations.vanish)),
    Fault("upgraded", in_world(operations.upgrade, members=40, times=3, rate=200)),
    Fault("clock-set", in_world(operations.set_clock, members=40, rate=100, pause=3)),
    Fault("slow-readers", in_world(gateways.stop_reading, readers=10, sleepers=10, megabytes=32)),
)


def find(words: Iterable[str]) -> list[Fault]:
    """The faults with one of the words in their names; all if there are no words."""
    wanted = list(words)
    return [fault for fault in FAULTS if not wanted or any(word in fault.name for word in wanted)]
