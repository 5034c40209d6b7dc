"""What can go wrong in the bridge.

    BridgeError
    ├── FeedError             a feed as defined cannot be carried: it is left out. By the settings: the bridge ends
    ├── FeedsChangedError     start over with the feeds as they are now
    ├── RejectError           one message is not what its feed carries; goes to feed_reject, the others go on
    ├── PositionError         somebody else moved the position: open it again and read on from there
    └── SourceError           the connection to NATS, the stream or the consumer has ended: open them again
        └── OverlapError      another stream has the feeds' subjects: say which one, and try again

Every message is for a person.
"""

import asyncpg

_DATA_ERRORS = ("22", "23", "P0001")
"""SQLSTATEs, or classes of them; bridge/store.py says why these."""


class BridgeError(Exception):
    """The message is for a person."""


class FeedError(BridgeError):
    """A feed's message type, a column or its subject cannot be used; the message says why, and not which feed."""


class FeedsChangedError(BridgeError):
    """Feeds were added, changed or removed, or a subject that another stream had is free."""


class RejectError(BridgeError):
    """A message cannot be stored; the text goes into feed_reject.error."""


class PositionError(BridgeError):
    """The position in Postgres is neither before nor after the batch: another bridge wrote in between."""


class SourceError(BridgeError):
    """Nothing more will come from this source; whoever reads it opens a new one."""


class OverlapError(SourceError):
    """The stream cannot be given the feeds' subjects, since another has one of them."""


def is_data_error(error: Exception) -> bool:
    """True if the data is at fault, so that trying again cannot help."""
    if isinstance(error, asyncpg.PostgresError):
        return str(error.sqlstate).startswith(_DATA_ERRORS)
    # asyncpg cannot send a value: its own DataError, which has no public name.
    return isinstance(error, asyncpg.InterfaceError) and isinstance(error, ValueError)
