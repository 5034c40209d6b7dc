"""Processor time by process, in user and kernel mode."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

KINDS = ("gateway", "postgres", "herd")
"""Whose processor time is told where thousands come or go."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Seconds that each process has used in user and kernel mode since it started, and when that was read."""

    at: float
    seconds: dict[str, tuple[float, float]]

    @classmethod
    def of(cls, pids: Mapping[str, int]) -> "Usage":
        """The usage of processes, now; one that has ended is left out."""
        seconds = {}
        for name, pid in pids.items():
            try:
                times = psutil.Process(pid).cpu_times()
            except psutil.NoSuchProcess:
                continue
            seconds[name] = (times.user, times.system)
        return cls(time.monotonic(), seconds)

    def spent_since(self, before: "Usage", kinds: tuple[str, ...]) -> float:
        """Seconds in both modes together, of all processes whose names begin with one of these."""
        spent = {
            name: sum(seconds) - sum(before.seconds.get(name, (0.0, 0.0))) for name, seconds in self.seconds.items()
        }
        return sum(seconds for name, seconds in spent.items() if name.startswith(kinds))

    def shares_since(self, before: "Usage") -> dict[str, dict[str, float]]:
        """Shares of a processor by process and mode; 1 is a whole one. Backends of the same kind are summed up."""
        passed = self.at - before.at
        shares: dict[str, dict[str, float]] = {}
        for name, (user, system) in self.seconds.items():
            user_before, system_before = before.seconds.get(name, (0.0, 0.0))
            share = shares.setdefault(re.sub(r" \d+$", "", name), {"user": 0.0, "kernel": 0.0})
            share["user"] += (user - user_before) / passed
            share["kernel"] += (system - system_before) / passed
        return {
            name: {mode: round(share, 4) for mode, share in modes.items()}
            for name, modes in sorted(shares.items(), key=lambda item: -sum(item[1].values()))
            if sum(modes.values()) >= 0.001
        }


def spending(spent: Mapping[str, float]) -> str:
    """Processor seconds for each of many users, in words."""
    return "processor time for each: " + ", ".join(f"{kind} {seconds * 1e6:.0f} µs" for kind, seconds in spent.items())


def run_time(pid: int) -> float:
    """Seconds of processor time that a process's main thread has used, finely; 0 where the system does not tell."""
    path = Path(f"/proc/{pid}/schedstat")
    return int(path.read_text().split()[0]) / 1e9 if pid and path.exists() else 0.0
