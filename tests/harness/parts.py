"""The parts of the system as processes: with the arguments of a user, waited for, and stopped whatever happens.

Gateways and bridges are forked by a nursery, which has imported what they need; with arguments of its own, a part is a
new Python.
"""

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.forked import Forked, nursery
from harness.servers import free_port
from harness.waiting import until
from runtime import process
from runtime.port import answers
from runtime.primary import primary_of
from runtime.report import read_all

ROOT = Path(__file__).parents[2]
START_SECONDS = 30.0
STOP_SECONDS = 10.0
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "COVERAGE_PROCESS_START")
"""What a part gets of the tests' own environment: nothing that could be a setting."""

HAS_POSITION = "select exists (select from chat.feed_position)"


class Part:
    """A process and what it printed."""

    def __init__(self, name: str, log: Path, environ: Mapping[str, str], *arguments: str) -> None:
        self.name = name
        self.log = log
        kept = {key: os.environ[key] for key in KEPT if key in os.environ}
        environ = {**kept, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **environ}
        self.child: Forked | subprocess.Popen[bytes]
        if arguments:
            self.child = process.spawn([sys.executable, *arguments], log, environ=environ)
        else:
            self.child = nursery().fork([f"--home={log.parent}", name], log, environ)

    @property
    def output(self) -> str:
        """Everything that the process printed so far."""
        return self.log.read_text(errors="replace")

    def require_alive(self) -> None:
        """Raise with what the process printed if it has ended."""
        if self.child.poll() is not None:
            raise AssertionError(f"{self.name} ended with status {self.child.returncode}:\n{self.output}")

    async def until_said(self, text: str, times: int = 1, seconds: float = START_SECONDS) -> None:
        """Wait until the process, which must not end, has printed something so many times."""

        def is_said() -> bool:
            self.require_alive()
            return self.output.count(text) >= times

        await until(is_said, f"{times} × {text!r} of {self.name}", seconds)

    async def wait(self, seconds: float = START_SECONDS) -> int:
        """Wait for the process to end by itself; its exit status."""
        await until(lambda: self.child.poll() is not None, f"the end of {self.name}", seconds)
        return self._status()

    def stop(self) -> int:
        """SIGTERM, and SIGKILL if that was not enough; the exit status."""
        process.stop(self.child, signal.SIGTERM, STOP_SECONDS)
        return self._status()

    def kill(self) -> None:
        """SIGKILL: the process has no time for anything."""
        self.child.kill()
        self.child.wait(STOP_SECONDS)

    def _status(self) -> int:
        assert self.child.returncode is not None
        return self.child.returncode


