"""A JetStream cluster of three nats-servers, each of which may be killed or frozen, and what runs on it."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import nats.errors
import psutil

from harness.chain import STREAM, Chain
from harness.jetstream import connected, delete_streams
from harness.parts import Stack
from harness.servers import PostgresServer, free_port, revive, temporary_directory
from harness.waiting import until
from servers.nats import EmbeddedNats

SIZE = 3
LEADER_SECONDS = 60.0
CONFIG = """
cluster {{
  name: edgechat
  listen: "127.0.0.1:{port}"
  routes: [{routes}]
}}
"""


class Node(EmbeddedNats):
    """One server of the cluster."""

    def __init__(self, name: str, directory: Path, route: int, routes: list[int]) -> None:
        super().__init__(directory / name, free_port(), durable=False)
        self.name = name
        self._route = route
        self._routes = routes

    def prepare(self) -> None:
        """As a single server, and with the ways to the others."""
        super().prepare()
        routes = ", ".join(f'"nats://127.0.0.1:{port}"' for port in self._routes)
        alone = self._config.read_text().replace("server_name: edgechat", f"server_name: {self.name}")
        self._config.write_text(alone + CONFIG.format(port=self._route, routes=routes))

    def freeze(self) -> None:
        """SIGSTOP: it takes connections, since the system does that, and answers nothing."""
        assert self.child is not None
        os.kill(self.child.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        assert self.child is not None
        os.kill(self.child.pid, signal.SIGCONT)


class Cluster:
    """Three servers."""

    def __init__(self, directory: Path) -> None:
        routes = [free_port() for _ in range(SIZE)]
        self.nodes = [Node(f"n{number}", directory, route, routes) for number, route in enumerate(routes, 1)]

    @property
    def url(self) -> str:
        """All of them, as NATS_URL has it."""
        return ",".join(node.url for node in self.nodes)

    def start(self) -> None:
        """Start those that do not run."""
        for node in self.nodes:
            if not node.is_ready():
                node.kill()
                node.start()

    def is_ready(self) -> bool:
        """Whether all take connections."""
        return all(node.is_ready() for node in self.nodes)

    def kill(self) -> None:
        """SIGKILL to all."""
        for node in self.nodes:
            node.kill()

    async def until_led(self) -> None:
        """Wait until JetStream answers, so it has a leader."""

        async def is_led() -> bool:
            return "error" not in await self.ask("INFO")

        await until(is_led, "a leader of the cluster", LEADER_SECONDS)

    async def ask(self, name: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """A request to JetStream's API; an error if nobody answers."""
        try:
            async with asyncio.timeout(10), connected(self.url) as client:
                answer = await client.request(f"$JS.API.{name}", json.dumps(body).encode() if body else b"", timeout=2)
                return dict(json.loads(answer.data))
        except (OSError, TimeoutError, nats.errors.Error) as error:
            return {"error": repr(error)}

    async def until_leader(self, but: str = "") -> Node:
        """Wait until the stream has a leader, which is not the one of that name; returns it."""

        async def leaders() -> list[Node]:
            cluster = (await self.ask(f"STREAM.INFO.{STREAM}")).get("cluster", {})
            return [node for node in self.nodes if node.name == cluster.get("leader") and node.name != but]

        return (await until(leaders, "a leader of the stream", LEADER_SECONDS))[0]

    async def lead_by(self, name: str) -> Node:
        """Have one of the servers lead the stream, and return it."""

        async def does_lead() -> bool:
            leader = await self.until_leader()
            if leader.name != name:
                await self.ask(f"STREAM.LEADER.STEPDOWN.{STREAM}", {"placement": {"preferred": name}})
            return leader.name == name

        await until(does_lead, f"{name} to lead the stream", LEADER_SECONDS)
        return next(node for node in self.nodes if node.name == name)

    def node_of(self, process: int) -> Node | None:
        """The server that a process is connected to, None if it is to none."""
        ports = {
            connection.raddr.port
            for connection in psutil.Process(process).net_connections("tcp")
            if connection.raddr and connection.status == psutil.CONN_ESTABLISHED
        }
        return next((node for node in self.nodes if node.port in ports), None)

    async def until_current(self) -> None:
        """Wait until all servers have all of the stream."""

        async def are_current() -> bool:
            replicas = (await self.ask(f"STREAM.INFO.{STREAM}")).get("cluster", {}).get("replicas", [])
            return len(replicas) == SIZE - 1 and all(replica["current"] for replica in replicas)

        await until(are_current, "the stream's copies", LEADER_SECONDS)


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A cluster for the time of the block; nothing is left of it."""
    with temporary_directory() as directory:
        cluster = Cluster(directory)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.kill()


class ClusterChain(Chain):
    """A chain on a cluster."""

    def __init__(
        self, database_url: str, postgres: PostgresServer, cluster: Cluster, directory: Path, patience: float
    ) -> None:
        super().__init__(database_url, postgres.server, cluster.nodes[0], directory, patience)
        self.cluster = cluster
        self.nats_url = cluster.url
        self.stack = Stack(database_url, cluster.url, directory)

    async def ask(self, name: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """A request to JetStream's API, until somebody answers it."""

        async def answer() -> dict[str, Any] | None:
            answer = await self.cluster.ask(name, body)
            return answer if isinstance(answer.get("error", {}), dict) else None

        return dict(await until(answer, f"an answer to {name}", LEADER_SECONDS) or {})


@asynccontextmanager
async def cluster_chain(
    postgres: PostgresServer, cluster: Cluster, patience: float = 1.0
) -> AsyncIterator[ClusterChain]:
    """A chain on servers that may be killed; they are up, and nothing of it is left, at the end."""
    url = postgres.create_migrated()
    cluster.start()
    await cluster.until_led()
    try:
        with temporary_directory() as directory:
            made = ClusterChain(url, postgres, cluster, directory, patience)
            try:
                yield made
            finally:
                made.stop()
    finally:
        cluster.start()
        await cluster.until_led()
        await delete_streams(cluster.url)
        revive(postgres.server)
        postgres.drop(url)
