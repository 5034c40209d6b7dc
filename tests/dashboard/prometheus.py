"""Asks a Prometheus what the panels of the dashboard ask."""

import json
import math
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any

from harness.promql import RATE_INTERVAL

SCRAPE = 10
"""Seconds between two scrapes, as ops/prometheus.yml and Grafana's data source have it."""
SECONDS = 30.0


@dataclass(frozen=True)
class Series:
    """One line of a panel: a value for each time on the grid, NaN where there is none."""

    labels: dict[str, str]
    values: list[float]


class Prometheus:
    """One at a URL, asked about a stretch of time by a grid of steps."""

    def __init__(self, url: str, start: float, end: float, step: int) -> None:
        self._url = url.rstrip("/")
        self._step = step
        first = math.floor(start / step) * step
        self.times = [float(moment) for moment in range(first, math.floor(end) + 1, step)]

    def series(self, expression: str) -> list[Series]:
        """What an expression has, with Grafana's window for rates. Raises HTTPError if Prometheus refuses it."""
        window = max(4 * SCRAPE, self._step + SCRAPE)
        query = {
            "query": expression.replace(RATE_INTERVAL, f"{window}s"),
            "start": self.times[0],
            "end": self.times[-1],
            "step": self._step,
        }
        url = f"{self._url}/api/v1/query_range?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(url, timeout=SECONDS) as answer:
            found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
        return [Series(each["metric"], self._on_grid(each["values"])) for each in found]

    def _on_grid(self, points: list[tuple[float, str]]) -> list[float]:
        known = {float(moment): float(value) for moment, value in points}
        return [known.get(moment, math.nan) for moment in self.times]
