"""Child processes that end with their parent, and their logs.

Every child has a session of its own, so Ctrl-C in a terminal reaches only the parent, which then stops them in order.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

POLL_SECONDS = 0.05
LOG_LIMIT = 10 * 1024 * 1024
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None

Wait = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Owner:
    """A user that a child process runs as."""

    name: str
    uid: int
    gid: int


def spawn(
    argv: Sequence[str],
    log: Path | None,
    *,
    environ: Mapping[str, str] | None = None,
    owner: Owner | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a child that writes to `log` and, on Linux, gets `death_signal` when this process dies; raises OSError.

    Without a log it writes where this process writes.

    The kernel ties that signal to the thread that forks, not to the process. So only children of the main thread get
    it: the child of another thread would get it as soon as that thread ends.
    """
    tied = threading.current_thread() is threading.main_thread()
    parent = os.getpid()
    with log.open("ab") if log else nullcontext() as output:
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if log else None,
            cwd="/" if owner else None,
            env=environ,
            start_new_session=True,
            user=owner.uid if owner else None,
            group=owner.gid if owner else None,
            extra_groups=[] if owner else None,
            # Runs after the change of user, which would undo it.
            preexec_fn=partial(tie_to, parent, death_signal) if tied and _LIBC is not None else None,
        )


def tie_to(parent: int, death_signal: signal.Signals) -> None:
    """Have this process, a child of `parent`, get a signal when that dies; nothing where that is not Linux."""
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if os.getppid() != parent:  # The parent died before the line above, so the signal will never come.
        os._exit(1)


class Child(Protocol):
    """What is needed of a child process here: of a Popen, that is."""

    def poll(self) -> int | None:
        """The exit status, None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raises subprocess.TimeoutExpired."""

    def send_signal(self, sig: int, /) -> None:
        """Send a signal, unless it has ended."""

    def kill(self) -> None:
        """SIGKILL."""


def stop(child: Child, first: signal.Signals, seconds: float) -> None:
    """Ask a child with `first` to end; after `seconds` it is killed. It is reaped either way."""
    if child.poll() is None:
        child.send_signal(first)
    reap(child, seconds)


def reap(child: Child, seconds: float) -> None:
    """Wait for the end of a child; after `seconds` it is killed."""
    try:
        child.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


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
