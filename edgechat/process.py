"""Child processes that end with their parent, and ones that a former parent left behind.

Every child gets a session of its own, so Ctrl-C in a terminal reaches only the parent, which then stops them in order.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from edgechat.owner import Owner

POLL_SECONDS = 0.05
LOG_LIMIT = 10 * 1024 * 1024
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None

Wait = Callable[[float], None]


def spawn(
    argv: Sequence[str],
    log: Path,
    *,
    environ: Mapping[str, str] | None = None,
    owner: Owner | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a child that writes to `log` and, on Linux, gets `death_signal` when this process dies; raises OSError.

    The kernel ties that signal to the thread that forks, not to the process: a child of another thread than the main
    one goes without it, since it would be shot when that thread ends.
    """
    tied = _LIBC is not None and threading.current_thread() is threading.main_thread()
    parent = os.getpid()

    def tie() -> None:
        assert _LIBC is not None
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # It died before the line above, so the signal will never come.
            os._exit(1)

    with log.open("ab") as output:
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/" if owner else None,
            env=environ,
            start_new_session=True,
            user=owner.uid if owner else None,
            group=owner.gid if owner else None,
            extra_groups=[] if owner else None,
            # Runs after the change of user, which would undo it.
            preexec_fn=tie if tied else None,
        )


def stop(child: subprocess.Popen[bytes], first: signal.Signals, seconds: float) -> bool:
    """Ask with `first`, after `seconds` kill; returns True if asking was enough. The child is reaped either way."""
    if child.poll() is not None:
        return True
    child.send_signal(first)
    try:
        child.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        return False
    return True


def kill_family(child: subprocess.Popen[bytes]) -> None:
    """SIGKILL a process and all its children at once, as a crash of the machine would, and wait until they are gone."""
    try:
        family = psutil.Process(child.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        family = []
    child.kill()
    for member in family:
        if member.is_running():
            member.kill()
    child.wait()
    deadline = time.monotonic() + 30.0
    while not all(_is_gone(member) for member in family) and time.monotonic() < deadline:
        time.sleep(0.005)


def find(pid_file: Path, mark: str) -> psutil.Process | None:
    """The live process whose id stands on the first line of `pid_file`, if `mark` is one of its arguments."""
    process, ours = _lookup(pid_file, mark)
    return process if ours else None


def is_stale(pid_file: Path, mark: str) -> bool:
    """True if the file's process id now belongs to a process that is known to be another one."""
    process, ours = _lookup(pid_file, mark)
    return process is not None and ours is False


def end(process: psutil.Process, first: signal.Signals, seconds: float, wait: Wait = time.sleep) -> None:
    """Stop a process that is not a child of this one: ask with `first`, after `seconds` kill."""
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


def rotate(log: Path) -> None:
    """Keep one predecessor (`.old`) of a log that has grown beyond 10 MB."""
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_name(log.name + ".old"))


def tail(log: Path, start: int = 0, lines: int = 5) -> str:
    """The last lines of what was written to `log` after the byte `start`."""
    if not log.exists():
        return ""
    with log.open("rb") as text:
        text.seek(max(start, log.stat().st_size - 64 * 1024))
        return "\n".join(text.read().decode(errors="replace").strip().splitlines()[-lines:])


def _is_gone(process: psutil.Process) -> bool:
    """True once a process has ended, whether or not its parent has taken note of that."""
    try:
        if not process.is_running():
            return True
        # While other threads of a killed process are still ending, it looks dead but holds its ports.
        return process.status() == psutil.STATUS_ZOMBIE and process.num_threads() <= 1
    except psutil.NoSuchProcess:
        return True


def _lookup(pid_file: Path, mark: str) -> tuple[psutil.Process | None, bool | None]:
    """The process and whether it is the marked one; None where that cannot be seen."""
    try:
        process = psutil.Process(int(pid_file.read_text().split("\n", 1)[0]))
        if process.status() == psutil.STATUS_ZOMBIE:
            return None, None
        return process, mark in process.cmdline()
    except (OSError, ValueError, OverflowError, psutil.NoSuchProcess):
        return None, None
    except psutil.AccessDenied:
        return process, None
