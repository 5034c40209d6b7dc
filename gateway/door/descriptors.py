"""Open files: each connection takes one, and systems start programs with 1,024 of them, though they allow more."""

import logging
import resource

OTHERS = 200
"""Files that a gateway has open besides its clients' connections; generously."""

logger = logging.getLogger("gateway")


def raise_limit(connections: int) -> None:
    """Let this process open as many files as it may, and say so if so many connections need more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard != resource.RLIM_INFINITY and hard < connections + OTHERS:
        logger.warning(
            "MAX_CONNECTIONS is %d, but this process may open %d files only: raise its limit (ulimit -n) or lower that",
            connections,
            hard,
        )
