"""Row 4: a thousand rooms of one user each, without filters and with a thousand different ones."""

from collections.abc import Sequence

from bench.clauses import TitleRange
from bench.form import TITLES
from bench.load import CheckedFeed, Load, highest, rising
from bench.row import Bench, Row, checked, latency
from bench.system import System
from bench.tuning import warm

TITLE = "1,000 occupied rooms"
ROOMS = 1000
SAMPLE_EVERY = 47
SELDOM_SAMPLE_EVERY = 1
"""Where filters let one of a hundred messages pass."""
NONE_RATES = (50, 100, 200, 400, *rising(800, 40_000))
QUARTER_RATES = (100, 500, *rising(1000, 40_000))
HUNDREDTH_RATES = (100, 1000, *rising(3000, 80_000))


def run(bench: Bench) -> Row:
    """Raises BenchError."""
    figures: list[str] = []
    data: dict[str, object] = {}
    loads: list[Load] = []
    with System(bench.servers, ROOMS, 1, gateways=bench.options.gateways) as system:
        system.crowd.call("join", system.ports, [(f"u{room}", room) for room in range(ROOMS)])
        system.crowd.call("watch", dict.fromkeys(range(ROOMS), "all"), 1, SAMPLE_EVERY)
        tried, best = _measure(bench, CheckedFeed(system, dict.fromkeys(range(ROOMS), 1)), NONE_RATES)
        loads += tried
        rate = best.deliveries_rate if best else 0.0
        most = max(load.deliveries_rate for load in tried)
        figures.append(f"NONE: {rate:,.0f} deliveries/s sustained{latency(best)}; overrun: {most:,.0f} deliveries/s")
        data["none"] = {"sustained": rate, "loads": [load.as_json() for load in tried]}
    for name, width, rates, sample_every in (
        ("quarter", TITLES // 4, QUARTER_RATES, SAMPLE_EVERY),
        ("hundredth", TITLES // 100, HUNDREDTH_RATES, SELDOM_SAMPLE_EVERY),
    ):
        filters = {room: TitleRange(room, width) for room in range(ROOMS)}
        with System(bench.servers, ROOMS, 1, gateways=bench.options.gateways) as system:
            system.crowd.call("join", system.ports, [(f"u{room}", room) for room in range(ROOMS)])
            clauses = {room: {"sport_event": each.clause} for room, each in filters.items()}
            took = system.crowd.call("set_filters", clauses)
            bench.say(f"{ROOMS:,} filters set in {took:.1f} s")
            system.crowd.call("watch", {room: str(room) for room in filters}, 0, sample_every)
            feed = CheckedFeed(system, dict.fromkeys(range(ROOMS), 1), filters)
            loads.append(warm(bench, system, feed))
            tried, best = _measure(bench, feed, rates)
        loads += tried
        rate = best.rate if best else 0.0
        most = max(load.throughput for load in tried)
        figures.append(
            f"all different, each passes {width / TITLES:.0%}: {rate:,.0f} messages/s sustained{latency(best)}; "
            f"overrun: {most:,.0f} messages/s; filters set in {took:.1f} s"
        )
        data[name] = {"sustained": rate, "filters_seconds": took, "loads": [load.as_json() for load in tried]}
    return Row(TITLE, figures, checked(loads, ROOMS, "what its filter passes"), data)


def _measure(bench: Bench, feed: CheckedFeed, rates: Sequence[float]) -> tuple[list[Load], Load | None]:
    return highest(lambda rate: feed.run(rate, bench.options.seconds), rates, bench.say_load)
