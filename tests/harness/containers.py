"""The stack as containers: docker-compose, run from outside as a person runs it."""

import asyncio
import json
import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from runtime.settings import DEFAULTS

ROOT = Path(__file__).parents[2]
START_SECONDS = 120.0
COMMAND_SECONDS = 150.0
"""For one command of docker or Compose; the longest builds the images and starts everything."""
ANSWER_SECONDS = 20.0
POLL_SECONDS = 0.3
LASTING = ("postgreshost", "nats", "bridge", "chathost", "executions", "sports", "proxy")
"""The services that stay up; `migrate` ends."""
GATEWAYS = ("chathost", "gateway")
"""The one that is always there, and those beside it."""
KILL = "import os, sys; os.kill(int(sys.argv[1]), 9)"
COUNT_GATEWAYS = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:4242/health/gateways').read().decode())"


def find_compose() -> tuple[str, ...] | None:
    """How Compose is called here: version 2 as a plugin of docker, or docker-compose; None if there is neither."""
    for command in (("docker", "compose"), ("docker-compose",)):
        if shutil.which(command[0]) and _succeeds(*command, "version"):
            return command
    return None


def why_not() -> str | None:
    """Why containers cannot be run here; None if they can."""
    if find_compose() is None:
        return "Docker Compose is not installed here"
    if not _succeeds("docker", "info"):
        return "no Docker engine answers here"
    host = os.environ.get("DOCKER_HOST", "")
    if host and not host.startswith("unix://"):
        return f"the Docker engine is on another machine ({host}): files cannot be mounted and ports not reached"
    return None


