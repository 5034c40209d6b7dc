"""Whatever the form by which filters of a signature are evaluated, rooms get what a plain SELECT says, bit for bit."""

import random
from collections.abc import Iterator

import psycopg2
import pytest
from psycopg2 import extensions

from harness.signature_kinds import KINDS
from harness.signatures import SIZES, compare, prepare

FILTERS = 8
"""Of a kind here; `make fuzz` has more."""
BOTH = ("lists", "infix or prefix", "unknown", "inside of JSON")
"""The kinds that are tried on the earlier server, too."""
CASES = [(kind, 18) for kind in KINDS] + [(kind, 16) for kind in BOTH]


@pytest.fixture
def chat(database: str) -> Iterator[extensions.connection]:
    """A connection."""
    connection = psycopg2.connect(database)
    prepare(connection)
    yield connection
    connection.close()


@pytest.mark.parametrize(("kind", "postgres_version"), CASES)
def test_forms_give_what_a_select_says(chat: extensions.connection, kind: str, postgres_version: int) -> None:
    """Filters of a kind by all of their forms, on batches of 1 to 2,000 rows."""
    seed = random.randrange(2**32)
    print(f"PostgreSQL {postgres_version}, the seed is {seed}")
    matching = compare(chat, KINDS[kind], random.Random(seed), FILTERS, SIZES)
    print(f"{kind}: {matching.pairs} pairs, {dict(matching.indexed)}")
    assert (matching.indexed.total() > 0) is (kind != "case")
