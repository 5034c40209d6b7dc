"""`make fuzz`: so many clauses on PostgreSQL 18 and 16 at once, so many filters and rows by each form of matching, then
so many frames to a gateway; exit status 1 if anything was found."""

import argparse
import asyncio
import random
import sys

import asyncpg

from fuzz.gateway import GatewayOutcome, fuzz_gateway
from fuzz.run import Outcome, fuzz
from fuzz.signatures import MatchingOutcome, fuzz_signatures
from harness.parts import Stack
from harness.people import People
from harness.servers import running_postgres, temporary_directory
from harness.weather import add_weather

VERSIONS = (18, 16)


def main() -> int:
    """Read the command line, run, print."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--clauses", type=int, default=50_000, help="for each version")
    parser.add_argument("--frames", type=int, default=100_000, help="random and mutated, from clients")
    parser.add_argument("--signatures", type=int, default=100_000, help="pairs of a filter and a row, of each kind")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    outcomes: dict[str, Outcome | GatewayOutcome | MatchingOutcome] = {}
    if options.clauses:
        found = asyncio.run(_run_all(options.clauses, options.seed))
        outcomes |= {f"PostgreSQL {version}": outcome for version, outcome in zip(VERSIONS, found, strict=True)}
    if options.signatures:
        with running_postgres(VERSIONS[0]) as server:
            outcomes["matching"] = fuzz_signatures(server.create_migrated(), options.signatures, options.seed)
    if options.frames:
        outcomes["a gateway"] = asyncio.run(_run_frames(options.frames, options.seed))
    for name, outcome in outcomes.items():
        print(f"{name}: {outcome}")
        for fault in outcome.faults[:20]:
            print(f"  {fault}")
    return int(any(outcome.faults for outcome in outcomes.values()))


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


async def _run_frames(count: int, seed: int) -> GatewayOutcome:
    people = People()
    with running_postgres(VERSIONS[0]) as server, temporary_directory() as directory:
        stack = Stack(server.create_migrated(), None, directory)
        try:
            return await fuzz_gateway(await stack.start_gateway(MAX_NUMUSERS="[50]"), people, count, seed)
        finally:
            await people.leave()
            stack.stop()


if __name__ == "__main__":
    sys.exit(main())
