"""Feeds that are left out while the others go on: in the log, and in the report that `edgechat status` reads."""

import logging
from collections.abc import Mapping

from runtime.outage import Outage

logger = logging.getLogger("bridge")


class Complaints:
    """Why feeds are left out at present, by their names."""

    def __init__(self) -> None:
        self._outages: dict[str, Outage] = {}

    def tell(self, reasons: Mapping[str, str], *, is_partial: bool) -> None:
        """These feeds are left out, and no others; `is_partial`: there are others."""
        for name, outage in self._outages.items():
            if name not in reasons:
                outage.end()
        for name, reason in reasons.items():
            if name not in self._outages:
                self._outages[name] = Outage(f"feed {name}", logger)
            self._outages[name].note(reason, is_partial=is_partial)
