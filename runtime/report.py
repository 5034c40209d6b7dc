"""What a process tells of itself: that it lives, and what ails it. In a file, since all else may be away.

`edgechat status` and the health checks read it, every few seconds and in a new process: what writes it, and needs more,
is in runtime/reporting.py. One file per process, `<part>-<process id>.json`, is written every
WRITE_SECONDS, so one that has grown old tells that the process hangs, and removed when the process ends. Only who reads
reports needs, and imports, psutil.
"""

import json
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from runtime.trouble import RUNNING, Trouble

WRITE_SECONDS = 1.0
SILENT_SECONDS = 10.0
"""A process that has not written for so long hangs, or is stopped."""


@dataclass(frozen=True, slots=True)
class Report:
    """A process that runs, what it does, and what ails it; `times` counts how often each trouble has begun."""

    part: str
    pid: int
    # Unix time.
    written: float
    troubles: list[Trouble]
    times: dict[str, int]
    doing: str = RUNNING

    @property
    def is_silent(self) -> bool:
        """Whether the process runs, and does nothing."""
        return self.age > SILENT_SECONDS

    @property
    def age(self) -> float:
        """Seconds since it was written. Where the clock was set back meanwhile, by how much it is ahead."""
        return abs(time.time() - self.written)

    def complaints(self) -> list[str]:
        """Each trouble in one line."""
        now = time.time()
        if self.is_silent:
            return [f"has not moved for {self.age:.0f} s: it hangs or is stopped; see its log, or end it"]
        return [f"{trouble.what}: {trouble.reason} (for {now - trouble.since:.0f} s)" for trouble in self.troubles]


def path_of(directory: Path, part: str, pid: int) -> Path:
    """Where the report of a process is, if it has written one."""
    return directory / f"{part}-{pid}.json"


def read_all(directory: Path) -> list[Report]:
    """The reports of all processes that run now, by part and process id; what dead ones left behind is removed."""
    reports = []
    for path in directory.glob("*.json"):
        report = _read(path)
        if report is not None and _runs(report):
            reports.append(report)
        elif report is not None:
            with suppress(OSError):
                path.unlink(missing_ok=True)
    return sorted(reports, key=lambda report: (report.part, report.pid))


def _read(path: Path) -> Report | None:
    """None if it has gone, or is none."""
    try:
        fields = json.loads(path.read_text())
        return Report(
            part=str(fields["part"]),
            pid=int(fields["pid"]),
            written=float(fields["written"]),
            troubles=[Trouble(**trouble) for trouble in fields["troubles"]],
            times={str(what): int(times) for what, times in fields["times"].items()},
            doing=str(fields.get("doing", RUNNING)),
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _runs(report: Report) -> bool:
    """Whether the process that wrote it still runs, and its id was not given to another since."""
    import psutil

    try:
        process = psutil.Process(report.pid)
        return process.status() != psutil.STATUS_ZOMBIE and process.create_time() <= report.written + 1
    except (psutil.NoSuchProcess, ValueError, OverflowError):
        # The last two for what is no process id.
        return False
