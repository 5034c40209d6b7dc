"""Draws the panels of the dashboard: lines, numbers, and when which alert fired."""

import math
import re
from datetime import UTC, datetime
from typing import Any

import matplotlib

matplotlib.use("Agg")

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from dashboard.prometheus import Prometheus, Series
from dashboard.values import COLORS, NAMED, newest, unit_of, written

Panel = dict[str, Any]
Box = tuple[float, float, float, float]
"""Left, bottom, width and height in pixels."""
Named = tuple[str, list[float]]
BACK, FRAME, GRID, TEXT, FAINT = "#181b1f", "#2c3235", "#2a2e33", "#d8d9da", "#9fa7b3"
LEGEND_ROW = 15
LEGEND_CHARACTERS = 6.4
"""Pixels of a line of the legend, and of a character in it."""


class Painter:
    """Draws one panel after the other into a figure."""

    def __init__(self, figure: Figure, prometheus: Prometheus, size: tuple[int, int]) -> None:
        self._figure = figure
        self._prometheus = prometheus
        self._size = size

    def draw(self, panel: Panel, box: Box) -> None:
        """A panel, a row's title included, at its place."""
        if panel["type"] == "row":
            self._text(box[0] + 4, box[1] + box[3] / 2, panel["title"], 10.5, TEXT, weight="bold", va="center")
            return
        back = {"stat": self._stat, "timeseries": self._lines, "state-timeline": self._states}[panel["type"]]
        self._frame(box, BACK)
        self._text(box[0] + 8, box[1] + box[3] - 9, panel["title"], 8.5, TEXT, va="top")
        back(panel, box)

    def _asked(self, panel: Panel) -> list[Named]:
        found = [
            (legend(target["legendFormat"], series), series.values)
            for target in panel["targets"]
            for series in sorted(self._prometheus.series(target["expr"]), key=lambda each: sorted(each.labels.items()))
        ]
        return [(name, values) for name, values in found if not all(map(math.isnan, values))]

    def _frame(self, box: Box, color: str) -> None:
        self._figure.add_artist(
            Rectangle(
                (box[0] / self._size[0], box[1] / self._size[1]),
                box[2] / self._size[0],
                box[3] / self._size[1],
                facecolor=color,
                edgecolor=FRAME,
                linewidth=0.8,
                transform=self._figure.transFigure,
                zorder=-1,
            )
        )

    def _text(self, x: float, y: float, text: str, size: float, color: str, **options: Any) -> None:
        self._figure.text(x / self._size[0], y / self._size[1], text, fontsize=size, color=color, **options)

    def _axes(self, box: Box, left: float, right: float, top: float, bottom: float) -> Axes:
        place = (box[0] + left, box[1] + bottom, box[2] - left - right, box[3] - top - bottom)
        width, height = self._size
        axes = self._figure.add_axes((place[0] / width, place[1] / height, place[2] / width, place[3] / height))
        axes.set_facecolor("none")
        axes.set_xlim(self._prometheus.times[0], self._prometheus.times[-1])
        for side in axes.spines.values():
            side.set_visible(False)
        axes.tick_params(length=0, labelsize=7, labelcolor=FAINT, pad=3)
        return axes

    def _stat(self, panel: Panel, box: Box) -> None:
        asked = self._asked(panel)
        values = asked[0][1] if asked else []
        defaults = panel["fieldConfig"]["defaults"]
        value = newest(values)
        color = threshold_color(defaults["thresholds"]["steps"], value)
        if panel["options"]["colorMode"] == "background":
            self._frame(box, color)
            color = "#ffffff"
            self._text(box[0] + 8, box[1] + box[3] - 9, panel["title"], 8.5, color, va="top")
        elif panel["options"]["graphMode"] == "area":
            axes = self._axes(box, 1, 1, box[3] * 0.62, 1)
            axes.fill_between(self._prometheus.times, 0, values, color=color, alpha=0.25, linewidth=0)
            axes.plot(self._prometheus.times, values, color=color, linewidth=1)
            axes.set_axis_off()
            axes.set_ylim(bottom=0)
        words = written(value, defaults["unit"])
        for mapping in defaults.get("mappings", []):
            words = mapping["options"].get(words, {}).get("text", words)
        self._text(box[0] + box[2] / 2, box[1] + box[3] * 0.5, words, 21, color, ha="center", va="center")

    def _lines(self, panel: Panel, box: Box) -> None:
        asked = self._asked(panel)
        defaults = panel["fieldConfig"]["defaults"]
        custom = defaults["custom"]
        axes = self._axes(box, 50, 12, 28, 20 + self._legend([name for name, _ in asked], box))
        times = self._prometheus.times
        base = [0.0] * len(times)
        is_stacked = custom["stacking"]["mode"] == "normal"
        for color, (_, values) in zip(COLORS * 3, asked, strict=False):
            upper = values
            if is_stacked:
                upper = [low + (0.0 if math.isnan(value) else value) for low, value in zip(base, values, strict=True)]
            axes.fill_between(times, base, upper, color=color, alpha=custom["fillOpacity"] / 100, linewidth=0)
            axes.plot(times, upper, color=color, linewidth=1.1)
            base = upper if is_stacked else base
        scale(axes, defaults, [value for _, values in asked for value in values if value > 0])
        axes.grid(color=GRID, linewidth=0.7)
        name_times(axes)
        if not asked:
            self._text(box[0] + box[2] / 2, box[1] + box[3] / 2, "no data", 9, FAINT, ha="center", va="center")

    def _legend(self, names: list[str], box: Box) -> int:
        """Names below the lines, in as many rows as they take; how high that is."""
        rows: list[list[tuple[float, int]]] = [[]]
        x = 14.0
        for number, name in enumerate(names):
            width = 22 + len(name) * LEGEND_CHARACTERS
            if x + width > box[2] and rows[-1]:
                rows.append([])
                x = 14.0
            rows[-1].append((x, number))
            x += width
        for row, places in enumerate(rows):
            y = box[1] + 10 + LEGEND_ROW * (len(rows) - 1 - row)
            for x, number in places:
                self._text(box[0] + x, y, "━", 8, COLORS[number % len(COLORS)], va="center")
                self._text(box[0] + x + 13, y, names[number], 7.5, TEXT, va="center")
        return LEGEND_ROW * len(rows)

    def _states(self, panel: Panel, box: Box) -> None:
        asked = self._asked(panel)
        axes = self._axes(box, 12, 12, 28, 20)
        times = self._prometheus.times
        step = times[1] - times[0]
        for row, (name, values) in enumerate(asked):
            bars = [(moment, step) for moment, value in zip(times, values, strict=True) if not math.isnan(value)]
            axes.broken_barh(bars, (row + 0.05, 0.5), color=NAMED["red"], linewidth=0)
            axes.text(times[0], row + 0.6, name, fontsize=7, color=TEXT, va="bottom")
        axes.set_ylim(max(len(asked), 3), 0)
        axes.invert_yaxis()
        axes.set_yticks([])
        axes.grid(axis="x", color=GRID, linewidth=0.7)
        name_times(axes)


