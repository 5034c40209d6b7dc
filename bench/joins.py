"""Row: thousands of users join large rooms, all at once."""

from bench import herd, queries
from bench.connections import allow_files
from bench.errors import BenchError
from bench.row import Bench, Row
from bench.system import System
from bench.usage import KINDS, spending
from bench.worker import Worker

TITLE = "Joins, rooms of 1,000"
ROOMS, SIZE = 5, 1000
CONNECTING = 1000


def run(bench: Bench) -> Row:
    """Raises BenchError."""
    allow_files(ROOMS * SIZE)
    users = [(f"guest{place}", place % ROOMS) for place in range(ROOMS * SIZE)]
    with System(bench.servers, ROOMS, SIZE, gateways=bench.options.gateways, feed=False) as system:
        guests = system.start_worker(Worker("herd", herd.serve))
        usage = system.usage()
        connecting, joining = guests.call("join", system.ports, users, CONNECTING)
        spent = {kind: system.usage().spent_since(usage, (kind,)) / len(users) for kind in KINDS}
        bench.say(f"{len(users):,} connected in {connecting:.2f} s and joined in {joining:.2f} s")
        members = system.fetch(queries.COUNT_MEMBERS)[0][0]
        newest = dict(system.fetch(queries.ROOM_SEQS))
        if members != len(users) or newest != dict.fromkeys(range(ROOMS), SIZE):
            raise BenchError(f"{members} members instead of {len(users)}, and the rooms are at {newest}")
        while guests.call("seqs") != newest:
            pass
    rate, both = len(users) / joining, len(users) / (connecting + joining)
    return Row(
        TITLE,
        [
            f"{rate:,.0f} joins/s of {len(users):,} connected users, into {ROOMS} empty rooms, until each is in",
            f"{both:,.0f} joins/s with the time in which they connected; {spending(spent)}",
        ],
        f"{members:,} members in the database; each got every USERJOINED of its room after its own, in order",
        {"rate": rate, "rate_with_connecting": both, "spent": spent},
    )
