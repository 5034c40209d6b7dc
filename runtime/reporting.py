"""Keeps a process's report (runtime/report.py) up to date."""

import asyncio
import json
import logging
import os
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from runtime.logs import event
from runtime.report import WRITE_SECONDS, Report, path_of
from runtime.secret import hide
from runtime.trouble import TROUBLES

logger = logging.getLogger("edgechat")


async def keep(directory: Path, part: str) -> None:
    """Write this process's report until cancelled. While nothing can be written, as on a full disk, there is none."""
    path = path_of(directory, part, os.getpid())
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
