"""When to stop: Ctrl-C, SIGTERM, a closed terminal, or the end of the process that this one was told to follow."""

import os
import signal
import time
from types import FrameType, TracebackType

_SLICE_SECONDS = 0.1
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequested(Exception):  # noqa: N818 - not an error
    """This process is to stop; raised by Interrupt.wait only, never in the middle of a step."""


class Interrupt:
    """Notes signals instead of raising, so that no child is started and then forgotten."""

    def __init__(self, follow_parent: bool = False) -> None:
        self._requested = False
        # The process to follow.
        self._parent = os.getppid() if follow_parent else None

    def __enter__(self) -> "Interrupt":
        self._former = [(number, signal.signal(number, self._note)) for number in _SIGNALS]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._former:
            signal.signal(number, handler)

    def wait(self, seconds: float) -> None:
        """Sleep; raises StopRequested as soon as this process is to stop."""
        deadline = time.monotonic() + seconds
        while True:
            if self._requested or (self._parent is not None and os.getppid() != self._parent):
                raise StopRequested
            left = deadline - time.monotonic()
            if left <= 0:
                return
            # A signal handler does not cut a sleep short, hence short sleeps.
            time.sleep(min(left, _SLICE_SECONDS))

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self._requested = True
