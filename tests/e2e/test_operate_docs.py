"""Every command of docs/operate.md runs, on a system that runs, and tells what the page says."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.background import background
from harness.parts import ROOT
from harness.people import People, User
from harness.servers import temporary_directory
from harness.up import Up

PAGE = (ROOT / "docs" / "operate.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
SECONDS = 60.0
TOLD = {
    "edgechat top --once": "waiting in the stream: ",
    "edgechat health gateway": "",
    "describe_bridge_lock": "edgechat bridge",
    "explain_delivery": "item",
    "mute_member": "eve is banned from room 3 until",
    "room_activity": "1",
    "from chat.member": "eve",
    "edgechat token": "eyJ",
    "feed keep sport_event": "2 days",
}
"""What stands in the output of the block in which something stands."""


@pytest.fixture
def up() -> Iterator[Up]:
    """Everything, with rows of both feeds; ended with the test."""
    with temporary_directory() as directory:
        up = Up(directory)
        try:
            up.start()
            yield up
        finally:
            up.clear()


async def test_every_command_runs(up: Up, people: People, tmp_path: Path) -> None:
    """In the order of the page, with somebody in room 3 who says things and gets rows."""
    assert len(BLOCKS) >= 15
    assert {
        key: sum(key in block for block in BLOCKS) for key in TOLD if not any(key in block for block in BLOCKS)
    } == {}
    eve = await people.join(int(up.environ["CONTAINER_PORT"]), "eve", room=3)
    await eve.comment("hello")
    await eve.feed(3)
    # Whoever reads nothing is sent away, and on a busy machine this takes long enough.
    async with background(_read(eve)):
        for block in BLOCKS:
            done = await asyncio.to_thread(_run, up, tmp_path, block)
            assert done.returncode == 0, (block, done.stdout, done.stderr)
            for key, words in TOLD.items():
                assert key not in block or words in done.stdout, (block, done.stdout)


async def _read(user: User) -> None:
    async for _ in user.messages():
        pass


def _run(up: Up, directory: Path, commands: str) -> "subprocess.CompletedProcess[str]":
    """A shell in which `edgechat` is this one's."""
    (directory / "edgechat").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m edgechat "$@"\n')
    (directory / "edgechat").chmod(0o755)
    environ = up.environ | {"PATH": f"{directory}:{os.environ['PATH']}", "PAGER": "cat"}
    return subprocess.run(["sh", "-ec", commands], env=environ, capture_output=True, text=True, timeout=SECONDS)
