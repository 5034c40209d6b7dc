"""Several gateways on one port, each a process of its own, and the process that looks after them.

Every worker is a gateway in its own right, for Postgres too, and listens on the port itself (SO_REUSEPORT): the kernel
distributes new connections by a hash of their addresses, and gives none to a worker that has died. With one inherited
socket instead, the workers that woke first took most of them (one of four got none of 200 simultaneous connections).
The price is that connections that a worker has not accepted yet die with it; their clients try again and find another.
"""

import logging
import time
from collections.abc import Sequence

from edgechat.home import Home
from edgechat.look.speech import scheme
from edgechat.run.part import Part
from edgechat.run.supervisor import Watch, start_all, supervise
from runtime.interrupt import Interrupt, StopRequested
from runtime.logs import event
from runtime.port import reserve
from runtime.settings import Settings

STOP_SECONDS = 8.0
"""For all together, from being asked to stop; a worker that still runs then is killed."""

logger = logging.getLogger("gateway")


def run_workers(settings: Settings, count: int, home: Home) -> None:
    """Keep `count` gateways running until a signal comes, then stop them.

    Raises PortTakenError, and ServerStartError if a gateway cannot be started.
    """
    host, port = settings.gateway_host, settings.gateway_port
    with Interrupt() as interrupt, reserve(host, port, "the gateway", "CONTAINER_PORT"):
        # None can be asked whether it is ready: another worker may be the one that answers.
        command = [f"--home={home.path}", "gateway"]
        workers = [Part(f"gateway worker {number}", [*command, f"--worker={number}"]) for number in range(1, count + 1)]
        watches = [Watch(worker.name, worker, logger.warning) for worker in workers]
        try:
            start_all(watches, interrupt.wait)
            named = event("sharing", workers=count, host=host, port=port)
            url = f"{scheme('ws', settings.limits)}://{host}:{port}"
            logger.info("%d gateway workers share %s", count, url, extra=named)
            supervise(watches, interrupt.wait)
        except StopRequested:
            pass
        finally:
            _stop(workers)


def _stop(workers: Sequence[Part]) -> None:
    """Ask all at once, then wait for all."""
    for worker in workers:
        worker.ask()
    deadline = time.monotonic() + STOP_SECONDS
    for worker in workers:
        worker.stop(max(0.0, deadline - time.monotonic()))
