"""A part of ours (bridge, gateway, a feed) as a child process: `python -m edgechat …` with a log and a pid file."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from edgechat.home import Home
from runtime import process, stray
from runtime.errors import ServerStartError

SETTLE_SECONDS = 2.0
"""A part that listens nowhere counts as ready when it has lived this long."""


class Part:
    """One child; `answers` tells whether it is ready, where there is a way to ask."""

    def __init__(
        self, name: str, arguments: Sequence[str], home: Home, answers: Callable[[], bool] | None = None
    ) -> None:
        self.name = name
        self.child: subprocess.Popen[bytes] | None = None
        self._mark = f"--home={home.path}"
        self._command = [sys.executable, "-m", "edgechat", self._mark, *arguments]
        self._log = home.log(name)
        self._pid_file = home.pid_file(name)
        self._answers = answers
        self._launched_at = 0.0
        self._log_start = 0

    def end_leftover(self, wait: process.Wait) -> None:
        """Stop the part that a killed `edgechat up` left running."""
        leftover = stray.find(self._pid_file, self._mark)
        if leftover is not None:
            stray.end(leftover, signal.SIGTERM, 2.0, wait)

    def launch(self) -> None:
        """Start the process without waiting for it; raises StackError."""
        self._log_start = self._log.stat().st_size if self._log.exists() else 0
        self._launched_at = time.monotonic()
        try:
            self.child = process.spawn(self._command, self._log)
            self._pid_file.write_text(f"{self.child.pid}\n")
        except OSError as error:
            raise ServerStartError(f"{self.name} cannot be started: {error}") from None

    def is_ready(self) -> bool:
        """True if it answers, or where it cannot be asked, if it did not die on the spot."""
        if self.child is None or self.child.poll() is not None:
            return False
        return self._answers() if self._answers else time.monotonic() - self._launched_at >= SETTLE_SECONDS

    def reason(self) -> str:
        """The last lines that it wrote since it was launched."""
        return process.tail(self._log, self._log_start)

    def ask(self) -> None:
        """Ask it to stop, without waiting."""
        if self.child is not None and self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)

    def stop(self, seconds: float) -> None:
        """Ask it to stop; after `seconds` it is killed."""
        if self.child is not None:
            process.stop(self.child, signal.SIGTERM, seconds)
        self.child = None
        self._pid_file.unlink(missing_ok=True)
