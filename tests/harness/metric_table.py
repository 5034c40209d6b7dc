"""The tables of docs/metrics.md: which metrics there are, with type, unit and labels."""

import re
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "metrics.md"
OF_THE_DATABASE = "What follows Postgres tells for all gateways together"
"""Begins the paragraph before the table of what every gateway tells alike."""

Documented = dict[str, tuple[str, str, set[str]]]


def read_table(text: str) -> Documented:
    """Type, unit and labels of each metric in a text's tables."""
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()]
    return {
        row[0].strip("`"): (row[1], row[2], set(re.findall(r"`(\w+)`", row[3])))
        for row in rows
        if len(row) == 5 and row[0].startswith("`") and row[4]
    }


def documented() -> Documented:
    """All metrics."""
    return read_table(DOCUMENT.read_text())


def of_the_database() -> set[str]:
    """Those that every gateway tells alike."""
    after = DOCUMENT.read_text().partition(OF_THE_DATABASE)[2]
    assert after
    return set(read_table(after.partition("\n## ")[0]))
