"""One of our own parts (bridge, gateway, a feed) as a child process: `python -m edgechat …`."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence

from edgechat.home import Home
from runtime import process, stray
from runtime.errors import ServerStartError
from runtime.report import path_of

SETTLE_SECONDS = 2.0
"""A part that cannot be asked counts as ready when it has been at work this long."""
REPORT_SECONDS = 30.0
"""It counts as at work when it has written its report, or after this long: on a full disk there is none."""


class Part:
    """One child; `answers` tells whether it is ready, where there is a way to ask.

    With a home it has a log and a pid file there, so that the next `edgechat up` finds what this one left behind.
    Without one it writes where this process writes. `settings` are environment variables besides those of this process.
    """

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        home: Home | None = None,
        answers: Callable[[], bool] | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        # The process that was launched last; None before that and after stop().
        self.child: subprocess.Popen[bytes] | None = None
        # The argument by which a leftover is told from a stranger that has its process id now.
        self._mark = f"--home={home.path}" if home else ""
        self._command = [sys.executable, "-m", "edgechat", *filter(None, [self._mark]), *arguments]
        self._log = home.log(name) if home else None
        self._pid_file = home.pid_file(name) if home else None
        self._reports = home.reports if home else None
        self._answers = answers
        self._environ = {**os.environ, **(settings or {})}
        # By the monotonic clock.
        self._launched_at = 0.0
        # When it was first seen to be at work since then.
        self._at_work_at: float | None = None
        # The log's size when the child was launched: what stands before it is another child's.
        self._log_start = 0
        # Whether the child has got its SIGTERM. A second one would cut its goodbyes short.
        self._is_asked = False

    def end_leftover(self, wait: process.Wait) -> None:
        """Stop the part that a killed `edgechat up` left running."""
        leftover = stray.find(self._pid_file, self._mark) if self._pid_file else None
        if leftover is not None:
            stray.end(leftover, signal.SIGTERM, 2.0, wait)

    def launch(self) -> None:
        """Start the process without waiting for it; raises ServerStartError."""
        self._log_start = self._log.stat().st_size if self._log and self._log.exists() else 0
        self._launched_at = time.monotonic()
        self._at_work_at = None
        self._is_asked = False
        try:
            self.child = process.spawn(self._command, self._log, environ=self._environ)
            if self._pid_file:
                self._pid_file.write_text(f"{self.child.pid}\n")
        except OSError as error:
            raise ServerStartError(f"{self.name} cannot be started: {error}") from None

    def is_ready(self) -> bool:
        """True if it answers; where it cannot be asked, if it has been at work for SETTLE_SECONDS."""
        if self.child is None or self.child.poll() is not None:
            return False
        if self._answers:
            return self._answers()
        now = time.monotonic()
        # Only from then on: on a slow machine a new Python lives for seconds before it does anything.
        if self._at_work_at is None and (self._has_report(self.child.pid) or now - self._launched_at > REPORT_SECONDS):
            self._at_work_at = now
        return self._at_work_at is not None and now - self._at_work_at >= SETTLE_SECONDS

    def _has_report(self, pid: int) -> bool:
        return self._reports is None or path_of(self._reports, self.name, pid).exists()

    def reason(self) -> str:
        """The last lines in its log since it was launched."""
        return process.tail(self._log, self._log_start) if self._log else ""

    def ask(self) -> None:
        """Ask it to stop, without waiting."""
        if self.child is not None and self.child.poll() is None and not self._is_asked:
            self.child.send_signal(signal.SIGTERM)
            self._is_asked = True

    def stop(self, seconds: float) -> None:
        """Ask it to stop, if it has not been asked yet; after `seconds` it is killed."""
        self.ask()
        if self.child is not None:
            process.reap(self.child, seconds)
        self.child = None
        if self._pid_file:
            self._pid_file.unlink(missing_ok=True)
