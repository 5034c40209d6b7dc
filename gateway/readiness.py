"""Whether a gateway can do its work: what /readyz answers."""

import time
from collections.abc import Sequence

from gateway.postgres.figures import Figures
from gateway.postgres.listener import Listener
from runtime.outage import Outage

PROOF_SECONDS = 6.0
"""A notification comes back every two seconds (gateway/postgres/listener.py); later than this, Postgres is away."""


class Readiness:
    """Looks at what others have found out, and asks nobody: the answer comes at once, whatever hangs."""

    def __init__(self, listener: Listener, figures: Figures, interface: Outage) -> None:
        """`interface` is present while the database is of another version."""
        self._listener = listener
        self._figures = figures
        self._interface = interface

    def complaints(self) -> list[str]:
        """What is wrong; nothing if comments, filters and joins are taken and what rooms get is delivered."""
        words = []
        silent = time.monotonic() - self._listener.proved_at
        if not self._listener.is_up.is_set() or silent > PROOF_SECONDS:
            words.append(f"no notification came back through Postgres for {silent:.0f} s")
        if self._figures.is_read_only:
            words.append("Postgres takes no writes: it is read-only")
        if self._interface.is_present:
            words.append("the database is of another version: run `edgechat migrate` of the newer one, and start that")
        return words


def complaints_of(all_servers: Sequence[Readiness]) -> list[str]:
    """What keeps a gateway from its work. Of several servers one that is away takes its own rooms away and no others:
    only if none can be used the gateway cannot."""
    found = [each.complaints() for each in all_servers]
    return [words for complaints in found for words in complaints] if all(found) else []
