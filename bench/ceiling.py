"""Row 0: the crowd alone. A sender that only writes frames shows how much the crowd can check.

The other rows stay below that, so it is not the crowd that limits them; the processor shares of each row show it too.
"""

import time

from bench import crowd, sender
from bench.row import Bench, Row
from bench.usage import Usage
from bench.worker import Worker

TITLE = "The load clients alone"
CROWDS = ((20, False), (500, False), (500, True))
"""How many users, and whether each has a room of their own, so that nobody else gets the same."""
POLL_SECONDS = 0.01


def run(bench: Bench) -> Row:
    """Raises BenchError."""
    figures, data = [], {}
    for size, are_alone in CROWDS:
        rate, share = _measure(size, are_alone, bench.options.seconds)
        users = f"{size} users" + ", each alone" * are_alone
        figures.append(f"{users}: {rate:,.0f} deliveries/s checked by {share:.0%} of a processor")
        data[users] = {"deliveries_rate": rate, "processor": share}
        bench.say(figures[-1])
    return Row(TITLE, figures, "every sequence and number in order, every byte compared", data)


def _measure(size: int, are_alone: bool, seconds: float) -> tuple[float, float]:
    """Deliveries per second, and the share of a processor that the crowd took."""
    source, users = Worker("sender", sender.serve, size), Worker("crowd", crowd.serve)
    try:
        rooms = range(size if are_alone else 1)
        users.call("join", [source.answer()], [(f"u{number}", number % len(rooms)) for number in range(size)])
        users.call("watch", {room: str(room) for room in rooms}, 1, 1 if are_alone else 47)
        before = Usage.of({"crowd": users.pid})
        last_seq = source.call("blast", seconds)
        while min(users.call("seqs").values()) != last_seq:
            time.sleep(POLL_SECONDS)
        after = Usage.of({"crowd": users.pid})
        return last_seq * size / (after.at - before.at), sum(after.shares_since(before)["crowd"].values())
    finally:
        users.stop()
        source.stop()
