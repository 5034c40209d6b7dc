"""A model of what each part costs, whose constants are measured with one server, held against one, two and three.

The constants come of loads with few and many rooms, wide and narrow filters, one and more members, at low rates and
overrun. What is predicted is another load than any of these: processor time of each part at a rate that all sustain,
and how many messages a second come through when more are published.
"""

from typing import Any

import psutil

from bench.row import Bench, Row, checked
from bench.scale.constants import fit
from bench.scale.measure import Measured, measure, rooms_of
from bench.scale.simulation import Simulation
from bench.scale.work import DOES, UNITS, Constants

TITLE = "Rooms over one, two and three servers: predicted and measured"
LEARNED_FROM = (
    rooms_of(5, 900, 1),
    rooms_of(250, 10, 1),
    rooms_of(1000, 1, 1),
    rooms_of(1000, 10, 1),
    rooms_of(1000, 50, 1),
    rooms_of(1000, 10, 4),
)
LEARNED_AT = ((200.0, 3.0), (1000.0, 3.0), (20_000.0, 1.0))
"""Rates, and for how many seconds each."""
HELD_AGAINST = rooms_of(1000, 20, 2)
CALM, OVERRUN = (300.0, 4.0), (20_000.0, 1.0)
SERVERS = (1, 2, 3)


def run(bench: Bench) -> Row:
    """Raises BenchError."""
    learned: list[Measured] = []
    for rooms in LEARNED_FROM:
        learned += measure(bench, rooms, list(LEARNED_AT))
        bench.say(f"{rooms}: {learned[-1].load.throughput:,.0f} messages/s when overrun")
    constants = fit([each.observation for each in learned])
    commit = min(each.commit for each in learned)
    figures = [_told(constants), f"a commit waits for the disk for {commit * 1e3:.2f} ms"]
    checks: list[dict[str, Any]] = []
    loads = [each.load for each in learned]
    for servers in SERVERS:
        calm, overrun = measure(bench, HELD_AGAINST, [CALM, OVERRUN], servers)
        loads += [calm.load, overrun.load]
        simulations = [Simulation(constants, commit, HELD_AGAINST, servers, psutil.cpu_count() or 1) for _ in range(2)]
        checks.append(_compare(simulations, servers, calm, overrun))
        figures.append(_describe(checks[-1]))
        bench.say(figures[-1])
    data = {
        "constants": constants,
        "commit": commit,
        "checks": checks,
        "learned": [
            [each.rate, each.load.throughput, each.commit, each.observation.work.of(UNITS), each.observation.spent]
            for each in learned
        ],
    }
    return Row(
        TITLE, figures, checked(loads, HELD_AGAINST.count * HELD_AGAINST.members, "what its filter passes"), data
    )


def _compare(simulations: list[Simulation], servers: int, calm: Measured, overrun: Measured) -> dict[str, Any]:
    predicted, rushed = simulations[0].run(*CALM), simulations[1].run(*OVERRUN)
    return {
        "servers": servers,
        "spent": {part: [predicted.spent[part], calm.observation.spent[part]] for part in DOES},
        "batches": [predicted.batches, calm.observation.work.batches],
        "throughput": [rushed.throughput, overrun.load.throughput],
        "rushed": {part: [rushed.spent[part], overrun.observation.spent[part]] for part in DOES},
        "rushed_batches": [rushed.batches, overrun.observation.work.batches],
        "commit": calm.commit,
    }


def _describe(check: dict[str, Any]) -> str:
    spent = check["spent"]
    databases = [sum(spent[part][side] for part in spent if part.startswith("postgres")) for side in (0, 1)]
    alls = [sum(each[side] for each in spent.values()) for side in (0, 1)]
    milliseconds = 1000 / (CALM[0] * CALM[1])
    return (
        f"{check['servers']} server(s), at {CALM[0]:,.0f} messages/s: databases {_off(databases, milliseconds)} ms a "
        f"message, all parts {_off(alls, milliseconds)}; overrun: {_off(check['throughput'])} messages/s"
    )


def _off(both: list[float], factor: float = 1.0) -> str:
    """What was predicted, what was measured, and by how much that is off."""
    predicted, measured = (each * factor for each in both)
    return f"{predicted:,.3g} predicted, {measured:,.3g} measured ({predicted / measured - 1:+.0%})"


def _told(constants: Constants) -> str:
    parts = (
        f"{part} " + ", ".join(f"{seconds * 1e6:,.3g} per {unit}" for unit, seconds in each.items() if seconds)
        for part, each in constants.items()
    )
    return "processor time in µs: " + "; ".join(parts)
