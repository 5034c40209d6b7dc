"""A process that the benchmark starts and commands through a pipe: the crowd, the publisher."""

import multiprocessing
from collections.abc import Callable
from typing import Any

from bench.errors import BenchError, CutOffError

STOP_SECONDS = 5.0
_context = multiprocessing.get_context("spawn")


class Worker:
    """Runs `main(pipe, *arguments)`; calls are answered one after the other."""

    def __init__(self, name: str, main: Callable[..., None], *arguments: Any) -> None:
        self.name = name
        self._pipe, other = _context.Pipe()
        self._process = _context.Process(target=main, args=(other, *arguments), name=name, daemon=True)
        self._process.start()
        # Otherwise the end of that process would not close the pipe.
        other.close()

    @property
    def pid(self) -> int:
        """The process's id."""
        assert self._process.pid is not None
        return self._process.pid

    def call(self, method: str, *arguments: Any) -> Any:
        """Call a method and return its result; raises BenchError with the process's reason."""
        self.ask(method, *arguments)
        return self.answer()

    def ask(self, method: str, *arguments: Any) -> None:
        """Start a call without waiting for its result."""
        try:
            self._pipe.send((method, arguments))
        except OSError:
            self.answer()

    def answer(self) -> Any:
        """Wait for the result of the call; raises as `call` does."""
        try:
            error, result = self._pipe.recv()
        except (EOFError, OSError):
            raise BenchError(f"the {self.name} ended unexpectedly") from None
        if error is not None and error.startswith(CutOffError.__name__):
            raise CutOffError(error)
        if error is not None:
            raise BenchError(f"{self.name}: {error}")
        return result

    def stop(self) -> None:
        """End the process."""
        self._pipe.close()
        self._process.join(STOP_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
