"""Random and mutated frames do no harm: no error in the log, no memory that grows, nobody else who notices.

`make fuzz` sends many more. `FUZZ_SEED=<number> make test ARGS=tests/e2e/test_fuzz_frames.py` repeats what failed.
"""

import os
import random

from fuzz.gateway import fuzz_gateway
from harness.parts import Stack
from harness.people import People

FRAMES = 3000
SEED = int(os.environ.get("FUZZ_SEED") or random.randrange(2**32))
"""Drawn once, as in tests/db/test_fuzz.py."""
MOST_GROWTH = 40 * 2**20


async def test_random_frames_do_no_harm(stack: Stack, people: People) -> None:
    """Some thousand of a new seed in each run; the seed is in the failure."""
    gateway = await stack.start_gateway(MAX_NUMUSERS="[50]")
    outcome = await fuzz_gateway(gateway, people, FRAMES, SEED)
    print(f"seed {SEED}: {outcome}")
    assert not outcome.faults, f"FUZZ_SEED={SEED}"
    assert outcome.frames >= FRAMES
    assert outcome.said > 10
    assert outcome.memory[1] - outcome.memory[0] < MOST_GROWTH, f"FUZZ_SEED={SEED}"