class Containers:
    """A Compose project of one's own, with settings as environment variables."""

    def __init__(self, command: Sequence[str], project: str, settings: Mapping[str, str]) -> None:
        self.project = project
        self.settings = dict(settings)
        self.command = tuple(command)
        self._command = [
            *command,
            "--project-directory",
            str(ROOT),
            "-f",
            str(ROOT / "docker-compose.yml"),
            "-p",
            project,
        ]

    @property
    def port(self) -> int:
        """Where clients connect."""
        return int(self.settings["GATEWAY_PUBLISH_PORT"])

    @property
    def database_url(self) -> str:
        """The database, from outside."""
        account, database = f"{DEFAULTS['DBUSER']}:{DEFAULTS['DBPASSWORD']}", DEFAULTS["DATABASE"]
        return f"postgresql://{account}@127.0.0.1:{self.settings['POSTGRES_PUBLISH_PORT']}/{database}"

    @property
    def nats_url(self) -> str:
        """The NATS server, from outside."""
        return f"nats://127.0.0.1:{self.settings['NATS_PUBLISH_PORT']}"

    def name(self, container: str) -> str:
        """What a container is called here whose name the compose file gives."""
        return self.settings["CONTAINER_PREFIX"] + container

    async def compose(self, *arguments: str) -> str:
        """Run a Compose command; what it printed. Raises AssertionError with that if it fails."""
        return await run([*self._command, *arguments], os.environ | self.settings)

    async def psql(self, statement: str) -> str:
        """What psql prints of a statement of the administrator's, unaligned."""
        return await self.compose("exec", "-T", "postgreshost", "psql", "-U", "postgres", "-Atc", statement)

    async def up(self, *arguments: str) -> None:
        """Start everything, or what is named, and wait until it is healthy."""
        await self.compose("up", "-d", *arguments)
        await self.wait_healthy()

    async def containers(self, *services: str) -> list[dict[str, Any]]:
        """What `docker inspect` tells of the containers of services, all if none is named, ended ones included."""
        filters = ["--filter", f"label=com.docker.compose.project={self.project}"]
        ids = (await run(["docker", "ps", "--all", "--quiet", *filters])).split()
        found: list[dict[str, Any]] = json.loads(await run(["docker", "inspect", *ids])) if ids else []
        return [container for container in found if not services or service_of(container) in services]

    async def wait_healthy(self, *services: str) -> float:
        """Wait until the services (all lasting ones if none is named) are healthy; the seconds that took."""
        started = time.monotonic()
        wanted = services or LASTING
        state: dict[str, str] = {}
        while time.monotonic() - started < START_SECONDS:
            containers = await self.containers(*wanted)
            state = {container["Name"]: health_of(container) for container in containers}
            there = {service_of(container) for container in containers}
            if there == set(wanted) and set(state.values()) == {"healthy"}:
                return time.monotonic() - started
            await asyncio.sleep(POLL_SECONDS)
        raise AssertionError(
            f"not healthy after {START_SECONDS:.0f} s: {state}\n{await self.compose('logs', '--tail=15')}"
        )

    async def scale(self, gateways: int) -> None:
        """Run that many gateways; returns when all are healthy and the proxy uses these and no others."""
        await self.up("--scale", f"gateway={gateways - 1}")
        await self.wait_healthy(*GATEWAYS[: min(gateways, 2)])
        async with asyncio.timeout(START_SECONDS):
            while int(await self.compose("exec", "-T", "proxy", "python", "-c", COUNT_GATEWAYS)) != gateways:
                await asyncio.sleep(POLL_SECONDS)

    async def stop(self, container: Mapping[str, Any]) -> None:
        """SIGTERM to one container, which then stays away."""
        await run(["docker", "stop", container["Id"]])

    async def crash(self, container: Mapping[str, Any]) -> None:
        """SIGKILL a container's process as in a crash; `docker kill` would tell that it is not wanted any more."""
        pid = str(container["State"]["Pid"])
        image = self.settings["EDGECHAT_IMAGE"]
        options = ["--rm", "--pid=host", "--user=0", "--entrypoint=python"]
        await run(["docker", "run", *options, image, "-c", KILL, pid])

    async def wait_restarted(self, container: Mapping[str, Any]) -> None:
        """Wait until a container that crashed has been started again."""
        async with asyncio.timeout(START_SECONDS):
            while True:
                (now,) = json.loads(await run(["docker", "inspect", container["Id"]]))
                if now["State"]["Running"] and now["State"]["StartedAt"] != container["State"]["StartedAt"]:
                    return
                await asyncio.sleep(POLL_SECONDS)

    async def remove(self) -> None:
        """Remove containers, networks, volumes, and the images of this project; the cache of their builds stays."""
        await self.compose("down", "--volumes", "--remove-orphans", "--timeout=5")
        for name in ("EDGECHAT_IMAGE", "EDGECHAT_PROXY_IMAGE"):
            await run(["docker", "image", "rm", "--force", self.settings[name]])


def service_of(container: Mapping[str, Any]) -> str:
    """Which service a container belongs to."""
    return str(container["Config"]["Labels"]["com.docker.compose.service"])


def health_of(container: Mapping[str, Any]) -> str:
    """healthy, unhealthy or starting; else the state that it is in."""
    state = container["State"]
    return str(state["Health"]["Status"] if state["Status"] == "running" and "Health" in state else state["Status"])


def _succeeds(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=ANSWER_SECONDS).returncode == 0
    except subprocess.TimeoutExpired:
        return False


async def run(command: Sequence[str], environ: Mapping[str, str] = os.environ, *, errors: bool = False) -> str:
    """What a command printed, with what it wrote to stderr if `errors`. Raises AssertionError with all if it fails."""
    process = await asyncio.create_subprocess_exec(
        *command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        async with asyncio.timeout(COMMAND_SECONDS):
            output, complaints = await process.communicate()
    except TimeoutError:
        raise AssertionError(f"{' '.join(command)}: not done after {COMMAND_SECONDS:.0f} s") from None
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode:
        raise AssertionError(f"{' '.join(command)}: status {process.returncode}\n{(output + complaints).decode()}")
    return (output + complaints if errors else output).decode()
