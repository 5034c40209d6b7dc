"""What README.md shows works as it stands there."""

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.parts import ROOT, Stack
from harness.servers import temporary_directory
from harness.up import Up

README = (ROOT / "README.md").read_text()
DEFAULT_ADDRESS = "ws://127.0.0.1:4242"
SECONDS = 20.0


@pytest.fixture
def up() -> Iterator[Up]:
    """Everything, without the simulated feeds' rows; ended with the test."""
    with temporary_directory() as directory:
        up = Up(directory)
        up.environ |= {"EVENT_RATE": "0", "EXECUTION_RATE": "0"}
        try:
            up.start()
            yield up
        finally:
            up.clear()


async def test_the_client_in_the_readme_prints_what_is_shown(stack: Stack) -> None:
    """It joins, says hello and prints what the room gets: the comment as shown there. Only the port is the test's."""
    gateway = await stack.start_gateway()
    code, _ = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert code.count(DEFAULT_ADDRESS) == 1
    [comment] = re.findall(r"^mtype: COMMENT\n(?:.+\n)+", README, re.MULTILINE)
    client = stack.run("-c", code.replace(DEFAULT_ADDRESS, f"ws://127.0.0.1:{gateway.port}"))
    async with asyncio.timeout(SECONDS):
        while comment not in client.output:
            client.require_alive()
            await asyncio.sleep(0.05)
    assert client.output.index('"PENDING"') < client.output.index('"USERJOINED"') < client.output.index(comment)


def test_a_feed_of_ones_own(up: Up, tmp_path: Path) -> None:
    """The commands, the program and what they print, in their order. Only the ports are the test's."""
    chapter = README.partition("## Your own feed\n")[2].partition("\n## ")[0]
    add, added, program, rows, commands, answers = re.findall(r"```\w*\n(.*?)```", chapter, re.DOTALL)
    assert shell(up, tmp_path, add).startswith(added)
    program = program.replace(DEFAULT_ADDRESS, f"ws://127.0.0.1:{up.environ['CONTAINER_PORT']}")
    program = program.replace("127.0.0.1:4222", f"127.0.0.1:{up.environ['NATS_PORT']}")
    assert listen(up, program, rows.count("\n")) == rows
    assert shell(up, tmp_path, commands) == answers


def shell(up: Up, directory: Path, commands: str) -> str:
    """What a shell prints of commands in which `edgechat` is this one's, as psql is set in README."""
    (directory / "edgechat").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m edgechat "$@"\n')
    (directory / "edgechat").chmod(0o755)
    environ = up.environ | {"PATH": f"{directory}:{os.environ['PATH']}"}
    done = subprocess.run(["sh", "-ec", commands], env=environ, capture_output=True, text=True, timeout=SECONDS * 3)
    assert done.returncode == 0, done.stderr
    return re.sub(r" +$", "", done.stdout, flags=re.MULTILINE)


def listen(up: Up, program: str, lines: int) -> str:
    """The first lines that a program prints that does not end by itself."""
    child = subprocess.Popen([sys.executable, "-uc", program], env=up.environ, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        started = time.monotonic()
        printed = "".join(child.stdout.readline() for _ in range(lines))
        assert time.monotonic() - started < SECONDS * 3
        return printed
    finally:
        child.kill()
        child.communicate()
