"""`python -m bench --report`: makes the tables and plots of docs/performance.md from the results.

A table is between `<!-- bench: <name> -->` and `<!-- /bench -->`; the text around it is written by hand.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import plots
from bench.errors import BenchError
from bench.fanout import SOCKET_IO as SOCKET_IO_FANOUT
from bench.feed import ORIGINAL, SOCKET_IO
from bench.results import Results

DOCUMENT = Path(__file__).parents[1] / "docs" / "performance.md"
PLOTS = DOCUMENT.parent / "performance"
_TABLE = re.compile(r"(?<=<!-- bench: )(\w+)( -->\n).*?(?=<!-- /bench -->)", re.DOTALL)

Rows = dict[str, Any]


def write(results: Results) -> None:
    """Rewrite the document's tables and draw its plots; raises BenchError for a table that it cannot make."""
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(_TABLE.sub(lambda match: _fill(match, results), text), encoding="utf-8")
    PLOTS.mkdir(exist_ok=True)
    plots.draw(results, PLOTS)


def _fill(match: re.Match[str], results: Results) -> str:
    name = match[1]
    if name not in _TABLES:
        raise BenchError(f"{DOCUMENT.name} asks for the table {name}, which is none of {', '.join(_TABLES)}")
    needed, make = _TABLES[name]
    if any(row not in results["rows"] for row in needed):
        return match[0]
    return match[1] + match[2] + "\n".join(make(results)) + "\n"


def _machine(results: Results) -> list[str]:
    return ["| | |", "|---|---|", *(f"| {name} | {told} |" for name, told in results["machine"].items())]


def _reached(results: Results) -> list[str]:
    rows = {name: row["data"] for name, row in results["rows"].items()}
    load = rows["latency"]["load"]
    none, quarter, hundredth = (rows["rooms"][name]["sustained"] for name in ("none", "quarter", "hundredth"))
    return [
        "| | at least | hoped for | reached |",
        "|---|---|---|---|",
        f"| 1. sustained feed messages/s | 12,000 | 25,000 | {rows['feed']['sustained']:,.0f} |",
        f"| 1. the same, JSON of an added feed | 20,000 | | {rows['json_feed']['sustained']:,.0f} |",
        f"| 2. p50 / p99 at 100/s | 2.5 ms / 8 ms | 1.2 ms / 4 ms "
        f"| {load['p50'] * 1e3:.1f} ms / {load['p99'] * 1e3:.1f} ms |",
        f"| 3. deliveries/s, 1 × 500, p99 under 250 ms | 400,000 | 1,000,000 | {rows['fanout']['sustained']:,.0f} |",
        f"| 4. 1,000 rooms, different filters, each passes 25 %: feed messages/s | 12,000 | 25,000 | {quarter:,.0f} |",
        f"| 4. the same, each passes 1 % | 3,000 | 10,000 | {hundredth:,.0f} |",
        f"| 4. 1,000 rooms, all NONE: deliveries/s | 300,000 | 1,000,000 | {none:,.0f} |",
        f"| 5. comments/s | 3,000 | 10,000 | {rows['comments']['sustained']:,.0f} |",
        f"| others' p99 while 20 of 500 stop reading | +20 % | | {rows['slow']['change']:+.0%} |",
        f"| 6. memory per idle connection | 60 kB | 25 kB | {rows['connections']['bytes_each'] / 1000:.1f} kB |",
    ]


def _compared(results: Results) -> list[str]:
    rate, fanout = (results["rows"][name]["data"]["sustained"] for name in ("feed", "fanout"))
    return [
        "| | the original | Socket.IO, Postgres adapter | here | ratios |",
        "|---|---|---|---|---|",
        f"| feed messages/s, 5 rooms of 4 | {ORIGINAL} | {SOCKET_IO:,} | {rate:,.0f} "
        f"| {rate / ORIGINAL:,.0f} × and {rate / SOCKET_IO:.1f} × |",
        f"| deliveries/s, 1 room of 500 | | {SOCKET_IO_FANOUT:,} | {fanout:,.0f} | {fanout / SOCKET_IO_FANOUT:.1f} × |",
    ]


def _routing(results: Results) -> list[str]:
    layouts = results["rows"]["routing"]["data"]["layouts"]
    batches = [cell["batch"] for cell in layouts[0]["cells"]]
    head = [f"{batch:,} row{'s' * (batch > 1)}" for batch in batches]
    lines = ["| | " + " | ".join(head) + " | rows/s | router made in |", "|---" * (len(head) + 3) + "|"]
    for layout in layouts:
        cells = " | ".join(f"{cell['seconds'] * 1e3:.2f} ms" for cell in layout["cells"])
        rate, router = layout["cells"][-1]["rate"], layout["router_seconds"]
        lines.append(f"| {layout['layout']} | {cells} | {rate:,.0f} | {router * 1e3:.0f} ms |")
    return lines


