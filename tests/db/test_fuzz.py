"""Random and mutated clauses raise nothing, leave nothing behind, and nothing unlisted is accepted.

`make fuzz` tries many more. `FUZZ_SEED=<number> make test ARGS=tests/db/test_fuzz.py` tries what failed once more.
"""

import os
import random

import asyncpg
import pytest

from fuzz.inspection import Inspector
from fuzz.run import fuzz
from harness.versions import mostly_newest
from harness.weather import add_weather

CLAUSES = 300
SEED = int(os.environ.get("FUZZ_SEED") or random.randrange(2**32))
"""Drawn once: whoever runs the test again in this process runs it on the same clauses. No `--reruns` does that
(tests/conftest.py): a clause that got past the gates once is a failure."""


@pytest.fixture(autouse=True)
async def weather(connection: asyncpg.Connection) -> None:
    """The feed that has all types."""
    await add_weather(connection)


@mostly_newest
async def test_random_clauses_do_no_harm(connection: asyncpg.Connection, postgres_version: int) -> None:
    """A few hundred clauses of a new seed in each run; the seed is in the failure."""
    outcome = await fuzz(connection, CLAUSES, SEED)
    print(f"PostgreSQL {postgres_version}, seed {SEED}: {outcome}")
    assert not outcome.faults, f"FUZZ_SEED={SEED}"
    assert CLAUSES / 50 < outcome.accepted < CLAUSES / 2, f"FUZZ_SEED={SEED}"


@pytest.mark.parametrize("postgres_version", [18, 16])
@pytest.mark.parametrize(
    ("condition", "fault"),
    [
        ("pg_sleep(0) is null", "function"),
        ("symbol ~ 'a'", "operator"),
        ("symbol in (select market from feed.execution)", "reads more than its table"),
        ("price::text = '1'", "node COERCEVIAIO"),
        ("symbol = 'a'::name", "type"),
        ("execution_id > 0", "column"),
        ("true) order by (price", "has sortClause"),
        ("round(price, 255) > 1", "places"),
        ("trunc(price, length(symbol)) > 1", "places"),
        ("price > '9e70'", "more digits"),
        ("price > '1e-100'", "more digits"),
        (f"{'*'.join(['price'] * 22)} > 1", "computes with decimals"),
        (f"price = 1{' or price = 1' * 110}", "more nodes"),
        (f"price in (1{', 1' * 4000})", "more bytes"),
        ("symbol like market", "a pattern"),
        ("symbol like 'a\\'", "a pattern that ends"),
        ("symbol like repeat('a', 5)", "a pattern"),
        ("lower('A') = symbol", "another order"),
        ("greatest('a', 'b') = symbol", "another order"),
    ],
)
async def test_harm_would_be_seen(connection: asyncpg.Connection, condition: str, fault: str) -> None:
    """The inspection would see it if the gates let something pass."""
    inspector = Inspector(connection)
    await inspector.load()
    assert any(found.startswith(fault) for found in await inspector.inspect(2, condition))
    assert await inspector.inspect(2, "price > 1 and lower(symbol) in ('a', 'b')") == []
    assert await inspector.inspect(2, f"round(price, -15) in (1{', 1, 2.5' * 290}) and symbol like '\\\\'") == []
