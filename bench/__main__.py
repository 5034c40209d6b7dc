"""`python -m bench`: runs the rows that were asked for, prints the table, writes results and plots."""

import argparse
import sys
import time
import traceback

from bench import ceiling, comments, connections, fanout, feed, latency, rooms, routing
from bench.errors import BenchError
from bench.row import Bench, Options, Row
from bench.servers import running_servers

ROWS = {
    "ceiling": ceiling,
    "feed": feed,
    "latency": latency,
    "fanout": fanout,
    "rooms": rooms,
    "comments": comments,
    "connections": connections,
    "routing": routing,
}


def main() -> int:
    """Run the command line; the exit status is 1 if a check failed."""
    chosen, options = _parse()
    started = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {text}", file=sys.stderr, flush=True)

    rows: dict[str, Row] = {}
    failed = False
    say("starting PostgreSQL and nats-server")
    with running_servers() as servers:
        for name in chosen:
            say(ROWS[name].TITLE)
            try:
                rows[name] = ROWS[name].run(Bench(servers, options, say))
            except BenchError:
                failed = True
                traceback.print_exc()
    for row in rows.values():
        print(row.title, *row.figures, f"check: {row.check}", sep="\n    ")
    return int(failed)


def _parse() -> tuple[list[str], Options]:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures the whole system on this machine.")
    parser.add_argument("--only", default=",".join(ROWS), help=f"rows to run, of {','.join(ROWS)}")
    parser.add_argument("--seconds", type=float, default=8.0, help="how long each rate is held (8)")
    parser.add_argument("--gateways", type=int, default=1, help="gateway processes (1)")
    parser.add_argument("--connections", type=int, default=5000, help="connections of the row `connections` (5000)")
    options = parser.parse_args()
    chosen = options.only.split(",")
    if unknown := set(chosen) - set(ROWS):
        parser.error(f"there is no row {', '.join(sorted(unknown))}")
    return chosen, Options(options.seconds, options.gateways, options.connections)


if __name__ == "__main__":
    sys.exit(main())
