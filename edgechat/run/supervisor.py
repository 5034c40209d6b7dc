"""Restarts what died: after 1 s, 2 s, 4 s … up to 15 s, and after 1 s again once it has lived for a minute.

For what dies three times without ever having been ready, another try is no help: ServerStartError says why.
"""

import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from runtime import process
from runtime.errors import ServerStartError, StackError

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 15.0
SETTLED_SECONDS = 60.0
HOPELESS_DEATHS = 3
TICK_SECONDS = 0.1


class Runnable(Protocol):
    """What can be supervised: the two servers and our own parts."""

    child: subprocess.Popen[bytes] | None
    """The process that was launched last, running or not."""

    def launch(self) -> None:
        """Start the process without waiting for it; raises StackError."""

    def is_ready(self) -> bool:
        """True if it does its work."""

    def reason(self) -> str:
        """The last lines in its log since it was launched."""


class Pauses:
    """How long to wait before a start, given how long the process had lived (seconds)."""

    def __init__(self) -> None:
        self._next = FIRST_PAUSE

    def after(self, lived: float) -> float:
        """The pause after a death: twice the one before, unless the process had lived for a minute."""
        if lived >= SETTLED_SECONDS:
            self._next = FIRST_PAUSE
        pause = self._next
        self._next = min(2 * pause, LONGEST_PAUSE)
        return pause


class Watch:
    """One process under supervision. `tick` never waits; call it several times per second."""

    def __init__(
        self,
        name: str,
        runnable: Runnable,
        say: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        # Whether the process is known to do its work, and whether any process of this watch ever did.
        self.is_ready = False
        self._was_ready = False
        self._runnable = runnable
        self._say = say
        self._clock = clock
        self._pauses = Pauses()
        # When the process was launched, and when it is to be launched again; None while it runs.
        self._launched_at = clock()
        self._launch_at: float | None = None
        self._deaths = 0

    def adopt(self) -> None:
        """Take over a process that is running and ready."""
        self.is_ready = self._was_ready = True
        self._launched_at = self._clock()

    def launch(self) -> None:
        """Start the process now; `tick` deals with a failure. Raises ServerStartError as `tick` does."""
        self._launch_at = None
        self._launched_at = self._clock()
        try:
            self._runnable.launch()
        except StackError as error:
            self._note_death(str(error))

    def tick(self) -> None:
        """Note a death, restart after the pause, notice when the process is ready. Raises ServerStartError."""
        if self._launch_at is not None:
            if self._clock() >= self._launch_at:
                self.launch()
            return
        child = self._runnable.child
        if child is None or child.poll() is not None:
            self._note_death(describe_end(child.returncode if child else None, self._runnable.reason()))
        elif not self.is_ready and self._runnable.is_ready():
            self._note_ready()

    def _note_ready(self) -> None:
        self.is_ready = True
        if self._was_ready or self._deaths:
            self._say(f"{self.name} is back")
        self._was_ready = True

    def _note_death(self, how: str) -> None:
        self.is_ready = False
        self._deaths += 1
        if not self._was_ready and self._deaths >= HOPELESS_DEATHS:
            raise ServerStartError(
                f"{self.name} ended {self._deaths} times before it was ready: {how}\n{self._runnable.reason()}".strip()
            )
        now = self._clock()
        pause = self._pauses.after(now - self._launched_at)
        self._launch_at = now + pause
        self._say(f"{self.name} {how}; starting it again in {pause:g} s")


def start_all(watches: Sequence[Watch], wait: process.Wait) -> None:
    """Start processes side by side and wait until each is ready; raises ServerStartError or what `wait` raises."""
    for watch in watches:
        watch.launch()
    while not all(watch.is_ready for watch in watches):
        wait(process.POLL_SECONDS)
        for watch in watches:
            watch.tick()


def supervise(watches: Sequence[Watch], wait: process.Wait) -> None:
    """Look after processes until `wait` raises."""
    while True:
        wait(TICK_SECONDS)
        for watch in watches:
            watch.tick()


def describe_end(status: int | None, reason: str) -> str:
    """How a process ended, and the last line that it wrote, in one line."""
    if status is None:
        how = "is not running"
    elif status < 0:
        how = f"was ended by {signal.Signals(-status).name}"
    else:
        how = f"ended with status {status}"
    last = reason.strip().splitlines()[-1:]
    return f"{how} ({last[0].strip()[:200]})" if last and (status or 0) > 0 else how
