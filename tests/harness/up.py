"""An `edgechat up` for a test: in a directory and on ports of its own, and nothing of it stays behind."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg2

from harness.parts import KEPT, ROOT
from harness.servers import free_port
from runtime.settings import DEFAULTS

START_SECONDS = 120.0


class Up:
    """An `edgechat up` with a data directory and ports of its own, and what it prints."""

    def __init__(self, directory: Path) -> None:
        # Blanks, and longer than any Unix socket's path may be.
        self.home = directory / ("a long name with blanks " + "x" * 100) / "data"
        self.environ = {
            **{name: os.environ[name] for name in KEPT if name in os.environ},
            "PYTHONPATH": str(ROOT),
            "EDGECHAT_HOME": str(self.home),
            "POSTGRES_PORT": str(free_port()),
            "NATS_PORT": str(free_port()),
            "CONTAINER_PORT": str(free_port()),
            "GATEWAY_METRICS_PORT": str(free_port()),
            "BRIDGE_METRICS_PORT": str(free_port()),
        }
        self.children: list[subprocess.Popen[bytes]] = []
        self._output = directory / "output"

    @property
    def output(self) -> str:
        """All that was printed by all starts so far."""
        return self._output.read_text()

    @property
    def database_url(self) -> str:
        """Of the embedded server."""
        account, database = f"{DEFAULTS['DBUSER']}:{DEFAULTS['DBPASSWORD']}", DEFAULTS["DATABASE"]
        return f"postgresql://{account}@127.0.0.1:{self.environ['POSTGRES_PORT']}/{database}"

    def launch(self, *command: str) -> subprocess.Popen[bytes]:
        """Start it without waiting, as leader of a process group, as a shell does."""
        with self._output.open("ab") as output:
            child = subprocess.Popen(
                command or (sys.executable, "-m", "edgechat", "up"),
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                process_group=0,
            )
        self.children.append(child)
        return child

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start it and wait for its screen."""
        screens = self.output.count("edge-chatroom is up") if self._output.exists() else 0
        child = self.launch(*command)
        self.wait_for("edge-chatroom is up", screens + 1, child)
        return child

    def wait_for(self, text: str, times: int = 1, child: subprocess.Popen[bytes] | None = None) -> None:
        """Wait until the text was printed that often."""
        deadline = time.monotonic() + START_SECONDS
        while self.output.count(text) < times:
            assert time.monotonic() < deadline, f"no {text!r} in:\n{self.output}"
            assert child is None or child.poll() is None, f"ended early:\n{self.output}"
            time.sleep(0.05)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Another command of edgechat, to its end."""
        return subprocess.run(
            [sys.executable, "-m", "edgechat", *arguments],
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
        )

    def query(self, statement: str) -> int:
        """The single number that a statement yields."""
        password = self.environ.get("DBPASSWORD", DEFAULTS["DBPASSWORD"])
        connection = psycopg2.connect(self.database_url, password=password)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return int(cursor.fetchone()[0])
        finally:
            connection.close()

    def processes(self) -> list[str]:
        """Command lines of all live processes that were started for this data directory."""
        found = []
        for process in psutil.process_iter(["cmdline", "status"]):
            line = " ".join(process.info["cmdline"] or [])
            if str(self.home) in line and process.info["status"] != psutil.STATUS_ZOMBIE:
                found.append(f"{process.pid} {line}")
        return found

    def wait_for_end(self) -> None:
        """Wait until nothing runs any more."""
        deadline = time.monotonic() + 30
        while self.processes():
            assert time.monotonic() < deadline, self.processes()
            time.sleep(0.05)

    def part_pid(self, part: str) -> int:
        """Process id of a part or server."""
        file = {"postgres": "postgres/postmaster.pid", "nats": "nats/nats-server.pid"}.get(part, f"run/{part}.pid")
        return int((self.home / file).read_text().split("\n")[0])

    def clear(self) -> None:
        """End whatever a failed test left."""
        for child in self.children:
            if child.poll() is None:
                child.terminate()
                try:
                    child.wait(20)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()
        for line in self.processes():
            psutil.Process(int(line.split()[0])).kill()
        self.wait_for_end()
