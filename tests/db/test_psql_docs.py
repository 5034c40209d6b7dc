"""Every example of docs/psql.md works and shows what the document shows."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from harness import documented, examples
from harness.rooms import Rooms
from harness.servers import PostgresServer

pytestmark = pytest.mark.parametrize("postgres_version", [18, 16])

DOCUMENT = Path(__file__).parents[2] / "docs" / "psql.md"


async def test_psql_prints_the_documented_text(postgres: PostgresServer, database: str, rooms: Rooms) -> None:
    """All of it but for times: what only reads for the inspector, the rest for the operator."""
    await documented.seed(rooms)
    name = urlsplit(database).path.lstrip("/")
    inspector, operator = (postgres.server.part_url(part, name) for part in ("inspector", "operator"))
    reading = DOCUMENT.read_text().partition("\n## What is kept")[0].count("```sql")
    shown = examples.read(DOCUMENT)
    assert len(shown) >= 15
    queries = [example.query for example in shown]
    outputs = [
        *examples.run(postgres, inspector, queries[:reading]),
        *examples.run(postgres, operator, queries[reading:]),
    ]
    for example, printed in zip(shown, outputs, strict=True):
        assert example.shown is not None, f"no output is shown for {example.query}"
        assert examples.settle(printed) == examples.settle(example.shown), example.query
