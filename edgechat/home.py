"""The data directory, `.edgechat` in the current directory unless EDGECHAT_HOME names another.

postgres/  nats/                the servers' data, which stays over restarts; postgres-2/ and so on with several
log/<part>.log                  what each part writes
run/<part>.pid                  process ids: the next `up` finds what a killed one left behind
report/<part>-<pid>.json        what each running part tells of itself (runtime/report.py)
lock                            locked by the `edgechat up` that runs here; has its process id and parts as JSON, and
                                with several servers the name of their map
"""

import fcntl
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from runtime.errors import AlreadyRunningError, HomeError
from runtime.settings import DEFAULTS, MAX_SERVERS


@dataclass(frozen=True, slots=True)
class Holder:
    """The `edgechat up` that holds a data directory."""

    pid: int
    parts: tuple[str, ...]
    server_map: str | None = None


class Home:
    """Paths inside the data directory, and its lock."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.nats = self.path / "nats"
        self.reports = self.path / "report"
        self._lock_path = self.path / "lock"
        # The open lock file, from open() to close().
        self._lock: IO[str] | None = None

    def postgres(self, number: int = 1) -> Path:
        """Where a server's data is, 1 for the first."""
        return self.path / numbered("postgres", number)

    def count_servers(self) -> int:
        """How many servers there is data of."""
        return max((number for number in range(1, MAX_SERVERS + 1) if self.postgres(number).exists()), default=0)

    def log(self, part: str) -> Path:
        """Where a part's output goes."""
        return self.path / "log" / f"{part}.log"

    def pid_file(self, part: str) -> Path:
        """The file with a part's process id."""
        return self.path / "run" / f"{part}.pid"

    def open(self, parts: Sequence[str], server_map: str | None = None) -> None:
        """Make the directory and hold its lock until close(); raises HomeError or AlreadyRunningError."""
        try:
            for directory in (self.path, self.path / "log", self.path / "run"):
                directory.mkdir(parents=True, exist_ok=True)
                if not os.access(directory, os.W_OK | os.X_OK):
                    raise PermissionError(13, f"no permission to write in {directory}")
            self._lock = self._lock_path.open("a+")
        except OSError as error:
            raise HomeError(
                f"cannot keep data in {self.path}: {error.strerror}; make it writable for you, "
                "or set EDGECHAT_HOME to another directory"
            ) from None
        self._take(self._lock, {"parts": list(parts)} | ({"server_map": server_map} if server_map else {}))

    def close(self) -> None:
        """Release the lock."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def holder(self) -> Holder | None:
        """Who holds the lock now; None if nobody does."""
        try:
            with self._lock_path.open() as lock:
                if _try_lock(lock):
                    return None
                text = json.loads(lock.read())
                return Holder(int(text["pid"]), tuple(text["parts"]), text.get("server_map"))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError):  # It is being written just now.
            return Holder(0, ())

    def find_map(self) -> str | None:
        """The map of the servers that run here, if these are several."""
        try:
            told = json.loads(self._lock_path.read_text()).get("server_map")
        except (OSError, ValueError, AttributeError):
            return None
        # Who asks for the holder may have the lock for a moment, which an `edgechat up` wants.
        holder = self.holder() if told else None
        return holder.server_map if holder else None

    def _take(self, lock: IO[str], told: Mapping[str, object]) -> None:
        if not _try_lock(lock):
            holder = self.holder()
            self.close()
            pid = holder.pid if holder and holder.pid else "unknown"
            raise AlreadyRunningError(
                f"already running in {self.path} (process {pid}); stop it with Ctrl-C in its terminal or: kill {pid}"
            )
        lock.truncate(0)
        lock.write(json.dumps({"pid": os.getpid(), **told}))
        lock.flush()


def numbered(name: str, number: int) -> str:
    """What the server or part of this number is called: the first one as if there were no other."""
    return name if number == 1 else f"{name}-{number}"


def home_path(environ: Mapping[str, str]) -> Path:
    """The data directory that the environment names."""
    return Path(environ.get("EDGECHAT_HOME") or DEFAULTS["EDGECHAT_HOME"])


def _try_lock(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
