"""`make dashboard`: a picture of ops/grafana/dashboard.json with what a Prometheus has.

For the documents, where no Grafana is at hand: each panel's own queries, with its unit, colours and place. matplotlib
draws it, so it shows what is asked and what comes, and not exactly what Grafana makes of it.
"""

import argparse
import json
import time
from datetime import datetime
from pathlib import Path

from matplotlib.figure import Figure

from dashboard.panels import Painter
from dashboard.prometheus import Prometheus

ROOT = Path(__file__).parents[2]
DASHBOARD = ROOT / "ops" / "grafana" / "dashboard.json"
PICTURE = ROOT / "docs" / "images" / "dashboard.png"
DPI = 100
CELL = (70, 36)
"""Pixels of one cell of the grid; it is 24 wide."""
GAP = 8
POINTS = 150
"""How many values a line has at most."""


def draw(url: str, start: float, end: float, path: Path) -> None:
    """Ask for everything and write the picture."""
    panels = json.loads(DASHBOARD.read_text())["panels"]
    columns = max(panel["gridPos"]["x"] + panel["gridPos"]["w"] for panel in panels)
    rows = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels)
    width, height = columns * CELL[0] + GAP, rows * CELL[1] + GAP
    figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor="#111217")
    step = max(10, 10 * round((end - start) / POINTS / 10))
    painter = Painter(figure, Prometheus(url, start, end, step), (width, height))
    for panel in panels:
        place = panel["gridPos"]
        painter.draw(
            panel,
            (
                place["x"] * CELL[0] + GAP,
                height - (place["y"] + place["h"]) * CELL[1],
                place["w"] * CELL[0] - GAP,
                place["h"] * CELL[1] - GAP,
            ),
        )
    figure.savefig(path)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="make dashboard", description="Draw the dashboard with a Prometheus's data.")
    parser.add_argument("--prometheus", default="http://127.0.0.1:9090", metavar="URL")
    parser.add_argument("--minutes", type=float, default=15, help="how long a time it shows (15)")
    parser.add_argument("--until", type=datetime.fromisoformat, metavar="TIME", help="when that ends, if not now")
    parser.add_argument("--to", type=Path, default=PICTURE, metavar="FILE")
    options = parser.parse_args()
    end = options.until.timestamp() if options.until else time.time()
    draw(options.prometheus, end - 60 * options.minutes, end, options.to)
    print(options.to)


if __name__ == "__main__":
    main()
