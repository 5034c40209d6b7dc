"""Processes of `edgechat` that a nursery forks, with what a test does with a `subprocess.Popen`."""

import functools
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_SECONDS = 30.0


class Forked:
    """A process that the nursery has forked, used as a Popen is."""

    def __init__(self, nursery: "NurseryClient", pid: int) -> None:
        self.pid = pid
        # Below zero: the signal that ended it.
        self.returncode: int | None = None
        self._nursery = nursery

    def poll(self) -> int | None:
        """The exit status, None while it runs."""
        if self.returncode is None:
            self._nursery.read(0.0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raises subprocess.TimeoutExpired."""
        deadline = time.monotonic() + (float("inf") if timeout is None else timeout)
        while self.poll() is None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
            self._nursery.read(min(left, 1.0))
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)


class NurseryClient:
    """The nursery of this process of the tests; it ends with it."""

    def __init__(self) -> None:
        self._control, other = socket.socketpair()
        self._rest = b""
        self._running: dict[int, Forked] = {}
        with other:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "harness.nursery", str(other.fileno())],
                pass_fds=(other.fileno(),),
                stdin=subprocess.DEVNULL,
                env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PYTHONUNBUFFERED": "1"},
            )

    def fork(self, arguments: Sequence[str], log: Path, environ: Mapping[str, str]) -> Forked:
        """Start `edgechat` with these arguments, writing to `log`."""
        # Whoever reads it now is to find it.
        log.touch()
        wanted = {"arguments": list(arguments), "log": str(log), "environ": dict(environ)}
        self._control.sendall(json.dumps(wanted).encode() + b"\n")
        deadline = time.monotonic() + START_SECONDS
        while (started := self.read(1.0)) is None:
            if self._server.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the nursery forks nothing; its status is {self._server.poll()}")
        return started

    def read(self, seconds: float) -> Forked | None:
        """Take what the nursery tells, waiting up to so long for it; the process that it has started, if it has."""
        started = None
        if not select.select([self._control], [], [], seconds)[0]:
            return None
        *lines, self._rest = (self._rest + self._control.recv(65536)).split(b"\n")
        for kind, pid, *status in (line.split() for line in lines):
            if kind == b"started":
                started = self._running[int(pid)] = Forked(self, int(pid))
            else:
                self._running.pop(int(pid)).returncode = int(status[0])
        return started


@functools.cache
def nursery() -> NurseryClient:
    """The one nursery, started when it is first asked for."""
    return NurseryClient()
