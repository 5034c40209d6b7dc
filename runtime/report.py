"""What a process tells of itself: that it lives, and what ails it. In a file, since all else may be away.

`edgechat status` and the health checks read it. One file per process, `<part>-<process id>.json`, is written every
WRITE_SECONDS, so one that has grown old tells that the process hangs, and removed when the process ends.
"""

import asyncio
import json
import logging
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from runtime.logs import event
from runtime.secret import hide
from runtime.trouble import RUNNING, TROUBLES, Trouble

WRITE_SECONDS = 1.0
SILENT_SECONDS = 10.0
"""A process that has not written for so long hangs, or is stopped."""

logger = logging.getLogger("edgechat")


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


async def keep(directory: Path, part: str) -> None:
    """Write this process's report until cancelled. While nothing can be written, as on a full disk, there is none."""
    path = directory / f"{part}-{os.getpid()}.json"
    is_told = False
    words = "no report in %s, `edgechat status` does not show this process while that is so: %s"
    try:
        while True:
            now = time.time()
            try:
                _write(path, Report(part, os.getpid(), now, TROUBLES.present(), dict(TROUBLES.times), TROUBLES.doing))
            except OSError as error:
                if not is_told:
                    logger.info(words, directory, error.strerror, extra=event("no_report", directory=str(directory)))
                is_told = True
            await asyncio.sleep(WRITE_SECONDS)
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


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


def _write(path: Path, report: Report) -> None:
    # Renamed into place: nobody reads half of it.
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(_hidden(asdict(report))))
    draft.rename(path)


def _hidden(fields: dict[str, Any]) -> dict[str, Any]:
    """The same without passwords, which a reason may quote."""
    troubles = [{**trouble, "reason": hide(trouble["reason"])} for trouble in fields["troubles"]]
    return {**fields, "troubles": troubles, "doing": hide(fields["doing"])}


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
    try:
        process = psutil.Process(report.pid)
        return process.status() != psutil.STATUS_ZOMBIE and process.create_time() <= report.written + 1
    except (psutil.NoSuchProcess, ValueError, OverflowError):
        # The last two for what is no process id.
        return False
