"""Values as Grafana writes them, by a panel's unit."""

import math

COLORS = ["#73bf69", "#f2cc0c", "#8ab8ff", "#ff780a", "#f2495c", "#5794f2", "#b877d9", "#c0d8ff", "#37872d", "#fade2a"]
"""Grafana's palette, for one line after the other."""
NAMED = {"green": "#73bf69", "yellow": "#f2cc0c", "red": "#f2495c", "blue": "#5794f2"}
STEPS = {
    "s": [(1e-6, "µs"), (1e-3, "ms"), (1.0, "s"), (60.0, "min")],
    "bytes": [(1.0, "B"), (1024.0, "KiB"), (1024.0**2, "MiB"), (1024.0**3, "GiB")],
    "Bps": [(1.0, "B/s"), (1e3, "kB/s"), (1e6, "MB/s"), (1e9, "GB/s")],
    "percentunit": [(0.01, "%")],
    "short": [(1.0, ""), (1e3, "K"), (1e6, "Mil")],
    "none": [(1.0, "")],
}


def unit_of(value: float, unit: str) -> tuple[float, str]:
    """The largest of a unit's steps that is not over a value, as a factor and its name."""
    steps = STEPS[unit]
    return next((step for step in reversed(steps) if abs(value) >= step[0]), steps[0])


def written(value: float, unit: str) -> str:
    """A value with its unit, in three digits."""
    if math.isnan(value):
        return "no data"
    factor, name = unit_of(value, unit)
    number = f"{value / factor:.3g}" if abs(value / factor) < 1000 else f"{value / factor:.0f}"
    return f"{number} {name}".strip() if value else "0"


def newest(values: list[float]) -> float:
    """The last one that is known; NaN if none is."""
    return next((value for value in reversed(values) if not math.isnan(value)), math.nan)
