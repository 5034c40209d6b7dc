"""The gateway's errors, and the one place that tells which of asyncpg's errors are which.

GatewayError
├── DatabaseAwayError    Postgres cannot be reached, or cannot do its work for now: asking again may help
├── DatabaseFaultError   Postgres refuses what it should do: a bug, a missing grant, a missing function
├── PlaceGoneError       the sender is not a member any more: what they asked for was not done
└── ViewBusyError        somebody reads the room's view: asking again helps when they are done
"""

import logging
import re
import time

import asyncpg

CONNECTION_ERRORS = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
"""What asyncpg raises when Postgres is away, starting, stopping, or does not answer in time."""

DATABASE_ERRORS = (asyncpg.PostgresError, *CONNECTION_ERRORS)
"""Everything that a call may raise because of Postgres."""

AWAY_STATES = ("08", "25006", "40", "53", "55", "57", "58")
"""SQLSTATEs, or classes of them, with which Postgres cannot do something for now: it is read-only, out of connections,
memory or disk, stopping, or others are in the way. The codes: PostgreSQL's documentation, appendix A."""

REPEAT_SECONDS = 60.0
"""A fault is logged again when it still happens after so long, and not each time."""
MAX_FAULTS = 100
"""Kinds of faults that are remembered as logged; more at once would be a fault of their own."""
DATA = re.compile(r"""'[^']*'|"[^"]*"|\d+""")
"""What may differ between two messages about the same fault."""

logger = logging.getLogger("gateway")


class GatewayError(Exception):
    """Anything that the gateway raises itself."""


class DatabaseAwayError(GatewayError):
    """Postgres cannot be reached or cannot do its work: what it was asked may or may not have been done."""


class DatabaseFaultError(GatewayError):
    """Postgres refuses what it should do: a bug or a missing right, which asking again does not mend."""


class PlaceGoneError(GatewayError):
    """The sender's membership is over, in Postgres at least: what they asked for was not done."""


class ViewBusyError(GatewayError):
    """A room's view cannot be replaced while somebody reads it."""


def translated(error: Exception) -> GatewayError:
    """What one of DATABASE_ERRORS means to the gateway; a fault is logged here, whoever meets it."""
    text = str(error) or type(error).__name__
    if is_away(error):
        return DatabaseAwayError(text)
    _log_fault(text, error)
    return DatabaseFaultError(text)


def is_away(error: Exception) -> bool:
    """Whether one of DATABASE_ERRORS says that Postgres cannot for now, and nothing about what it was asked."""
    return isinstance(error, CONNECTION_ERRORS) or str(getattr(error, "sqlstate", "")).startswith(AWAY_STATES)


faults_said: dict[str, float] = {}
"""When each kind of fault was last logged, the oldest first."""


def _log_fault(text: str, error: Exception) -> None:
    now = time.monotonic()
    kind = DATA.sub("…", f"{type(error).__name__}: {getattr(error, 'message', None) or text}")
    if now - faults_said.get(kind, -REPEAT_SECONDS) < REPEAT_SECONDS:
        return
    faults_said.pop(kind, None)
    faults_said[kind] = now
    if len(faults_said) > MAX_FAULTS:
        del faults_said[next(iter(faults_said))]
    logger.error("Postgres refuses what it should do: %s", text, exc_info=error)
