"""`python -m bench`: runs the chosen rows, prints the table, writes results and plots."""

import argparse
import sys
import time
import traceback

from bench import (
    breakdown,
    ceiling,
    comments,
    connections,
    dealt,
    deflate,
    fanout,
    fanout_json,
    feed,
    flood,
    growth,
    joins,
    json_feed,
    latency,
    machine,
    many_feeds,
    many_filters,
    many_rooms,
    plots,
    report,
    results,
    returning,
    rooms,
    routing,
    signatures,
    slow,
)
from bench.errors import BenchError
from bench.row import Bench, Options, Row
from bench.scale import row as scale
from bench.servers import running_servers

ROWS = {
    "ceiling": ceiling,
    "feed": feed,
    "json_feed": json_feed,
    "many_feeds": many_feeds,
    "latency": latency,
    "fanout": fanout,
    "fanout_json": fanout_json,
    "rooms": rooms,
    "many_rooms": many_rooms,
    "comments": comments,
    "connections": connections,
    "joins": joins,
    "return": returning,
    "slow": slow,
    "flood": flood,
    "routing": routing,
    "signatures": signatures,
    "many_filters": many_filters,
    "dealt": dealt,
    "scale": scale,
    "growth": growth,
    "breakdown": breakdown,
    "deflate": deflate,
}
ALONE = {"growth"}
"""Rows that take long, and are measured only if they are asked for."""


def main() -> int:
    """Run the command line; the exit status is 1 if a check failed."""
    options = _parse()
    if options.report:
        report.write(results.load())
        return 0
    chosen = Options(options.seconds, options.gateways, options.connections, options.returning)
    started = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {text}", file=sys.stderr, flush=True)

    rows: dict[str, Row] = {}
    say("starting PostgreSQL and nats-server")
    with running_servers() as servers:
        for place, name in enumerate(options.only, 1):
            say(f"{place} of {len(options.only)}: {ROWS[name].TITLE}")
            try:
                rows[name] = ROWS[name].run(Bench(servers, chosen, say, rows))
            except BenchError:
                traceback.print_exc()
        plots.draw(results.save(rows, machine.describe(servers), chosen), results.DIRECTORY)
    for row in rows.values():
        print(row.title, *row.figures, f"check: {row.check}", sep="\n    ")
    say(f"results and plots are in {results.DIRECTORY}")
    return int(len(rows) < len(options.only))


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures the whole system on this machine.")
    usual = [name for name in ROWS if name not in ALONE]
    parser.add_argument("--only", type=_names, default=usual, help=f"rows to run, of {','.join(ROWS)}")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each rate is held (3)")
    parser.add_argument("--gateways", type=int, default=1, help="gateway processes (1)")
    parser.add_argument("--connections", type=int, default=5000, help="connections of the row `connections` (5000)")
    parser.add_argument("--returning", type=int, default=10_000, help="members of the row `return` (10000)")
    parser.add_argument("--report", action="store_true", help="only write docs/performance.md anew from the results")
    return parser.parse_args()


def _names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := set(names) - set(ROWS):
        raise argparse.ArgumentTypeError(f"there is no row {', '.join(sorted(unknown))}")
    return names


if __name__ == "__main__":
    sys.exit(main())
