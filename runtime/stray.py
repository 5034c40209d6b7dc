"""Processes that are not children of this one: what a former parent left running, and the children of a child."""

import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil

from runtime.process import POLL_SECONDS, Wait


def kill_family(child: subprocess.Popen[bytes]) -> None:
    """SIGKILL a process and all its descendants, as a crash of the machine would, and wait until they are gone."""
    try:
        family = psutil.Process(child.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        family = []
    child.kill()
    for member in family:
        # Those of Postgres end by themselves when the first one is gone.
        with suppress(psutil.NoSuchProcess):
            member.kill()
    child.wait()
    deadline = time.monotonic() + 30.0
    while not all(_is_gone(member) for member in family) and time.monotonic() < deadline:
        time.sleep(0.005)


def find(pid_file: Path, mark: str) -> psutil.Process | None:
    """The running process whose id stands on the first line of `pid_file`, if `mark` is one of its arguments."""
    process, ours = _lookup(pid_file, mark)
    return process if ours else None


def is_stale(pid_file: Path, mark: str) -> bool:
    """True if the process id in the file now belongs to another process for certain."""
    process, ours = _lookup(pid_file, mark)
    return process is not None and ours is False


def end(process: psutil.Process, first: signal.Signals, seconds: float, wait: Wait = time.sleep) -> None:
    """Stop a process that is not a child of this one: ask with `first`, kill after `seconds`."""
    for number in (first, signal.SIGKILL):
        try:
            process.send_signal(number)
        except psutil.NoSuchProcess:
            return
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if _is_gone(process):
                return
            wait(POLL_SECONDS)


def _is_gone(process: psutil.Process) -> bool:
    """True once a process has ended, whether or not its parent has reaped it."""
    try:
        if not process.is_running():
            return True
        # While other threads of a killed process are still ending, it looks dead but still holds its ports.
        return process.status() == psutil.STATUS_ZOMBIE and process.num_threads() <= 1
    except psutil.NoSuchProcess:
        return True


def _lookup(pid_file: Path, mark: str) -> tuple[psutil.Process | None, bool | None]:
    """The process, and whether it is the marked one; None where that cannot be seen."""
    try:
        process = psutil.Process(int(pid_file.read_text().split("\n", 1)[0]))
        if process.status() == psutil.STATUS_ZOMBIE:
            return None, None
        return process, mark in process.cmdline()
    except (OSError, ValueError, OverflowError, psutil.NoSuchProcess):
        return None, None
    except psutil.AccessDenied:
        return process, None
