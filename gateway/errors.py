"""The gateway's errors, and the one place that tells which of asyncpg's errors are which.

GatewayError
├── DatabaseAwayError    Postgres cannot be reached, or cannot do its work for now: asking again may help
├── DatabaseFaultError   Postgres refuses what it should do: a bug, a missing grant, a missing function
├── PoolerError          notifications do not come back: what is connected to is a pooler
├── RefusedError         what a question or a moderator names is not there; the message is for whoever asked
├── PlaceGoneError       the sender is not a member any more: what they asked for was not done
└── ViewBusyError        somebody reads the room's view: asking again helps when they are done
"""

import logging
import re

import asyncpg

from gateway.tally import TALLY
from runtime.logs import event
from runtime.remedy import describe
from runtime.repeats import REPEAT_SECONDS, Repeats
from runtime.trouble import TROUBLES

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

AWAY_STATES = ("08", "25006", "40", "53", "54000", "55", "57", "58")
"""SQLSTATEs, or classes of them, with which Postgres cannot do something for now: it is read-only, out of connections,
memory or disk, its queue of notifications is full, it is stopping, or others are in the way. The codes: PostgreSQL's
documentation, appendix A."""

REFUSED_STATES = ("RM4", "RM6")
"""Of our own codes those of what is asked for and not there (feeds, rooms, columns, rows, messages), and of what a
moderator wants and cannot have."""

DATA = re.compile(r"""'[^']*'|"[^"]*"|\d+""")
"""What may differ between two messages about the same fault."""

logger = logging.getLogger("gateway")


class GatewayError(Exception):
    """Anything that the gateway raises itself."""


class DatabaseAwayError(GatewayError):
    """Postgres cannot be reached or cannot do its work: what it was asked may or may not have been done."""


class DatabaseFaultError(GatewayError):
    """Postgres refuses what it should do: a bug or a missing right, which asking again does not mend."""


class PoolerError(GatewayError):
    """Notifications do not come back over a connection that works otherwise."""


class RefusedError(GatewayError):
    """A question or a moderator names what is not there, and the message says what is: SQLSTATE RM4…, RM6…."""


class PlaceGoneError(GatewayError):
    """The sender's membership is over, in Postgres at least: what they asked for was not done."""


class ViewBusyError(GatewayError):
    """A room's view cannot be replaced while somebody reads it."""


def translated(error: Exception) -> GatewayError:
    """What one of DATABASE_ERRORS means to the gateway; a fault is logged here, whoever meets it."""
    text = describe(error)
    if is_away(error):
        return DatabaseAwayError(text)
    if str(getattr(error, "sqlstate", "")).startswith(REFUSED_STATES):
        hint = getattr(error, "hint", None)
        return RefusedError(f"{text}; {hint}" if hint else text)
    note_fault("Postgres refuses what it should do", error)
    return DatabaseFaultError(text)


def is_away(error: Exception) -> bool:
    """Whether one of DATABASE_ERRORS says that Postgres cannot for now, and nothing about what it was asked."""
    return isinstance(error, CONNECTION_ERRORS) or str(getattr(error, "sqlstate", "")).startswith(AWAY_STATES)


FAULTS = Repeats()
"""The kinds of faults that were met: more than it remembers at once would be a fault of their own."""


def note_fault(what: str, error: BaseException) -> None:
    """Log a fault, or a bug, loudly, but each kind once a minute at most, with how often it was met; and report it."""
    text = describe(error)
    often = FAULTS.meet(DATA.sub("…", f"{what}: {type(error).__name__}: {getattr(error, 'message', None) or text}"))
    TALLY.faults += 1
    TROUBLES.mention(f"{what} ({type(error).__name__})", f"{text}; its log tells more", REPEAT_SECONDS)
    if often is not None:
        named = event("fault", what=what, reason=text, error=type(error).__name__)
        logger.error("%s: %s%s", what, text, often, exc_info=error, extra=named)
