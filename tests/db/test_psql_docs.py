"""Every example of docs/psql.md works and shows what the document shows."""

from pathlib import Path

import pytest

from harness import documented, examples
from harness.rooms import Rooms
from harness.servers import PostgresServer

pytestmark = pytest.mark.parametrize("postgres_version", [18, 16])

DOCUMENT = Path(__file__).parents[2] / "docs" / "psql.md"


async def test_psql_prints_the_documented_text(postgres: PostgresServer, database: str, rooms: Rooms) -> None:
    """All of it but for times."""
    await documented.seed(rooms)
    shown = examples.read(DOCUMENT)
    assert len(shown) >= 15
    for example, printed in zip(shown, examples.run(postgres, database, [e.query for e in shown]), strict=True):
        assert example.shown is not None, f"no output is shown for {example.query}"
        assert examples.settle(printed) == examples.settle(example.shown), example.query
