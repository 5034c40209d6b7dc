"""The plots, as PNG and SVG, of all rows that have results."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.ticker import ScalarFormatter

from bench.load import SUSTAINED_SECONDS
from bench.results import Results

SIZE = (7.0, 4.2)
FORMATS = ("png", "svg")


def draw(results: Results, directory: Path) -> list[Path]:
    """Write every plot whose row has been measured; returns the files."""
    rows, files = results["rows"], []
    for name, (row, paint) in _PLOTS.items():
        if row in rows:
            figure, axes = pyplot.subplots(figsize=SIZE, layout="constrained")
            paint(axes, rows[row]["data"])
            axes.set_title(rows[row]["title"])
            axes.grid(alpha=0.3)
            for form in FORMATS:
                files.append(directory / f"{name}.{form}")
                # Without a date, the same results make the same files.
                figure.savefig(files[-1], dpi=110, metadata={"Date": None} if form == "svg" else None)
            pyplot.close(figure)
    return files


def _paint_feed(axes: Axes, data: dict[str, Any]) -> None:
    _paint_latencies(axes, data["loads"], "rate", "feed messages per second")


def _paint_fanout(axes: Axes, data: dict[str, Any]) -> None:
    _paint_latencies(axes, data["loads"], "deliveries_rate", "deliveries per second")


def _paint_comments(axes: Axes, data: dict[str, Any]) -> None:
    _paint_latencies(axes, data["loads"], "rate", "comments per second")


def _paint_rooms(axes: Axes, data: dict[str, Any]) -> None:
    for name, told in (("none", "NONE"), ("quarter", "different, 25 % pass"), ("hundredth", "different, 1 % pass")):
        loads = [load for load in data[name]["loads"] if load["p99"] is not None]
        axes.plot([load["rate"] for load in loads], [load["p99"] * 1000 for load in loads], "o-", label=told)
    axes.axhline(SUSTAINED_SECONDS * 1000, color="gray", linestyle=":")
    _scale(axes, "feed messages per second", "p99 in ms")


def _paint_routing(axes: Axes, data: dict[str, Any]) -> None:
    for batch in (1, 1000):
        for kind, line in (("filters", "o-"), ("share", "s--"), ("NONE", "^:")):
            points = [
                (layout["rooms"], cell["seconds"] * 1000)
                for layout in data["layouts"]
                for cell in layout["cells"]
                if cell["batch"] == batch and _kind(layout) == kind
            ]
            if points:
                told = {"filters": "a filter each", "share": "sharing 5 filters", "NONE": "NONE"}[kind]
                axes.plot(*zip(*sorted(points), strict=True), line, label=f"{told}, {batch:,} rows")
    _scale(axes, "rooms", "ms a batch")


def _paint_growth(axes: Axes, data: dict[str, Any]) -> None:
    for color, kind in enumerate(data["kinds"]):
        for form, line in (("cells", "o-"), ("direct", "x:")):
            points = [(point["filters"], point[form][0]["processor"] * 1000) for point in kind["points"] if point[form]]
            told = kind["kind"] if form == "cells" else f"{kind['kind']}, one by one"
            axes.plot(*zip(*points, strict=True), line, color=f"C{color}", label=told)
    _scale(axes, "different filters", "ms of processor time for a batch of 100 rows")
    axes.legend(fontsize="x-small")


def _paint_breakdown(axes: Axes, data: dict[str, Any]) -> None:
    processors = data["load"]["processors"]
    names = list(processors)
    user = [processors[name]["user"] for name in names]
    axes.barh(names, user, label="user")
    axes.barh(names, [processors[name]["kernel"] for name in names], left=user, label="kernel")
    axes.invert_yaxis()
    axes.set_xlabel("share of a processor")
    axes.legend()


def _paint_latencies(axes: Axes, loads: Iterable[dict[str, Any]], rate: str, told: str) -> None:
    sampled = [load for load in loads if load["p99"] is not None]
    for quantile in ("p50", "p99"):
        points = [(load[rate], load[quantile] * 1000) for load in sampled]
        axes.plot(*zip(*points, strict=True), "o-", label=quantile)
    axes.axhline(SUSTAINED_SECONDS * 1000, color="gray", linestyle=":")
    _scale(axes, told, "ms")


def _scale(axes: Axes, across: str, up: str) -> None:
    axes.set(xscale="log", yscale="log", xlabel=across, ylabel=up)
    axes.yaxis.set_major_formatter(ScalarFormatter())
    axes.legend()


def _kind(layout: dict[str, Any]) -> str:
    """Which of the three lines a layout belongs to; none if another share of rows passes."""
    if not layout["filters"]:
        return "NONE"
    if layout["share"] != 0.01:
        return ""
    return "filters" if layout["filters"] == layout["rooms"] and layout["rooms"] > 0 else "share"


_PLOTS: dict[str, tuple[str, Callable[[Axes, dict[str, Any]], None]]] = {
    "feed": ("feed", _paint_feed),
    "fanout": ("fanout", _paint_fanout),
    "rooms": ("rooms", _paint_rooms),
    "comments": ("comments", _paint_comments),
    "routing": ("routing", _paint_routing),
    "growth": ("growth", _paint_growth),
    "breakdown": ("breakdown", _paint_breakdown),
}