def legend(form: str, series: Series) -> str:
    """The name of a line: `{{label}}` is that label's value."""
    return re.sub(r"\{\{(\w+)\}\}", lambda found: series.labels.get(found[1], ""), form)


def threshold_color(steps: list[dict[str, Any]], value: float) -> str:
    """That of the highest step that the value reaches."""
    reached = [step for step in steps if step["value"] is None or value >= step["value"]]
    return NAMED[reached[-1]["color"]]


def scale(axes: Axes, defaults: dict[str, Any], positive: list[float]) -> None:
    """From 0, or by powers of ten where a panel says so; named by the panel's unit, in steps that are round in it."""
    unit = defaults["unit"]
    if defaults["custom"]["scaleDistribution"]["type"] == "log" and positive:
        axes.set_yscale("log")
        axes.set_ylim(min(positive) / 1.5, max(positive) * 1.5)
        axes.yaxis.set_major_locator(LogLocator(10, numticks=6))
        axes.yaxis.set_minor_locator(NullLocator())
    else:
        top = defaults.get("max") or 1.1 * max(axes.get_ylim()[1] if positive else 0, 1e-9)
        factor = unit_of(top, unit)[0]
        axes.set_ylim(0, top if positive else 1)
        axes.set_yticks(
            [tick * factor for tick in MaxNLocator(4).tick_values(0, top / factor)[:-1]] if positive else [0, 1]
        )
        axes.set_ylim(0, top if positive else 1)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: written(value, unit)))


def name_times(axes: Axes) -> None:
    """The hour and the minute, in UTC, at round minutes."""
    first, last = axes.get_xlim()
    minutes = next(each for each in (1, 2, 5, 10, 30, 60, 240) if (last - first) / 60 / each <= 5)
    axes.set_xticks(
        [
            each
            for each in range(int(first) // 60 * 60, int(last) + 1, 60)
            if each >= first and each // 60 % minutes == 0
        ]
    )
    axes.xaxis.set_major_formatter(FuncFormatter(lambda moment, _: f"{datetime.fromtimestamp(moment, UTC):%H:%M}"))
