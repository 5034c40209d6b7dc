"""The results as JSON; a run replaces the rows that it measured and keeps the others."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.row import Options, Row

DIRECTORY = Path(__file__).parent / "results"
FILE = DIRECTORY / "results.json"

Results = dict[str, Any]


def load() -> Results:
    """The results so far; none if there are none."""
    results: Results = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {"rows": {}}
    return results


def save(rows: Mapping[str, Row], machine: dict[str, str], options: Options) -> Results:
    """Write and return the results with these rows in them."""
    results = load()
    at = datetime.now(UTC).isoformat(timespec="seconds")
    results["machine"] = machine
    for name, row in rows.items():
        results["rows"][name] = asdict(row) | {"at": at, "options": asdict(options)}
    DIRECTORY.mkdir(exist_ok=True)
    # Latencies that were not sampled are NaN, which JSON does not have.
    FILE.write_text(json.dumps(_plain(results), indent=1) + "\n", encoding="utf-8")
    return load()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and value != value else value
