"""Compares what filters of each kind are given by each form of matching with a plain SELECT."""

import random
import time
from dataclasses import dataclass, field

import psycopg2

from harness.signature_kinds import KINDS
from harness.signatures import SIZES, compare, prepare


@dataclass
class MatchingOutcome:
    """What a run found. `faults` is to be empty."""

    kinds: int = 0
    pairs: int = 0
    """Of a filter and a row, by all forms together."""
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.pairs} pairs of {self.kinds} kinds in {self.seconds:.0f} s, {len(self.faults)} faults"


def fuzz_signatures(url: str, pairs: int, seed: int) -> MatchingOutcome:
    """At least so many pairs of a filter and a row for each kind and form, on a database that nobody else uses."""
    outcome = MatchingOutcome(kinds=len(KINDS))
    started = time.monotonic()
    filters = -(-pairs // sum(SIZES)) + 8
    connection = psycopg2.connect(url)
    try:
        prepare(connection)
        for name, kind in KINDS.items():
            try:
                outcome.pairs += compare(connection, kind, random.Random(f"{seed} {name}"), filters, SIZES).pairs
            except (AssertionError, psycopg2.Error) as error:
                outcome.faults.append(f"{name}: {type(error).__name__}: {str(error)[:500]}")
                connection.rollback()
                with connection.cursor() as cursor:
                    cursor.execute("update chat.room_group set live_until = '-infinity' where is_routed")
                    cursor.execute("select chat.retire_cold_groups()")
    finally:
        connection.close()
    outcome.seconds = time.monotonic() - started
    return outcome
