"""Row: thousands of members whose gateway is killed come back to another one, all at once."""

import time

from bench import herd, queries
from bench.clauses import TitleRange
from bench.connections import allow_files
from bench.errors import BenchError
from bench.load import CheckedFeed
from bench.row import Bench, Row, checked, milliseconds
from bench.system import System
from bench.usage import KINDS, spending
from bench.worker import Worker

TITLE = "Return after a gateway was killed"
ROOMS, SIZE, RATE = 5, 4, 100
"""Those who watch, at other gateways."""
CROWDED_SIZE = 1000
"""Members of a room that comes back."""
CROWDED_WIDTH = 10
"""Of 1,000 feed messages, how many such a room gets."""
CONNECTING = 1000
"""How many are on their way at once: a little less than wait to be accepted (gateway/service.py)."""
CATCH_UP_SECONDS = 30.0


def run(bench: Bench) -> Row:
    """Raises BenchError."""
    count = bench.options.returning
    allow_files(count)
    crowded = range(ROOMS, ROOMS + -(-count // CROWDED_SIZE))
    users = [(f"guest{place}", crowded[place // CROWDED_SIZE]) for place in range(count)]
    watching = [(f"u{room}-{place}", room) for room in range(ROOMS) for place in range(SIZE)]
    with System(bench.servers, crowded.stop, CROWDED_SIZE + 1, gateways=1 + bench.options.gateways) as system:
        doomed, *others = system.ports
        setters = [(f"setter{room}", room) for room in crowded]
        system.crowd.call("join", others, watching + setters)
        clauses = {room: {"sport_event": TitleRange(room, CROWDED_WIDTH).clause} for room in crowded}
        system.crowd.call("set_filters", clauses)
        system.crowd.call("watch", dict.fromkeys(range(ROOMS), "all"), 1, 1)
        guests = system.start_worker(Worker("herd", herd.serve))
        connected, joined = guests.call("join", [doomed], users, CONNECTING)
        bench.say(f"{count:,} are in: {connected:.2f} s to connect, {joined:.2f} s to join")
        feed = CheckedFeed(system, dict.fromkeys(range(ROOMS), SIZE))
        calm = feed.run(RATE, bench.options.seconds)
        bench.say_load(calm)
        system.kill("gateway")
        usage = system.usage()
        took = 0.0

        def come_back() -> None:
            nonlocal took
            took = guests.call("come_back", others, CONNECTING)

        meanwhile = feed.run(RATE, bench.options.returning / 2500, come_back)
        bench.say_load(meanwhile)
        spent = {kind: system.usage().spent_since(usage, (kind,)) / count for kind in KINDS}
        bench.say(f"{count:,} are back after {took:.2f} s, {count / took:,.0f}/s")
        rooms = _caught_up(system, guests, crowded)
        members = system.fetch(queries.COUNT_MEMBERS)[0][0]
        if members != count + len(watching) + len(setters):
            raise BenchError(f"{members} members instead of {count + len(watching) + len(setters)}")
    return Row(
        TITLE,
        [
            f"{count:,} members in {len(crowded)} rooms resumed in {took:.2f} s, {count / took:,.0f}/s, "
            f"over {bench.options.gateways} gateway(s); before, they connected in {connected:.2f} s "
            f"and joined in {joined:.2f} s",
            spending(spent),
            f"latency at {RATE} messages/s: p50 {milliseconds(calm.p50)}, p99 {milliseconds(calm.p99)} before; "
            f"p50 {milliseconds(meanwhile.p50)}, p99 {milliseconds(meanwhile.p99)} while they come back",
        ],
        f"{members:,} members in the database; each of {count:,} got all that its room got, {sum(rooms.values()):,} "
        f"messages in all rooms, in order, none missing, over both connections; "
        f"{checked([calm, meanwhile], len(watching))}",
        {
            "count": count,
            "seconds": took,
            "spent": spent,
            "gateways": bench.options.gateways,
            "loads": [calm.as_json(), meanwhile.as_json()],
        },
    )


def _caught_up(system: System, guests: Worker, crowded: range) -> dict[int, int]:
    """The newest seq of each room, once all of its members have everything; raises BenchError."""
    deadline = time.monotonic() + CATCH_UP_SECONDS
    while True:
        newest = {room: seq for room, seq in system.fetch(queries.ROOM_SEQS) if room in crowded}
        if guests.call("seqs") == newest:
            return newest
        if time.monotonic() > deadline:
            raise BenchError(f"the rooms are at {newest}, their members at {guests.call('seqs')}")
        time.sleep(0.1)