class Stack:
    """Gateways, bridges and feeds on one database and one nats-server, for one test."""

    def __init__(
        self,
        database_url: str,
        nats_url: str | None,
        directory: Path,
        other_urls: Sequence[str] = (),
        map_settings: Mapping[str, str] | None = None,
    ) -> None:
        """`other_urls` and `map_settings` are of the other servers, where there are several."""
        self.database_url = database_url
        self.nats_url = nats_url
        self.other_urls = other_urls
        # Of which checkout parts and commands are; None is this one.
        self.code: Path | None = None
        # The newest of each database.
        self.bridges: dict[str, Part] = {}
        self._map_settings = map_settings or {}
        self._directory = directory
        self._parts: list[Part] = []
        # Where the bridge that was started last says whether it is ready.
        self.bridge_port = 0
        self._numbers = itertools.count()

    async def start_gateway(self, **settings: str) -> "Gateway":
        """A gateway that takes connections; `settings` are environment variables."""
        port = int(settings.get("CONTAINER_PORT") or free_port())
        monitor_port = int(settings.get("GATEWAY_METRICS_PORT") or free_port())
        ports = {"CONTAINER_PORT": str(port), "GATEWAY_METRICS_PORT": str(monitor_port)}
        part = self._start("gateway", settings | {"CONTAINER_HOST": "127.0.0.1", **ports})

        def takes_connections() -> bool:
            part.require_alive()
            return answers("127.0.0.1", port)

        await until(takes_connections, "the gateway", START_SECONDS)
        return Gateway(part, port, monitor_port)

    async def start_bridge(self, **settings: str) -> Part:
        """A bridge that has opened its position: what is published from now on is not lost. Of several servers, the
        first one's; each of the others has one, too."""
        for url in self.other_urls:
            await self._start_bridge(url, settings | {"DATABASE_URL": url})
        return await self._start_bridge(self.database_url, settings)

    async def _start_bridge(self, database_url: str, settings: Mapping[str, str]) -> Part:
        part = self.bridges[database_url] = self._start("bridge", settings)
        connection = await primary_of(database_url).connect(timeout=START_SECONDS)

        async def has_position() -> bool:
            part.require_alive()
            return bool(await connection.fetchval(HAS_POSITION))

        try:
            await until(has_position, "the bridge's position", START_SECONDS)
        finally:
            connection.terminate()
        return part

    async def replace_bridge(self, database_url: str) -> None:
        """A bridge in place of the newest one of a database: it stands by until that has ended."""
        former = self.bridges[database_url]
        await self._start_bridge(database_url, {"DATABASE_URL": database_url})
        former.child.send_signal(signal.SIGTERM)
        await former.wait()

    def launch(self, name: str, **settings: str) -> Part:
        """A part that is starting, whose report `ask` will find."""
        return self._start(name, settings)

    def run(self, *arguments: str, **settings: str) -> Part:
        """Python with these arguments, as in `run("-m", "clientsim.swarm")`."""
        return self._start(arguments[-1], settings, *arguments)

    async def ask(self, *command: str, **settings: str) -> tuple[int, str]:
        """The exit status of `edgechat <command>` about these parts, as in `ask("status")`, and what it prints."""
        part = self._start(
            command[0],
            {"BRIDGE_METRICS_PORT": str(self.bridge_port)} | settings,
            "-m",
            "edgechat",
            f"--home={self._directory}",
            *command,
        )
        self._parts.remove(part)
        try:
            return await part.wait(), part.output
        finally:
            part.stop()

    async def until_told(self, words: str, seconds: float = START_SECONDS, port: int | None = None) -> float:
        """Wait until `edgechat status` about the gateway at `port` fails and says something; how long it took."""
        settings = {} if port is None else {"CONTAINER_HOST": "127.0.0.1", "CONTAINER_PORT": str(port)}
        started = time.monotonic()
        text = ""

        async def is_told() -> bool:
            nonlocal text
            code, text = await self.ask("status", **settings)
            return code == 1 and words in " ".join(text.split())

        try:
            await until(is_told, f"status to say {words!r}", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}; it says:\n{text}") from None
        return time.monotonic() - started

    def losses(self, part: Part, what: str) -> int:
        """How often a part that runs has lost something: the log says that once a minute at most."""
        reports = read_all(self._directory / "report")
        return sum(report.times.get(what, 0) for report in reports if report.pid == part.child.pid)

    async def until_lost(self, part: Part, what: str, times: int = 1, seconds: float = START_SECONDS) -> None:
        """Wait until a part has told in its report that it lost something so often."""
        await until(lambda: self.losses(part, what) >= times, f"{part.name} to lose {what} {times} times", seconds)

    @property
    def outputs(self) -> dict[str, str]:
        """What each part printed so far, by its number and name."""
        return {f"{number} {part.name}": part.output for number, part in enumerate(self._parts)}

    def stop(self) -> None:
        """Stop everything, last started first, and print what it printed, for pytest to show if the test failed."""
        for part in reversed(self._parts):
            part.stop()
        for part in self._parts:
            if part.output:
                print(f"--- {part.name} ---\n{part.output}")

    def _start(self, name: str, settings: Mapping[str, str], *arguments: str) -> Part:
        log = self._directory / f"{next(self._numbers)}.log"
        if name == "bridge":
            self.bridge_port = int(settings.get("BRIDGE_METRICS_PORT") or free_port())
            settings = {"BRIDGE_METRICS_PORT": str(self.bridge_port), **settings}
        elif name == "gateway":
            settings = {"GATEWAY_METRICS_PORT": str(free_port()), **self._map_settings, **settings}
        if self.code is not None:
            # -P: the directory that we are in is not looked at first.
            arguments = ("-P", *(arguments or ("-m", "edgechat", f"--home={self._directory}", name)))
            settings = {"PYTHONPATH": str(self.code), **settings}
        urls = {"DATABASE_URL": self.database_url} | ({"NATS_URL": self.nats_url} if self.nats_url else {})
        part = Part(name, log, urls | dict(settings), *arguments)
        self._parts.append(part)
        return part


class Gateway:
    """A gateway's process and where it listens."""

    def __init__(self, part: Part, port: int, monitor_port: int) -> None:
        self.part = part
        self.port = port
        # Where it serves its metrics.
        self.monitor_port = monitor_port
