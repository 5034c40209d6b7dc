"""Open files: each connection takes one, and systems start programs with 1,024 of them, though they allow more."""

import logging
import resource

from runtime.logs import event

OTHERS = 200
"""Files that a gateway has open besides its clients' connections; generously."""

logger = logging.getLogger("gateway")


def allow(connections: int) -> int:
    """Have this process open as many files as it may; so many connections, or fewer, then have room. 0 is no limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard == resource.RLIM_INFINITY:
        return connections
    most = max(1, hard - OTHERS)
    if connections > most:
        words = "takes %d connections and not %d: this process may open %d files (ulimit -n)"
        logger.debug(words, most, connections, hard, extra=event("fewer_connections", most=most, files=hard))
    return min(connections or most, most)
