"""`make faults`: provokes each fault for real and shows what came of it; the exit status is 1 if anything failed."""

import argparse
import asyncio
import signal
import sys
import time
import traceback
from contextlib import redirect_stdout
from io import StringIO
from types import FrameType

from faults.outcome import Outcome
from faults.table import Fault, find
from harness.servers import PostgresServer, revive, running_nats, running_postgres
from servers.nats import EmbeddedNats


def main() -> int:
    """Provoke the faults that the command line names; 0 if all was as promised."""
    parser = argparse.ArgumentParser(prog="faults", description=__doc__)
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD", help="faults with one of these in their name")
    parser.add_argument("--list", action="store_true", help="list the names")
    options = parser.parse_args()
    faults = find(options.only)
    if options.list or not faults:
        print(*(fault.name for fault in faults or find(())), sep="\n")
        return 0 if faults else 2
    signal.signal(signal.SIGTERM, _stop)
    started = time.monotonic()
    with running_postgres(18) as postgres, running_nats() as nats_server:
        passed = sum(provoke(fault, postgres, nats_server) for fault in faults)
    print(f"{passed} of {len(faults)} passed in {time.monotonic() - started:.0f} s")
    return 0 if passed == len(faults) else 1


def provoke(fault: Fault, postgres: PostgresServer, nats_server: EmbeddedNats) -> bool:
    """Provoke one fault and show its row; whether all was as promised."""
    revive(postgres.server)
    revive(nats_server)
    started = time.monotonic()
    with redirect_stdout(StringIO()) as told:
        outcome = asyncio.run(_run(fault, postgres, nats_server))
    outcome.count(took_s=time.monotonic() - started)
    if not outcome.is_passed:
        print(told.getvalue())
    print(outcome, flush=True)
    return outcome.is_passed


async def _run(fault: Fault, postgres: PostgresServer, nats_server: EmbeddedNats) -> Outcome:
    try:
        async with asyncio.timeout(fault.seconds):
            return await fault.run(postgres, nats_server)
    except Exception as error:
        # The row fails, with what is known; the others are provoked all the same.
        print(traceback.format_exc())
        outcome = Outcome(fault.name)
        outcome.require(False, f"it came to an end: {error!r}")
        return outcome


def _stop(number: int, frame: FrameType | None) -> None:
    """End as by Ctrl-C, so that servers and parts are stopped."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
