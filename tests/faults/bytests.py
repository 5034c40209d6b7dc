"""Faults that tests provoke, as rows of the table."""

import asyncio
import re
import sys

from faults.outcome import Outcome
from harness.parts import ROOT

PASSED = re.compile(r"(\d+) passed")


async def run_tests(*arguments: str) -> Outcome:
    """Run some of the tests; all must pass, and there must be some."""
    outcome = Outcome(f"tests: {' '.join(arguments)}")
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "pytest", "-p", "no:cacheprovider", *arguments),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await child.communicate()
    finally:
        if child.returncode is None:
            child.terminate()
            await child.wait()
    text = output.decode(errors="replace")
    passed = PASSED.search(text)
    outcome.count(passed=int(passed[1]) if passed else 0)
    outcome.require(child.returncode == 0 and passed is not None, f"all of them pass: {text[-2000:]}")
    return outcome
