"""Several gateways on one port, each a process of its own, and the process that looks after them.

Every worker is a gateway in its own right, for Postgres too, and listens on the port itself (SO_REUSEPORT): the kernel
deals new connections out by a hash of their addresses, and none to a worker that has died. Over one inherited socket
instead, the workers that woke first took most (of four, one got nothing of 200 connections at once). The price is that
connections which a worker has not taken yet die with it; their clients find another at the next try.
"""

import logging
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

from edgechat.run.supervisor import Watch, start_all, supervise
from runtime import process
from runtime.errors import ServerStartError
from runtime.interrupt import Interrupt, StopRequested
from runtime.port import reserve
from runtime.settings import Settings

COMMAND = (sys.executable, "-m", "edgechat", "gateway", "--share-port")
SETTLE_SECONDS = 2.0
"""A worker counts as ready when it has lived this long: whether it is the one that answers cannot be seen."""
STOP_SECONDS = 8.0
"""For all together, from being asked to stop; who has not by then is killed."""

logger = logging.getLogger("gateway")


class Worker:
    """One gateway as a child process, which is told to stop when this process dies. It writes to the same log."""

    def __init__(self) -> None:
        self.child: subprocess.Popen[bytes] | None = None
        self._launched_at = 0.0

    def launch(self) -> None:
        """Start the process without waiting for it; raises ServerStartError."""
        self._launched_at = time.monotonic()
        try:
            self.child = process.spawn(COMMAND, None)
        except OSError as error:
            raise ServerStartError(f"cannot be started: {error}") from None

    def is_ready(self) -> bool:
        """Whether it takes connections, as far as can be told."""
        return time.monotonic() - self._launched_at >= SETTLE_SECONDS

    def reason(self) -> str:
        """Nothing: what it said stands in the log already."""
        return ""


def run_workers(settings: Settings, count: int) -> None:
    """Keep `count` gateways running until a signal comes, then stop them.

    Raises PortTakenError, and ServerStartError if a gateway cannot be started.
    """
    host, port = settings.gateway_host, settings.gateway_port
    with Interrupt() as interrupt, reserve(host, port, "the gateway", "CONTAINER_PORT"):
        workers = [Worker() for _ in range(count)]
        watches = [
            Watch(f"gateway worker {number}", worker, logger.warning) for number, worker in enumerate(workers, 1)
        ]
        try:
            start_all(watches, interrupt.wait)
            logger.info("%d gateway workers share ws://%s:%d", count, host, port)
            supervise(watches, interrupt.wait)
        except StopRequested:
            pass
        finally:
            _stop([worker.child for worker in workers if worker.child is not None])


def _stop(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask all at once, and each only once: a second signal would cut its goodbyes short."""
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
