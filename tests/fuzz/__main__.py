"""`make fuzz`: so many clauses on PostgreSQL 18 and 16 at once; exit status 1 if anything was found."""

import argparse
import asyncio
import random
import sys

import asyncpg

from fuzz.run import Outcome, fuzz
from harness.servers import running_postgres
from harness.weather import add_weather

VERSIONS = (18, 16)


def main() -> int:
    """Read the command line, run, print."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--clauses", type=int, default=50_000, help="for each version")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    outcomes = asyncio.run(_run_all(options.clauses, options.seed))
    for version, outcome in zip(VERSIONS, outcomes, strict=True):
        print(f"PostgreSQL {version}: {outcome}")
        for fault in outcome.faults[:20]:
            print(f"  {fault}")
    return int(any(outcome.faults for outcome in outcomes))


async def _run_all(count: int, seed: int) -> list[Outcome]:
    return await asyncio.gather(*(_run(version, count, seed) for version in VERSIONS))


async def _run(version: int, count: int, seed: int) -> Outcome:
    with running_postgres(version) as server:
        connection = await asyncpg.connect(server.create_migrated())
        try:
            await add_weather(connection)
            return await fuzz(connection, count, seed)
        finally:
            await connection.close()


if __name__ == "__main__":
    sys.exit(main())