def _kinds(results: Results) -> list[str]:
    measured = results["rows"]["signatures"]["data"]["kinds"]
    head = [f"{cell['batch']:,} row{'s' * (cell['batch'] > 1)}" for cell in measured[0]["cells"]]
    lines = ["| filters | form | " + " | ".join(head) + " | rows/s | one by one |", "|---" * (len(head) + 4) + "|"]
    for kind in measured:
        cells = " | ".join(
            f"{cell['processor'] * 1e3:.2f} ms, {direct['processor'] / cell['processor']:.1f} ×"
            for cell, direct in zip(kind["cells"], kind["direct"], strict=True)
        )
        forms, rates = "/".join(sorted(set(kind["forms"]))), (kind["cells"][-1]["rate"], kind["direct"][-1]["rate"])
        title = kind["kind"] if kind["kind"].startswith("a mix") else f"`{kind['kind']}`"
        lines.append(f"| {kind['filters']:,} × {title} | {forms} | {cells} | {rates[0]:,.0f} | {rates[1]:,.0f} |")
    return lines


def _filters(results: Results) -> list[str]:
    rows = {name: row["data"] for name, row in results["rows"].items()}
    mix = next(kind for kind in rows["signatures"]["kinds"] if kind["kind"].startswith("a mix"))
    many, few = (rows["many_filters"][name] for name in ("cells", "few"))
    one, hundred = (many[place]["seconds"] / few[place]["seconds"] for place in (0, 2))
    new, changes = rows["many_filters"]["new"], rows["many_filters"]["changes"]
    return [
        "| | at least | hoped for | reached |",
        "|---|---|---|---|",
        f"| 10,000 different filters of a mix of kinds, batches of 1,000: rows/s | 14,000 | 25,000 "
        f"| {mix['cells'][-1]['rate']:,.0f} (one by one {mix['direct'][-1]['rate']:,.0f}) |",
        f"| 100,000 filters against 5: a batch of 1 / 100 rows | 2 × / 10 × | 1.2 × / 4 × "
        f"| {one:.1f} × / {hundred:.1f} × |",
        f"| a new filter among 100,000: until it holds (median, worst) | 10 ms | 3 ms "
        f"| {new['median'] * 1e3:.1f} ms, {new['worst'] * 1e3:.1f} ms |",
        f"| the longest wait of an insert meanwhile | 20 ms | 5 ms | {new['feed_longest'] * 1e3:.1f} ms "
        f"({new['alone_longest'] * 1e3:.1f} ms without) |",
        f"| changes/s among 100,000 under 1,000 rows/s | 500 | | {changes['rate']:,.0f}; an insert p99 "
        f"{changes['feed_p99'] * 1e3:.0f} ms, longest {changes['feed_longest'] * 1e3:.0f} ms |",
        f"| 10,000 rooms, all different, each passes 0.1 %: messages/s | 10,000 | 20,000 "
        f"| {rows['many_rooms']['sustained']:,.0f} |",
    ]


def _breakdown(results: Results) -> list[str]:
    data = results["rows"]["breakdown"]["data"]
    lines = ["| process | user | kernel |", "|---|---|---|"]
    for name, modes in data["load"]["processors"].items():
        lines.append(f"| {name} | {modes['user']:.0%} | {modes['kernel']:.0%} |")
    lines += ["", "| in the bridge's statements | share of the time |", "|---|---|"]
    lines += [f"| {name} | {share:.0%} |" for name, share in data["functions"].items()]
    for part, shares in data["packages"].items():
        lines += ["", f"| in the {part}'s Python | share of its time |", "|---|---|"]
        lines += [f"| {name} | {share:.0%} |" for name, share in shares.items()]
    return lines


def _figures(results: Results) -> list[str]:
    lines = []
    for row in results["rows"].values():
        lines += [f"**{row['title']}** ({row['at'][:10]})", ""]
        lines += [f"- {figure}" for figure in row["figures"]]
        lines += [f"- Checked: {row['check']}", ""]
    return lines[:-1]


_MAIN = ("feed", "json_feed", "latency", "fanout", "rooms", "comments", "connections", "slow")
_TABLES: dict[str, tuple[tuple[str, ...], Callable[[Results], list[str]]]] = {
    "machine": ((), _machine),
    "reached": (_MAIN, _reached),
    "compared": (("feed", "fanout"), _compared),
    "routing": (("routing",), _routing),
    "kinds": (("signatures",), _kinds),
    "filters": (("signatures", "many_filters", "many_rooms"), _filters),
    "breakdown": (("breakdown",), _breakdown),
    # Of all rows or none: those that were not measured would vanish from the page.
    "figures": ((*_MAIN, "routing", "breakdown"), _figures),
}
