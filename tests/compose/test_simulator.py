"""The original's five simulators, as its users start them, from outside of the containers."""

import asyncio
import os
import signal
import subprocess
import sys
from asyncio.subprocess import Process

import pytest

from harness.containers import ROOT, Containers

WALK_SECONDS = 300.0
COMPANY = (("bobby", 3), ("carol", 2), ("daniel", 2), ("erik", 1))


async def start(containers: Containers, name: str, room: int, *options: str) -> Process:
    """`python -m clientsim.chatsimulator NAME --roomid N …`, at the stack's port and faster than a person."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "clientsim.chatsimulator", name, "--roomid", str(room), *options),
        *("--port", str(containers.port), "--pace", "0.4", "--comment-pace", "0.5"),
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


@pytest.mark.slow
async def test_five_simulators(containers: Containers) -> None:
    """Adam walks through all filters and finds nothing wrong; the others see no gap, double or disorder either."""
    processes = [await start(containers, name, room) for name, room in COMPANY]
    company = [asyncio.create_task(process.communicate()) for process in processes]
    try:
        adam = await start(containers, "adam", 3, "--filter", "True")
        output, _ = await asyncio.wait_for(adam.communicate(), WALK_SECONDS)
        assert adam.returncode == 0, output.decode()[-3000:]
        assert "all as it should be" in output.decode()
    finally:
        for process in processes:
            if process.returncode is None:
                process.send_signal(signal.SIGINT)
        endings = await asyncio.gather(*company)
    for process, (output, _) in zip(processes, endings, strict=True):
        assert process.returncode == 0, output.decode()[-3000:]
        assert "0 missing, 0 doubled, 0 late" in output.decode()
