"""A process that has imported what parts need, and forks them: a start takes a tenth of the time of a new Python.

Run as `python -m harness.nursery <descriptor>` by `harness.forked`. Each line that it reads asks for a process; it
answers with its pid, and tells later how it ended. When the descriptor is closed it ends, and the kernel has its
children end, too.
"""

import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
import time
from typing import Any

from runtime import process

IMPORTED = ("edgechat.cli", "gateway.main", "bridge.main")
"""What is not named here is imported after the fork."""
LINE_BYTES = 1024 * 1024


class Nursery:
    """Forks what is asked for over a socket, until that is closed; `wanted` is set in a process that was forked."""

    def __init__(self, control: socket.socket) -> None:
        self.wanted: dict[str, Any] | None = None
        self._control = control
        self._rest = b""
        # Written to by each SIGCHLD.
        self._wake, self._woken = socket.socketpair()

    def run(self) -> None:
        """Return at the end, or in a process that was forked."""
        self._wake.setblocking(False)
        signal.set_wakeup_fd(self._wake.fileno())
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        with selectors.DefaultSelector() as selector:
            selector.register(self._control, selectors.EVENT_READ, self._take)
            selector.register(self._woken, selectors.EVENT_READ, self._tell_ends)
            while True:
                for key, _ in selector.select():
                    if not key.data():
                        return

    def _take(self) -> bool:
        """Fork what is asked for; False at the end and in what was forked."""
        data = self._control.recv(LINE_BYTES)
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            child = os.fork()
            if not child:
                self.wanted = json.loads(line)
                return False
            self._send(f"started {child}")
        return bool(data)

    def _tell_ends(self) -> bool:
        self._woken.recv(4096)
        while True:
            try:
                child, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return True
            if not child:
                return True
            self._send(f"ended {child} {os.waitstatus_to_exitcode(status)}")

    def _send(self, line: str) -> None:
        self._control.sendall(f"{line}\n".encode())

    def close(self) -> None:
        """Let go of everything, in a process that was forked."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for each in (self._control, self._wake, self._woken):
            each.close()


def become(wanted: dict[str, Any], parent: int) -> None:
    """Have this process be as if it had been started anew: a session, an environment and descriptors of its own."""
    process.tie_to(parent, signal.SIGTERM)
    os.setsid()
    os.environ.clear()
    os.environ.update(wanted["environ"])
    time.tzset()
    for source, targets in ((os.open(os.devnull, os.O_RDONLY), (0,)), (_open_log(wanted["log"]), (1, 2))):
        for target in targets:
            os.dup2(source, target)
        os.close(source)
    sys.argv = ["edgechat", *wanted["arguments"]]


def _open_log(path: str) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)


def main() -> None:
    """Be a nursery, or what came of it."""
    # Ctrl-C in a terminal is for whoever started us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = os.getpid()
    for name in IMPORTED:
        importlib.import_module(name)
    nursery = Nursery(socket.socket(fileno=int(sys.argv[1])))
    nursery.run()
    if nursery.wanted is not None:
        nursery.close()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        become(nursery.wanted, parent)
        runpy.run_module("edgechat", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
