"""`python -m bench.scale.sizing`: how many servers, gateways and NATS nodes a load needs, by the constants measured.

A part is full at 70 % of a core, since what comes does not come evenly. Of a server of Postgres the bridge's session is
what fills up first: it does one thing at a time.
"""

import argparse
import json
import math
from dataclasses import dataclass
from pathlib import Path

from bench.scale.work import Constants, Work, cost

RESULTS = Path(__file__).parents[1] / "results" / "results.json"
"""What bench/results.py writes; what measures needs more libraries than this."""
FULL = 0.7
"""Share of a core at which a part is as busy as it should be."""
BATCH_SECONDS = 0.1
"""How long a busy bridge gathers, at most: what a thousand rows or this time bring is a batch."""
MOST_ROWS = 1000
MOST_SERVERS = 1024
"""As many as there are slots (runtime/server_map.py)."""
CONNECTIONS = 50_000
"""Of a gateway: its memory is 0.9 GB then (docs/performance.md, 16.7 kB each)."""
CONNECTION_BYTES = 16_700


@dataclass(frozen=True, slots=True)
class Load:
    """So many occupied rooms of so many members, all with different filters, each of which passes a share of the feed's
    messages, of which there are so many a second."""

    rooms: int
    members: int
    rate: float
    share: float

    def second(self, servers: int) -> Work:
        """What a second brings one of so many servers."""
        rooms = self.rooms / servers
        rows = min(MOST_ROWS, max(1.0, self.rate * BATCH_SECONDS))
        batches = self.rate / rows
        # Whether a room gets something of a batch: rows pass or not without regard to each other.
        touched = rooms * -math.expm1(rows * math.log1p(-self.share)) if self.share < 1 else rooms
        passed = self.rate * rooms * self.share
        return Work(
            1.0,
            self.rate,
            batches,
            batches * rooms,
            self.rate * rooms,
            batches * touched,
            passed,
            passed * self.members,
        )


@dataclass(frozen=True, slots=True)
class Size:
    """What a load needs. Cores are those in use, on average; `server_load` is a share of a core, of what is fullest."""

    servers: int
    gateways: int
    gateways_for: str
    server_load: float
    database_cores: float
    bridge_cores: float
    gateway_cores: float
    nats_cores: float
    gateway_bytes: float


def size(constants: Constants, load: Load) -> Size:
    """The fewest parts that do it; raises ValueError if there are not as many slots as servers are needed."""
    for servers in range(1, MOST_SERVERS + 1):
        work = load.second(servers)
        busiest = max(cost(constants[part], work) for part in ("postgres: bridge", "bridge"))
        if busiest <= FULL:
            return _size(constants, load, servers, work, busiest)
    raise ValueError(
        f"even {MOST_SERVERS:,} servers would be busier than {FULL:.0%}: a room must get less, or fewer rows"
    )


def _size(constants: Constants, load: Load, servers: int, work: Work, busiest: float) -> Size:
    # Of all servers' batches a gateway hears, and passes over what is not for its rooms.
    heard = Work(1.0, batches=work.batches * servers, touched=work.touched * servers)
    shared = Work(touched=work.touched * servers, passed=work.passed * servers, deliveries=work.deliveries * servers)
    own, common = cost(constants["bystander"], heard), cost(constants["gateway"], shared)
    if own >= FULL:
        raise ValueError(f"a gateway would be busy with hearing what {servers:,} servers log alone")
    members = load.rooms * load.members
    by = {"members": math.ceil(members / CONNECTIONS), "messages": math.ceil(common / (FULL - own))}
    reason = max(by, key=lambda each: by[each])
    return Size(
        servers,
        by[reason],
        reason,
        busiest,
        servers * sum(cost(constants[part], work) for part in constants if part.startswith("postgres")),
        servers * cost(constants["bridge"], work),
        by[reason] * own + common,
        servers * cost(constants["nats-server"], work),
        members * CONNECTION_BYTES,
    )


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale.sizing", description=__doc__)
    parser.add_argument("--rooms", type=int, default=1_000_000)
    parser.add_argument("--members", type=int, default=10, help="of each room")
    parser.add_argument("--rate", type=float, default=10_000, help="feed messages a second")
    parser.add_argument(
        "--shares", type=float, nargs="+", default=[1e-6, 1e-5, 1e-4], help="of the messages, that a filter passes"
    )
    options = parser.parse_args()
    if not RESULTS.exists() or "scale" not in (rows := json.loads(RESULTS.read_text(encoding="utf-8"))["rows"]):
        parser.error('nothing was measured here: run `make bench ARGS="--only scale"` first')
    constants: Constants = rows["scale"]["data"]["constants"]
    for share in options.shares:
        load = Load(options.rooms, options.members, options.rate, share)
        try:
            print(f"| {share:.4%} | {load.rate * load.rooms * share:,.0f} | {_told(size(constants, load))} |")
        except ValueError as error:
            print(f"| {share:.4%} | {load.rate * load.rooms * share:,.0f} | {error} |")


def _told(found: Size) -> str:
    return (
        f"{found.servers:,} | {found.database_cores:,.0f} + {found.bridge_cores:,.0f} | "
        f"{found.gateways:,} ({found.gateways_for}) | {found.gateway_cores:,.0f} | "
        f"{found.gateway_bytes / 1e9:,.0f} GB | {found.nats_cores:,.1f}"
    )


if __name__ == "__main__":
    main()
