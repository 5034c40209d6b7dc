"""Every example of docs/psql.md works and shows what the document shows."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from harness import documented
from harness.rooms import Rooms
from harness.servers import PostgresServer

pytestmark = pytest.mark.parametrize("postgres_version", [18, 16])

DOCUMENT = Path(__file__).parents[2] / "docs" / "psql.md"
EXAMPLE = re.compile(r"```sql\n(.*?)\n```\n```text\n(.*?)\n```", re.DOTALL)
SCHEMAS = "-c search_path=chat,room_filter,public"
VOLATILE = (
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+\d\d"), "<time>"),
    (re.compile(r"\b1[78]\d{8}\b"), "<timetag>"),
    (re.compile(r"[\d.]+ µs"), "<duration>"),
    (re.compile(r"-{3,}"), "---"),
    (re.compile(r" +"), " "),
)


async def test_examples(postgres: PostgresServer, database: str, rooms: Rooms) -> None:
    """psql prints the documented text, but for times."""
    await documented.seed(rooms)
    examples = EXAMPLE.findall(DOCUMENT.read_text())
    assert len(examples) >= 15
    for query, shown in examples:
        assert _settle(_print(postgres, database, query)) == _settle(shown), query


def _print(postgres: PostgresServer, database: str, query: str) -> str:
    return subprocess.run(
        [postgres.server.install / "bin" / "psql", "-X", "-P", "pager=off", "-d", database, "-c", query],
        env=os.environ | {"PGOPTIONS": SCHEMAS, "PGTZ": "UTC"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def _settle(text: str) -> str:
    for pattern, replacement in VOLATILE:
        text = pattern.sub(replacement, text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
